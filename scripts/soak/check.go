package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// check looks at what has really happened, with a client that meets no faults, and ends everything.
func (s *soak) check(ctx context.Context) (result summary, err error) {
	s.server.RemoveFaults()
	result.ByKind = map[string]int{}
	for kind, count := range s.server.Faults() {
		result.ByKind[string(kind)] = count
		result.Faults += count
	}
	client, err := s.newClient()
	if err != nil {
		return result, errors.Join(err, s.close())
	}
	executed := map[string]int{}
	for _, change := range s.changes {
		if err := s.checkChange(ctx, client, change); err != nil {
			return result, errors.Join(err, s.close())
		}
		kind, _, _ := strings.Cut(change.what, " ")
		executed[kind] += change.items
	}
	s.checkExecutions(executed)
	if err := s.checkSessions(ctx, client); err != nil {
		return result, errors.Join(err, s.close())
	}
	client.CloseIdleConnections()
	left, err := filepath.Glob(filepath.Join(s.dir, "*"+savedSuffix))
	partial, err2 := filepath.Glob(filepath.Join(s.dir, ".*"))
	for _, name := range append(left, partial...) {
		s.problem(&s.leftover, "%s is left", name)
	}
	err = errors.Join(err, err2, s.close())
	s.checkGoroutines(ctx)
	result.Operations, result.Done = s.operations.Load(), s.done.Load()
	result.Failed, result.Unknown = s.failed.Load(), s.unknown.Load()
	result.Corrupt, result.Lost = s.corrupt.Load(), s.lost.Load()
	result.Duplicated, result.Leftovers = s.duplicated.Load(), s.leftover.Load()
	return result, err
}

// checkChange counts the events of the session of a change: there is one for each time that an item was restored,
// copied or sent.
func (s *soak) checkChange(ctx context.Context, client *api.Client, c change) error {
	events, times := 0, map[string]int{}
	for event, err := range client.RestoreSession(c.session).Events(ctx) {
		if err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
		if event.Type == "None" { // about the session itself
			continue
		}
		events++
		if times[event.Title]++; times[event.Title] == 2 {
			s.problem(&s.duplicated, "%s: %s happened twice", c.what, event.Title)
		}
		if event.Status != "Success" && c.done {
			s.problem(&s.lost, "%s was reported done, its event says %s", c.what, event.Status)
		}
	}
	switch {
	case events > c.items:
		s.problem(&s.duplicated, "%s happened %d times, not %d", c.what, events, c.items)
	case events < c.items && c.done:
		s.problem(&s.lost, "%s was reported done and happened %d times, not %d", c.what, events, c.items)
	}
	return nil
}

// checkExecutions compares the server's own count with that of the requests.
func (s *soak) checkExecutions(asked map[string]int) {
	executions := maps.Clone(s.server.Executions())
	for action, kind := range map[string]string{
		"restoreToOriginalLocation": "restore", "copyTo": "copy", "sendTo": "send",
	} {
		if executions[action] > asked[kind] {
			s.problem(&s.duplicated, "%s was carried out %d times for %d requests", action, executions[action],
				asked[kind])
		}
	}
	if mails, done := len(s.mailbox.Messages()), executions["sendTo"]; mails != done {
		s.problem(&s.duplicated, "%d messages arrived, %d were sent", mails, done)
	}
}

// checkSessions looks for sessions that still work. One that was reported stopped must not, and any other only if the
// client has said so: by a stop that failed, by an error that names it, or by one that says that it does not know.
func (s *soak) checkSessions(ctx context.Context, client *api.Client) error {
	var unknown []string
	told := strings.Join(s.told, "\n")
	for session, err := range client.RestoreSessions(ctx) {
		if err != nil {
			return err
		}
		if session.Properties.State != api.RestoreSessionWorking {
			continue
		}
		stopped, known := s.started[session.ID()]
		switch {
		case stopped:
			s.problem(&s.leftover, "restore session %s was reported stopped and works", session.ID())
		case !known && !strings.Contains(told, session.ID()):
			unknown = append(unknown, session.ID())
		}
	}
	for _, id := range unknown[min(s.startsUnknown.Load(), int64(len(unknown))):] {
		s.problem(&s.leftover, "restore session %s works, and no error has named it", id)
	}
	return nil
}

// checkGoroutines waits a while for those of closed connections to end.
func (s *soak) checkGoroutines(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for runtime.NumGoroutine() > s.before {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			s.problem(&s.leftover, "%d goroutines are left", runtime.NumGoroutine()-s.before)
			return
		}
	}
}

// close ends what newSoak has started.
func (s *soak) close() error {
	var errs []error
	for _, client := range s.clients {
		client.CloseIdleConnections()
	}
	if s.server != nil {
		errs = append(errs, s.server.Close())
	}
	if s.mailbox != nil {
		errs = append(errs, s.mailbox.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
