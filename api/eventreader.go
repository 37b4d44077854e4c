package api

import (
	"context"
	"slices"

	"github.com/vbo365/vbo365-go/gen"
)

// An eventReader polls the events of a session. The first read gets all events; the following ones get new events, and
// those that had not ended. The order of events is not documented, so new ones may be before the first event or after
// the last one. A list that is shorter than a page is read as a whole.
type eventReader struct {
	list list[Event, Event]

	length      int64   // number of events read
	first, last string  // ids of the first and last event
	running     []place // of events that had not ended, in order
	more        bool    // whether the list has more events
}

// A place is the position of an event in the list, from 0 on.
type place struct {
	at int64
	id string
}

// headSize is the number of events that are read to find new ones before the first.
const headSize = 100

func (s RestoreSession) eventReader() eventReader { return eventReader{list: s.events(), more: true} }

// read calls see with all events that are new or may have changed, and may call it with others. It stops at an error of
// see. After an error, the next read starts from the same state as this one.
func (r *eventReader) read(ctx context.Context, see func(Event) error) error {
	next, known := r.list.session.eventReader(), ""
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
			next = r.list.session.eventReader()
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
		page, err := r.page(ctx, at, limit)
		if err != nil || indexOf(page.Results, places[0].id) != 0 {
			return places, err
		}
		if err := r.note(at, page, see); err != nil {
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
		at, limit := r.length, int64(pageSize)
		if at == 0 && id != "" {
			limit = headSize
		}
		page, err := r.page(ctx, max(at-1, 0), limit)
		if err != nil {
			return 0, err
		}
		if at > 0 {
			i := indexOf(page.Results, r.last) // above 0 if new events are before it
			if i < 0 {
				return 0, failed(r.list.op, errListChanged)
			}
			if page.Results = page.Results[i+1:]; len(page.Results) == 0 && page.more {
				return 0, failed(r.list.op, unexpected("a page without items says that there are more"))
			}
		}
		if err := r.note(at, page, see); err != nil {
			return 0, err
		}
		if i := indexOf(page.Results, id); id != "" && i >= 0 {
			return at + int64(i), nil
		}
	}
	return 0, nil
}

func indexOf(events []Event, id string) int {
	return slices.IndexFunc(events, func(e Event) bool { return e.ID == id })
}

func (r *eventReader) page(ctx context.Context, at, limit int64) (wirePage[Event], error) {
	page, err := r.list.get(ctx, PageOptions{Offset: at, Limit: int32(limit)}) //nolint:gosec // at most pageSize
	if err != nil {
		err = failed(r.list.op, r.list.session.explain(ctx, err))
	}
	return page, err
}

// note calls see with the events of a page that starts at a position, and updates the state.
func (r *eventReader) note(at int64, page wirePage[Event], see func(Event) error) error {
	for i, event := range page.Results {
		if err := see(event); err != nil {
			return err
		}
		if event.Status == gen.EventStatusRunning || !event.Status.Valid() {
			r.running = append(r.running, place{at + int64(i), event.ID})
		}
		if at == 0 && i == 0 {
			r.first = event.ID
		}
		r.last = event.ID
	}
	r.length, r.more = at+int64(len(page.Results)), page.more
	return nil
}
