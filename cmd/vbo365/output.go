package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"syscall"
	"time"

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
func (o output) report(ctx context.Context, t terminal, action string, do func() (any, error)) error {
	result, err := do()
	if unknown, ok := errors.AsType[*api.UnknownOutcome](err); ok {
		lookUp(ctx, t, unknown)
	}
	if o.JSON {
		return errors.Join(err, writeLine(t.out, action, result, err))
	}
	if p, ok := result.(printer); ok && (err == nil || errors.Is(err, api.ErrIncomplete)) {
		p.print(t.out, action)
	}
	return err
}

// errOutputClosed ends a command quietly whose output nobody reads any more.
var errOutputClosed = errors.New("the output is closed")

func outputError(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return errOutputClosed
	}
	return fmt.Errorf("write output: %w", err)
}

// lookUpTimeout bounds the asking for what became of an action. The command may have been interrupted.
const lookUpTimeout = 30 * time.Second

// lookUp tells what the server knows of an action whose outcome is unknown.
func lookUp(ctx context.Context, t terminal, unknown *api.UnknownOutcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookUpTimeout)
	defer cancel()
	events, err := unknown.LookUp(ctx)
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(t.err, "vbo365: the events of the session cannot be read:", err)
	case len(events) == 0:
		_, _ = fmt.Fprintln(t.err, "vbo365: the server has no event of it: it has not been begun")
	}
	for _, event := range events {
		_, _ = fmt.Fprintf(t.err, "vbo365: the server has an event that may be it: %s, %s: %s %s\n",
			stamp(event.StartTime), event.Status, event.Title, event.Message)
	}
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
