// Lets through what a JSON Schema holds for.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"wasmpipes.example/wasmpipes"
)

const (
	name     = "schema.json"
	detailed = 3 // violations that are told
)

var (
	schema  *jsonschema.Schema
	label   string
	printer = message.NewPrinter(language.English)
)

func main() {}

func init() {
	wasmpipes.OnStart(start)
	wasmpipes.Handle(validate)
}

// nowhere has no schemas but the one that is configured.
type nowhere struct{}

func (nowhere) Load(url string) (any, error) {
	return nil, errors.New("other documents cannot be fetched")
}

func start() error {
	text, ok := wasmpipes.Config("schema")
	if !ok {
		return errors.New("schema: is needed, a JSON Schema")
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return fmt.Errorf("schema: not JSON: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(nowhere{})
	compiler.AssertFormat()
	if err := compiler.AddResource(name, document); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if schema, err = compiler.Compile(name); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	label, _ = wasmpipes.Config("label")
	return nil
}

func validate(m wasmpipes.Message) ([]wasmpipes.Output, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(m.Body))
	if err != nil {
		err = fmt.Errorf("not JSON: %w", err)
	} else {
		err = told(schema.Validate(value))
	}
	if err == nil {
		return m.Pass(), nil
	}
	if label == "" {
		return nil, err
	}
	why := wasmpipes.Header{Name: "invalid", Value: err.Error()}
	return []wasmpipes.Output{{Body: m.Body, Label: label, Headers: []wasmpipes.Header{why}}}, nil
}

// told makes one line of what is wrong, each with its place in the body.
func told(err error) error {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	var lines []string
	for _, leaf := range leaves(invalid) {
		place := "/" + strings.Join(leaf.InstanceLocation, "/")
		lines = append(lines, place+": "+leaf.ErrorKind.LocalizedString(printer))
	}
	if more := len(lines) - detailed; more > 0 {
		lines = append(lines[:detailed], fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(lines, "; "))
}

func leaves(err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(err.Causes) == 0 {
		return []*jsonschema.ValidationError{err}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range err.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}
