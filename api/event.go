package api

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// Event is something that happened in a restore session (fact sheet 3.2).
type Event = gen.RestoreSessionEvent

func (s RestoreSession) events() list[Event, Event] {
	return list[Event, Event]{
		op: "list events",
		fetch: func(ctx context.Context, page PageOptions) (*http.Response, error) {
			if err := s.check(); err != nil {
				return nil, err
			}
			limit, offset := page.parameters()
			params := &gen.ListRestoreSessionEventsParams{Limit: limit, Offset: offset}
			return s.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
				return w.ListRestoreSessionEvents(ctx, s.id, params, acceptJSON)
			})
		},
		id:      func(e Event) string { return e.ID },
		item:    func(e Event) Event { return e },
		explain: s.explain,
	}
}

// Events lists what has happened in the session so far.
func (s RestoreSession) Events(ctx context.Context) iter.Seq2[Event, error] {
	return s.events().all(ctx)
}

// EventsPage reads one page of what [RestoreSession.Events] lists.
func (s RestoreSession) EventsPage(ctx context.Context, page PageOptions) (Page[Event], error) {
	return s.events().page(ctx, page)
}

// An eventCursor remembers how far the events of a session were read, so that each look costs what is new. Nothing says in which
// order servers list events: the newest have been seen to come last, and may come first.
type eventCursor struct {
	at          int64  // where to begin: the first event that was running, or the last of all
	id          string // of the event there; empty before the first look
	running     bool   // that event
	newestFirst bool
}

// eventsAfter lists the events that are new since the last look, and those that may have changed: others may be among them.
func (s RestoreSession) eventsAfter(ctx context.Context, c *eventCursor) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if c.newestFirst {
			s.newestEvents(ctx, c, yield)
			return
		}
		at, next := c.at, eventCursor{}
		for event, err := range s.events().from(ctx, c.at) {
			if err != nil {
				yield(Event{}, err)
				return
			}
			if at == c.at && c.id != "" && event.ID != c.id { // something new has come before it, or something old has gone
				s.newestEvents(ctx, c, yield)
				return
			}
			if !next.running {
				next = eventCursor{at: at, id: event.ID, running: event.Status == gen.EventStatusRunning}
			}
			at++
			if !yield(event, nil) {
				return
			}
		}
		*c = next
	}
}

// newestEvents lists the events of the first page, if the newest come first, and all if they do not.
func (s RestoreSession) newestEvents(ctx context.Context, c *eventCursor, yield func(Event, error) bool) {
	page, err := s.EventsPage(ctx, PageOptions{Limit: pageSize})
	if err != nil {
		yield(Event{}, err)
		return
	}
	*c = eventCursor{newestFirst: true}
	if n := len(page.Items); n > 0 && page.Items[0].StartTime.Before(page.Items[n-1].StartTime.Time) {
		*c = eventCursor{}
		s.eventsAfter(ctx, c)(yield)
		return
	}
	for _, event := range page.Items {
		if !yield(event, nil) {
			return
		}
	}
}

// FollowEvents lists what has happened in the session so far, and then what happens, until the session has been stopped or the
// context ends, which is an error. An event comes again whenever its status or its message has changed. The server is asked
// once in every interval, which must be positive.
func (s RestoreSession) FollowEvents(ctx context.Context, interval time.Duration) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		const op = "follow events"
		if interval <= 0 {
			yield(Event{}, failed(op, invalid("the interval is not positive")))
			return
		}
		type state struct{ status, message string }
		seen := make(map[string]state)
		var read eventCursor
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			// The session is read first: what happened before it was stopped is in the list then.
			session, err := s.Get(ctx)
			if err != nil {
				yield(Event{}, failed(op, err))
				return
			}
			for event, err := range s.eventsAfter(ctx, &read) {
				now := state{string(event.Status), event.Message}
				if before, ok := seen[event.ID]; err == nil && ok && before == now {
					continue
				}
				seen[event.ID] = now
				if !yield(event, failed(op, err)) || err != nil {
					return
				}
			}
			if session.Properties.State == RestoreSessionStopped {
				return
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				yield(Event{}, failed(op, ctx.Err()))
				return
			}
		}
	}
}
