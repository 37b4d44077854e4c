package main

import (
	"cmp"
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

// output holds the flag that selects the format of results.
type output struct {
	JSON bool `name:"json" help:"Write results for programs: one JSON object per line."`
}

// printer is a result with a text form. It prints to a [page], whose writes succeed.
type printer interface {
	print(out io.Writer, action string)
}

// report runs an action and writes its result. A failed action may have a result, too.
func (o output) report(ctx context.Context, t terminal, action string, do func() (any, error)) error {
	result, err := do()
	if unknown, ok := errors.AsType[*api.UnknownOutcome](err); ok {
		lookUp(ctx, t, unknown)
	}
	return o.publish(t, action, result, err)
}

// publish writes the result of an action that has ended with err, and returns err.
func (o output) publish(t terminal, action string, result any, err error) error {
	text := &page{terminal: isTerminal(t.out)}
	var writeErr error
	if o.JSON {
		writeErr = writeLine(text, t.used, action, result, err)
	} else if p, ok := result.(printer); ok && (err == nil || errors.Is(err, api.ErrIncomplete)) {
		p.print(text, action)
	}
	if writeErr == nil {
		writeErr = t.publish(text.Bytes())
	}
	return both(err, writeErr)
}

// both joins two errors on one line.
func both(first, second error) error {
	if first == nil || second == nil {
		return cmp.Or(first, second)
	}
	return fmt.Errorf("%w; %w", first, second)
}

// errOutputClosed ends a command without a message, because its output is no longer read.
var errOutputClosed = errors.New("the output is closed")

func outputError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.EPIPE) {
		return errOutputClosed
	}
	return fmt.Errorf("write output: %w", err)
}

// lookUpTimeout bounds the lookup of an unknown outcome, which also runs after an interrupt.
const lookUpTimeout = 30 * time.Second

// lookUp prints what the server reports about an action whose outcome is unknown.
func lookUp(ctx context.Context, t terminal, unknown *api.UnknownOutcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookUpTimeout)
	defer cancel()
	session := unknown.SessionID()
	if unknown.Begun() {
		t.say("it has started in session %s; to wait for its end: vbo365 sessions wait %s", session, session)
	}
	events, err := unknown.LookUp(ctx)
	switch {
	case err != nil:
		t.say("the events of the session cannot be read: %v", err)
	case len(events) == 0 && !unknown.Begun():
		t.say(
			"no trace of it was found, but it may still have been carried out; to look again: vbo365 sessions events %s",
			session)
	}
	for _, event := range events {
		t.say("the server has an event that may belong to it: %s, %s: %s %s",
			stamp(event.StartTime), event.Status, event.Title, event.Message)
	}
}

// add adds the restore point to an object.
func (u *used) add(line map[string]any) {
	if u != nil && !u.time.IsZero() {
		line["restorePoint"] = u.time
	}
}

// encode writes an item of a list as a JSON object, with the restore point.
func encode(t terminal, item any) error {
	line, err := json.Marshal(item)
	if err != nil {
		return err
	}
	if t.used != nil && !t.used.time.IsZero() {
		line = fmt.Appendf(line[:len(line)-1], `,"restorePoint":%q}`, t.used.time.Format(time.RFC3339Nano))
	}
	_, err = t.out.Write(append(line, '\n'))
	return err
}

// writeLine writes the JSON object of an action: its result with "action", "ok" and, after a failure, "error" and
// "status", the HTTP status if there was one.
func writeLine(out io.Writer, point *used, action string, result any, err error) error {
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
	point.add(line)
	if err != nil {
		line["error"] = err.Error()
		if e, ok := errors.AsType[*api.Error](err); ok && e.StatusCode != 0 {
			line["status"] = e.StatusCode
		}
	}
	return json.NewEncoder(out).Encode(line)
}
