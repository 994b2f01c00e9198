// Does what its configuration says, so that every function of the SDK has a case.
package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"wasmpipes.example/wasmpipes"
)

type (
	message = wasmpipes.Message
	output  = wasmpipes.Output
	header  = wasmpipes.Header
)

func main() {}

func init() {
	wasmpipes.OnStart(start)
	wasmpipes.Handle(func(m message) ([]output, error) { return action(m) })
}

var action wasmpipes.Handler

func start() error {
	name, ok := wasmpipes.Config("do")
	if !ok {
		return errors.New("do: is needed")
	}
	if action = actions[name]; action == nil {
		return errors.New("do: unknown " + name)
	}
	return nil
}

var actions = map[string]wasmpipes.Handler{
	"uppercase": func(m message) ([]output, error) { return wasmpipes.One(upper(m.Body)), nil },
	"lines":     lines,
	"headers":   headers,
	"bare": func(m message) ([]output, error) {
		return []output{{Body: m.Body, WithoutHeaders: true, Headers: []header{{Name: "only", Value: "this"}}}}, nil
	},
	"key":    func(m message) ([]output, error) { return []output{{Body: []byte("keyed"), Key: string(m.Body)}}, nil },
	"route":  func(m message) ([]output, error) { return []output{{Body: m.Body, Label: "other"}}, nil },
	"drop":   func(m message) ([]output, error) { return nil, nil },
	"reject": func(m message) ([]output, error) { return nil, fmt.Errorf("no %s", m.Body) },
	"retry":  func(m message) ([]output, error) { return nil, wasmpipes.Retry(errors.New("later"), 5*time.Second) },
	"once":   once,
	"count": func(m message) ([]output, error) {
		return wasmpipes.One(fmt.Append(nil, wasmpipes.Increment(string(m.Body), 2, 0))), nil
	},
	"last":  last,
	"http":  fetch,
	"world": world,
}

// upper knows ASCII alone, as the other languages' examples do.
func upper(body []byte) []byte {
	for i, b := range body {
		if 'a' <= b && b <= 'z' {
			body[i] = b - 'a' + 'A'
		}
	}
	return body
}

func lines(m message) ([]output, error) {
	var outputs []output
	for line := range strings.Lines(string(m.Body)) {
		outputs = append(outputs, output{Body: []byte(strings.TrimSuffix(line, "\n"))})
	}
	return outputs, nil
}

func headers(m message) ([]output, error) {
	var all []string
	for _, h := range m.Headers() {
		all = append(all, h.Name+"="+h.Value)
	}
	seen, ok := m.Header("X-IN")
	if !ok {
		seen = "none"
	}
	return []output{{Body: []byte(strings.Join(all, ",")), Headers: []header{{Name: "x-seen", Value: seen}}}}, nil
}

func once(m message) ([]output, error) {
	if !wasmpipes.PutIfAbsent(string(m.Body), "1", time.Minute) {
		return nil, nil
	}
	return m.Pass(), nil
}

func last(m message) ([]output, error) {
	before, ok := wasmpipes.Get("last")
	if !ok {
		before = "nothing"
	}
	if len(m.Body) == 0 {
		wasmpipes.Delete("last")
	} else {
		wasmpipes.Set("last", string(m.Body), time.Minute)
	}
	return wasmpipes.One([]byte(before)), nil
}

func fetch(m message) ([]output, error) {
	reply, err := wasmpipes.HTTP("POST", string(m.Body), []header{{Name: "x-a", Value: "b"}}, []byte("ping"))
	if err != nil {
		return nil, err
	}
	return wasmpipes.One(fmt.Appendf(nil, "%d %s %s", reply.Status, reply.Headers["content-type"], reply.Body)), nil
}

func world(message) ([]output, error) {
	wasmpipes.Log(wasmpipes.Info, "a line")
	wasmpipes.Count("seen", 2)
	return wasmpipes.One(fmt.Appendf(nil, "%d %d", wasmpipes.Now().UnixMilli(), len(wasmpipes.Random(4)))), nil
}
