// Package wasmpipes is the guest side of wasmpipes_v1: a function takes a message and returns outputs, none to drop it, or
// an error. Memory lives on from message to message: keep what is compiled or configured there, never state. State belongs
// into the cache.
package wasmpipes

import (
	"errors"
	"time"
)

// Message is the message in hand.
type Message struct {
	Body []byte
}

// Output is what a message becomes. It inherits headers and key, but for what is set here.
type Output struct {
	Body           []byte
	Headers        []Header
	WithoutHeaders bool   // inherits none
	Key            string // orders and partitions; empty inherits that of the message
	Label          string // sends it straight to the sink SINK_<LABEL>_URI
}

// Header is a name, found without regard to case, and a value.
type Header struct {
	Name, Value string
}

// Handler makes outputs of a message. An error rejects it, unless it is one of Retry.
type Handler func(Message) ([]Output, error)

var (
	handler Handler
	starter = func() error { return nil }
)

// Handle makes a function the one that takes messages. Call it from init.
func Handle(h Handler) { handler = h }

// OnStart runs a function before the first message: an error keeps the pipe from starting. Call it from init.
func OnStart(f func() error) { starter = f }

// Pass is the message as it is.
func (m Message) Pass() []Output { return []Output{{Body: m.Body}} }

// One is a single output.
func One(body []byte) []Output { return []Output{{Body: body}} }

type later struct {
	error
	after time.Duration
}

func (l later) Unwrap() error { return l.error }

// Retry asks for the message again, after a time or, with 0, when the pipe thinks fit.
func Retry(err error, after time.Duration) error { return later{err, after} }

//go:wasmexport on_start
func onStart() int32 {
	if err := starter(); err != nil {
		return refuse(err)
	}
	return accept
}

//go:wasmexport on_message
func onMessage() int32 {
	outputs, err := handler(Message{Body: body()})
	if err != nil {
		return refuse(err)
	}
	if len(outputs) == 0 {
		dropMessage()
	}
	for _, output := range outputs {
		output.emit()
	}
	return accept
}

func refuse(err error) int32 {
	told := err.Error()
	fail(at(told), length(told))
	var again later
	if !errors.As(err, &again) {
		return reject
	}
	if again.after > 0 {
		retryAfter(again.after.Milliseconds())
	}
	return retry
}

func (o Output) emit() {
	if o.WithoutHeaders {
		outHeadersClear()
	}
	for _, h := range o.Headers {
		outHeaderSet(at(h.Name), length(h.Name), at(h.Value), length(h.Value))
	}
	if o.Key != "" {
		outKeySet(at(o.Key), length(o.Key))
	}
	if o.Label == "" {
		emit(at(o.Body), length(o.Body))
	} else {
		emitTo(at(o.Label), length(o.Label), at(o.Body), length(o.Body))
	}
}
