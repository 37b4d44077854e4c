package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// output holds the flag that selects the format of results.
type output struct {
	JSON bool `name:"json" help:"Write results for programs: one JSON object per line."`
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
func (t terminal) lookUp(ctx context.Context, unknown *api.UnknownOutcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookUpTimeout)
	defer cancel()
	session := unknown.SessionID()
	if unknown.Begun() {
		t.warn("it has started in session %s; to wait for its end: vbo365 sessions wait %s", session, session)
	}
	events, err := unknown.LookUp(ctx)
	switch {
	case err != nil:
		t.warn("the events of the session cannot be read: %v", err)
	case len(events) == 0 && !unknown.Begun():
		t.warn(
			"no trace of it was found, but it may still have been carried out; to look again: vbo365 sessions events %s",
			session)
	}
	for _, event := range events {
		t.warn("the server has an event that may belong to it: %s, %s: %s %s",
			stamp(event.StartTime), event.Status, event.Title, event.Message)
	}
}

// encode writes an item of a list as a line of JSON, with the restore point that it is of.
func (t terminal) encode(kind string, item any) error {
	text, err := json.Marshal(item)
	if err != nil {
		return err
	}
	head, err := json.Marshal(listed{line{schemaVersion, kind}, t.job.base.RestorePoint})
	if err != nil {
		return err
	}
	_, err = t.out.Write(slices.Concat(head[:len(head)-1], []byte(","), text[1:], []byte("\n")))
	return err
}

// listed has the keys that the items of all lists have.
type listed struct {
	line

	RestorePoint *restorePoint `json:"restorePoint"`
}

// optional returns a time for JSON, nil for none. A time that the server sends without a zone is taken as UTC.
func optional(t api.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}
