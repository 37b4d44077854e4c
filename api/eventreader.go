package api

import (
	"context"
	"slices"

	"github.com/vbo365/vbo365-go/gen"
)

// An eventReader reads the events of a session again and again: all of them at first, and then those that are new, and
// those that had not ended. Servers do not say how they sort events. So new ones are looked for before the first event
// and behind the last one. A list that is shorter than a page is read as a whole.
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

// headSize is how many events are read to see whether there are new ones before the first.
const headSize = 100

func (s RestoreSession) eventReader() eventReader { return eventReader{list: s.events(), more: true} }

// read calls see with all events that are new or may have changed, and with others. It ends with an error of see. After
// an error, the next read begins where this one did.
func (r *eventReader) read(ctx context.Context, see func(Event) error) error {
	next, known := r.list.session.eventReader(), ""
	if r.length >= pageSize {
		known = r.first
	}
	moved, err := next.rest(ctx, known, see)
	if err == nil && next.more { // what follows has been read before
		var places, left []place
		for _, p := range append(slices.Clip(r.running), place{r.length - 1, r.last}) {
			if p.at += moved; p.at >= next.length {
				places = append(places, p)
			}
		}
		left, err = next.again(ctx, places, see)
		switch {
		case err != nil:
			return err
		case len(left) > 0 && moved > 0: // more may come just now: the next read will find the others
			next.running = append(next.running, left[:len(left)-1]...)
			next.length, next.last = r.length+moved, r.last
			*r = next
			return nil
		case len(left) > 0: // there are new ones between others
			next = r.list.session.eventReader()
		}
		_, err = next.rest(ctx, "", see)
	}
	if err == nil {
		*r = next
	}
	return err
}

// again reads the events at these places, and those between them if one page has them all. It returns the places that
// are left when another event is at the first of them.
func (r *eventReader) again(ctx context.Context, places []place, see func(Event) error) (left []place, err error) {
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

// rest reads the rest of the list, to its end or to the page that has the event with this id. It returns where that is.
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
			i := indexOf(page.Results, r.last) // not 0 if others have come before it
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

// note takes over the events of a page that are at a place and behind it.
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
