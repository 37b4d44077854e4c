package api

import (
	"context"
	"slices"

	"github.com/vbo365/vbo365-go/gen"
)

// An eventReader reads the events of a session again and again: all of them at first, and then those that are new, and those that had
// not ended. Servers do not say how they sort events. So new ones are looked for behind the last event, and before the first if
// another event is where the last was. A list that is shorter than a page is read as a whole.
type eventReader struct {
	list list[Event, Event]

	length      int64   // of what was read
	first, last string  // ids of the events at its ends
	running     []place // of the events that had not ended, in their order
	more        bool    // whether the list goes on
}

// A place is where in the list an event was, counted from the first.
type place struct {
	at int64
	id string
}

func (s RestoreSession) eventReader() eventReader { return eventReader{list: s.events()} }

// read calls see with all events that are new or may have changed, and with others. It ends with an error of see. After an error, the
// next read begins where this one did.
func (r *eventReader) read(ctx context.Context, see func(Event) error) error {
	next := eventReader{list: r.list, first: r.first, more: true}
	long := r.length >= pageSize
	if long {
		left, err := next.again(ctx, append(slices.Clone(r.running), place{r.length - 1, r.last}), see)
		if err == nil && len(left) == 0 {
			_, err = next.rest(ctx, "", see)
		}
		if err != nil {
			return err
		}
		if len(left) == 0 {
			*r = next
			return nil
		}
	}
	next = eventReader{list: r.list, more: true}
	known := ""
	if long {
		known = r.first
	}
	moved, err := next.rest(ctx, known, see)
	if err != nil {
		return err
	}
	if moved > 0 { // what follows has been read before
		var places []place
		for _, p := range r.running {
			if p.at += moved; p.at >= next.length {
				places = append(places, p)
			}
		}
		left, err := next.again(ctx, places, see)
		if err != nil {
			return err
		}
		next.running = append(next.running, left...)
		if next.length < r.length+moved {
			next.length, next.last = r.length+moved, r.last
		}
	}
	*r = next
	return nil
}

// again reads the events at these places, and those between them if one page has them all. It returns the places that are left when
// another event is at one.
func (r *eventReader) again(ctx context.Context, places []place, see func(Event) error) (left []place, err error) {
	for len(places) > 0 {
		at, limit := places[0].at, int64(pageSize) // new events may follow the last place
		if n := slices.IndexFunc(places, func(p place) bool { return p.at-at >= pageSize }); n > 0 {
			limit = places[n-1].at - at + 1
		}
		page, err := r.page(ctx, at, limit)
		if err != nil {
			return nil, err
		}
		n := 0
		for ; n < len(places) && places[n].at-at < int64(len(page.Results)); n++ {
			if page.Results[places[n].at-at].ID != places[n].id {
				return places, nil
			}
		}
		if n == 0 {
			return places, nil
		}
		if err := r.note(at, page.Results, page.more, see); err != nil {
			return nil, err
		}
		places = places[n:]
	}
	return nil, nil
}

// rest reads the rest of the list, to its end or to the page that has the event with this id. It returns where that event is, or 0.
func (r *eventReader) rest(ctx context.Context, id string, see func(Event) error) (int64, error) {
	for r.more {
		page, err := r.page(ctx, max(r.length-1, 0), pageSize)
		if err != nil {
			return 0, err
		}
		results := page.Results
		if r.length > 0 {
			i := slices.IndexFunc(results, func(e Event) bool { return e.ID == r.last }) // not 0 if others have come before it
			if i < 0 {
				return 0, failed(r.list.op, errListChanged)
			}
			if results = results[i+1:]; len(results) == 0 && page.more {
				return 0, failed(r.list.op, unexpected("a page without items says that there are more"))
			}
		}
		at := r.length
		if err := r.note(at, results, page.more, see); err != nil {
			return 0, err
		}
		if id == "" {
			continue
		}
		if i := slices.IndexFunc(results, func(e Event) bool { return e.ID == id }); i >= 0 && at+int64(i) > 0 {
			return at + int64(i), nil
		}
	}
	return 0, nil
}

func (r *eventReader) page(ctx context.Context, at, limit int64) (wirePage[Event], error) {
	page, err := r.list.get(ctx, PageOptions{Offset: at, Limit: int32(limit)}) //nolint:gosec // at most pageSize
	if err != nil {
		return page, failed(r.list.op, r.list.session.explain(ctx, err))
	}
	return page, nil
}

// note takes over the events from a place on.
func (r *eventReader) note(at int64, events []Event, more bool, see func(Event) error) error {
	for i, event := range events {
		if err := see(event); err != nil {
			return err
		}
		if event.Status == gen.EventStatusRunning || !event.Status.Valid() {
			r.running = append(r.running, place{at + int64(i), event.ID})
		}
	}
	if at == 0 && len(events) > 0 {
		r.first = events[0].ID
	}
	if len(events) > 0 {
		r.last = events[len(events)-1].ID
	}
	r.length, r.more = at+int64(len(events)), more
	return nil
}
