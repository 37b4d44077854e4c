package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/vbo365/vbo365-go/api"
)

// output holds the flag that says for whom results are written.
type output struct {
	JSON bool `name:"json" help:"Write results for programs: one JSON object a line."`
}

// printer is a result that people can read.
type printer interface {
	print(out io.Writer, action string)
}

// report runs an action and writes what came of it. A failed action may have a result, too.
func (o output) report(t terminal, action string, do func() (any, error)) error {
	result, err := do()
	if o.JSON {
		return errors.Join(err, writeLine(t.out, action, result, err))
	}
	if p, ok := result.(printer); ok && (err == nil || errors.Is(err, api.ErrIncomplete)) {
		p.print(t.out, action)
	}
	return err
}

// writeLine writes the JSON object of an action: its result with "action", "ok" and, after a failure, "error" and
// "status", the HTTP status if there was one.
func writeLine(out io.Writer, action string, result any, err error) error {
	line := make(map[string]any)
	if err == nil || errors.Is(err, api.ErrIncomplete) {
		encoded, encodeErr := json.Marshal(result)
		if encodeErr != nil {
			return encodeErr
		}
		if decodeErr := json.Unmarshal(encoded, &line); decodeErr != nil {
			return fmt.Errorf("%s has no result for programs: %w", action, decodeErr)
		}
	}
	maps.Copy(line, map[string]any{"action": action, "ok": err == nil})
	if err != nil {
		line["error"] = err.Error()
		if e, ok := errors.AsType[*api.Error](err); ok && e.StatusCode != 0 {
			line["status"] = e.StatusCode
		}
	}
	return json.NewEncoder(out).Encode(line)
}
