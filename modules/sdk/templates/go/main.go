// Lets through what is hotter than 20 degrees.
package main

import (
	"encoding/json"
	"errors"

	"@name@/wasmpipes"
)

func main() {}

func init() { wasmpipes.Handle(handle) }

func handle(message wasmpipes.Message) ([]wasmpipes.Output, error) {
	var event struct{ Temp any }
	if err := json.Unmarshal(message.Body, &event); err != nil {
		return nil, err
	}
	temp, ok := event.Temp.(float64)
	if !ok {
		return nil, errors.New("temp is not a number")
	}
	if temp > 20.0 {
		return message.Pass(), nil
	}
	return nil, nil
}
