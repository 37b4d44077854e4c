package api

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// FollowEvents lists the events of the session, and polls for new ones in intervals, which must be positive.
// The iteration ends when the session has been stopped. If the context ends, that is an error. An event is listed again
// when its status or message changes. In a session of 1000 events or more, changes of an event that has ended may be
// missed.
func (s RestoreSession) FollowEvents(ctx context.Context, interval time.Duration) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		err := s.follow(ctx, interval, func(event Event) error {
			if !yield(event, nil) {
				return errLeft
			}
			return nil
		})
		if err != nil && !errors.Is(err, errLeft) {
			yield(Event{}, failed("follow events", err))
		}
	}
}

// errLeft means that the caller has left the iteration.
var errLeft = errors.New("iteration left")

// follow calls see with each event that is new, or whose status or message has changed.
func (s RestoreSession) follow(ctx context.Context, interval time.Duration, see func(Event) error) error {
	if interval <= 0 {
		return invalid("the interval is not positive")
	}
	type state struct{ status, message string }
	seen := make(map[string]state)
	events := s.eventReader()
	for {
		// The session is read before its events: if it is stopped, the list is complete.
		session, err := s.Get(ctx)
		if err == nil {
			err = events.read(ctx, func(event Event) error {
				now := state{string(event.Status), event.Message}
				if before, ok := seen[event.ID]; ok && before == now {
					return nil
				}
				seen[event.ID] = now
				return see(event)
			})
		}
		if err != nil || session.Properties.State == RestoreSessionStopped {
			return err
		}
		if err := s.client.retries.wait(ctx, interval); err != nil {
			return err
		}
	}
}

// An eventReader polls the events of a session. The first read gets all events; the following ones get new events, and
// those that had not ended. The order of events is not documented, so new ones may be before the first event or after
// the last one. A list that is shorter than a page is read as a whole.
type eventReader struct {
	cursor[Event, Event]

	first   string  // id of the first event
	running []place // of events that had not ended, in order
}

// A place is the position of an event in the list, from 0 on.
type place struct {
	at int64
	id string
}

// headSize is the number of events that are read to find new ones before the first.
const headSize = 100

func (s RestoreSession) eventReader() eventReader { return eventReader{cursor: s.events().start()} }

// read calls see with all events that are new or may have changed, and may call it with others. It stops at an error of
// see. After an error, the next read starts from the same state as this one.
func (r *eventReader) read(ctx context.Context, see func(Event) error) error {
	next, known := r.session.eventReader(), ""
	if r.length >= pageSize {
		known = r.first
	}
	moved, err := next.rest(ctx, known, see)
	if err == nil && next.more { // the following events were read before
		var places, left []place
		for _, p := range append(slices.Clip(r.running), place{r.length - 1, r.last}) {
			if p.at += moved; p.at >= next.length {
				places = append(places, p)
			}
		}
		left, err = next.reread(ctx, places, see)
		switch {
		case err != nil:
			return err
		case len(left) > 0 && moved > 0: // events were added during the read: the next read finds the rest
			next.running = append(next.running, left[:len(left)-1]...)
			next.length, next.last = r.length+moved, r.last
			*r = next
			return nil
		case len(left) > 0: // new events are between others: read the whole list
			next = r.session.eventReader()
		}
		_, err = next.rest(ctx, "", see)
	}
	if err == nil {
		*r = next
	}
	return err
}

// reread reads the events at these places again. Places on one page are read with one request. If another event is at a
// place, it returns that place and the ones after it.
func (r *eventReader) reread(ctx context.Context, places []place, see func(Event) error) (left []place, err error) {
	for len(places) > 0 {
		at, limit := places[0].at, int64(pageSize) // new events may follow the last place
		if n := slices.IndexFunc(places, func(p place) bool { return p.at-at >= pageSize }); n > 0 {
			limit = places[n-1].at - at + 1
		}
		page, err := r.get(ctx, PageOptions{Offset: at, Limit: int32(limit)})
		if err != nil || indexOf(page.Results, places[0].id) != 0 {
			return places, err
		}
		r.moveTo(at, page)
		if err := r.note(at, page.Results, see); err != nil {
			return nil, err
		}
		places = slices.DeleteFunc(places, func(p place) bool { return p.at < r.length })
	}
	return nil, nil
}

// rest reads the rest of the list, up to the page that has the event with this id, and returns the position of that
// event. Without such an event, it reads to the end and returns 0.
func (r *eventReader) rest(ctx context.Context, id string, see func(Event) error) (int64, error) {
	for r.more {
		at, limit := r.length, int32(pageSize)
		if at == 0 && id != "" {
			limit = headSize
		}
		events, _, err := r.next(ctx, limit)
		if err == nil {
			err = r.note(at, events, see)
		}
		if err != nil {
			return 0, err
		}
		if i := indexOf(events, id); id != "" && i >= 0 {
			return at + int64(i), nil
		}
	}
	return 0, nil
}

func indexOf(events []Event, id string) int {
	return slices.IndexFunc(events, func(e Event) bool { return e.ID == id })
}

// note calls see with events from a position on, and updates the state.
func (r *eventReader) note(at int64, events []Event, see func(Event) error) error {
	for i, event := range events {
		if err := see(event); err != nil {
			return err
		}
		if event.Status == gen.EventStatusRunning || !event.Status.Valid() {
			r.running = append(r.running, place{at + int64(i), event.ID})
		}
		if at == 0 && i == 0 {
			r.first = event.ID
		}
	}
	return nil
}
