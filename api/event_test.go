package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/gen"
)

// An eventServer has the events of the session r, and counts the requests for them.
type eventServer struct {
	newestFirst bool
	looks       int            // at the session, until it stops
	look        func(look int) // is called by each look at the session, the first is 1
	page        func(page int) // is called before each page of events

	mu       sync.Mutex
	events   []Event // the oldest first
	looked   int
	requests []int // for events, after each look
}

// newEventServer returns a server with so many events that have ended, but those at the places running.
func newEventServer(n int, newestFirst bool, running ...int) *eventServer {
	s := &eventServer{newestFirst: newestFirst, look: func(int) {}, page: func(int) {}, requests: []int{0}}
	for i := range n {
		s.add("event " + strconv.Itoa(i+1))
		if !slices.Contains(running, i) {
			s.events[i].Status = gen.EventStatusSuccess
		}
	}
	return s
}

// add adds an event that is running.
func (s *eventServer) add(message string) {
	order := int32(1)
	if len(s.events) > 0 {
		order += s.events[len(s.events)-1].Order
	}
	s.events = append(s.events, Event{
		ID: fmt.Sprintf("id%d",
			order), Type: gen.EventTypeRestore, Status: gen.EventStatusRunning, Message: message, Order: order,
		StartTime: Time{
			Time: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC).Add(time.Duration(order) * time.Millisecond),
		},
	})
}

func (s *eventServer) change(i int, status gen.EventStatus, message string) {
	s.events[i].Status, s.events[i].Message = status, message
}

func (s *eventServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/Statistics"):
		_, _ = io.WriteString(w,
			`{"totalItemsCount":1,"restoredItemsCount":1,"failedItemsCount":0,"skippedItemsCount":0,"items":[]}`)
	case !strings.HasSuffix(r.URL.Path, "/Events"):
		if s.looked++; s.looked > 1 {
			s.requests = append(s.requests, 0)
		}
		s.look(s.looked)
		if s.looked >= s.looks {
			_, _ = io.WriteString(w, stopped)
			return
		}
		_, _ = io.WriteString(w, working)
	default:
		s.requests[len(s.requests)-1]++
		s.page(s.requests[len(s.requests)-1])
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		end := min(offset+limit, len(s.events))
		results := slices.Clone(s.events[min(offset, end):end])
		if s.newestFirst {
			last := len(s.events)
			results = slices.Clone(s.events[last-end : last-min(offset, end)])
			slices.Reverse(results)
		}
		links := gen.Links{"self": {}}
		if end < len(s.events) {
			links["next"] = gen.Link{Href: fmt.Sprintf("/v8/x?offset=%d", end)}
		}
		page, err := json.Marshal(
			wirePage[Event]{Offset: new(int64(offset)), Limit: int64(limit), Results: results, Links: links})
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = w.Write(page)
	}
}

// check verifies that the first look has read the list once, and that the others cost no more requests than most.
func (s *eventServer) check(t *testing.T, pages, most int) {
	t.Helper()
	if len(s.requests) != s.looks || s.requests[0] != pages || slices.Max(s.requests[1:]) > most {
		t.Errorf("requests for events: %v in %d looks", s.requests, s.looks)
	}
}

func bothOrders(t *testing.T, test func(t *testing.T, newestFirst bool)) {
	t.Helper()
	for _, newestFirst := range []bool{false, true} {
		t.Run(map[bool]string{false: "oldest first", true: "newest first"}[newestFirst], func(t *testing.T) {
			t.Parallel()
			test(t, newestFirst)
		})
	}
}

// TestALookAtARestoreCostsWhatIsNew follows a restore in a session that has 50,000 events. One that is old never ends.
func TestALookAtARestoreCostsWhatIsNew(t *testing.T) {
	t.Parallel()
	bothOrders(t, func(t *testing.T, newestFirst bool) {
		t.Helper()
		s := newEventServer(50_000, newestFirst, 7, 30_000, 49_999)
		s.looks = 20
		var want []string
		s.look = func(look int) {
			last := len(s.events) - 1
			switch look % 4 {
			case 1: // nothing new
			case 2:
				s.change(last, gen.EventStatusRunning, fmt.Sprintf("look %d", look))
			case 3:
				s.change(last, gen.EventStatusSuccess, fmt.Sprintf("look %d", look))
			default:
				for range 5 {
					s.add(fmt.Sprintf("begun at look %d", look))
				}
			}
			if message := s.events[len(s.events)-1].Message; len(want) == 0 || want[len(want)-1] != message {
				want = append(want, message)
			}
		}
		pause := func(context.Context, time.Duration) error { return nil }
		client := newTestClient(t, s.ServeHTTP, WithAPIVersion(V8), WithPause(pause))
		var got []string
		_, err := client.Restore("r").Wait(t.Context(), WithRestoreProgress(func(p RestoreProgress) {
			if len(got) == 0 || got[len(got)-1] != p.Message {
				got = append(got, p.Message)
			}
		}))
		if err != nil {
			t.Error(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		s.check(t, 51, 2)
	})
}

// follow returns what FollowEvents gives of each event.
func (s *eventServer) follow(t *testing.T) map[string][]string {
	t.Helper()
	client := newTestClient(t, s.ServeHTTP, WithAPIVersion(V8))
	got := make(map[string][]string)
	for event, err := range client.RestoreSession("r").FollowEvents(t.Context(), time.Millisecond) {
		if err != nil {
			t.Error(err)
			break
		}
		got[event.ID] = append(got[event.ID], string(event.Status)+" "+event.Message)
	}
	return got
}

// TestFollowedEventsCostWhatIsNew follows the events of a session that has 50,000. Two that are far apart change from
// time to time.
func TestFollowedEventsCostWhatIsNew(t *testing.T) {
	t.Parallel()
	bothOrders(t, func(t *testing.T, newestFirst bool) {
		t.Helper()
		s := newEventServer(50_000, newestFirst, 7, 49_999)
		s.change(30_000, "Queued", "")
		s.looks = 20
		want := make(map[string][]string)
		note := func(events ...Event) {
			for _, e := range events {
				want[e.ID] = append(want[e.ID], string(e.Status)+" "+e.Message)
			}
		}
		note(s.events...)
		s.look = func(look int) {
			switch look {
			case 3, 9:
				s.change(7, gen.EventStatusRunning, fmt.Sprintf("look %d", look))
				note(s.events[7])
			case 5:
				s.change(30_000, gen.EventStatusWarning, "done")
				s.change(49_999, gen.EventStatusFailed, "not done")
				note(s.events[30_000], s.events[49_999])
			case 6, 11, 12:
				for i := range 3 {
					s.add(fmt.Sprintf("begun at look %d", look))
					if i == 1 {
						s.change(len(s.events)-1, gen.EventStatusSuccess, "at once")
					}
				}
				note(s.events[len(s.events)-3:]...)
			case 14:
				s.change(7, gen.EventStatusSuccess, "done at last")
				note(s.events[7])
			case 16: // more than a page
				for range 2500 {
					s.add("many")
					s.change(len(s.events)-1, gen.EventStatusSuccess, "many")
				}
				note(s.events[len(s.events)-2500:]...)
			}
		}
		if diff := gocmp.Diff(want, s.follow(t)); diff != "" {
			t.Error(diff)
		}
		s.check(t, 51, 5)
		if quiet := s.requests[9:10]; slices.Max(quiet) > 4 {
			t.Errorf("requests of looks that had nothing new: %v", quiet)
		}
	})
}

// TestFollowedEventsAreComplete follows events in sessions that change in ways that move the events.
func TestFollowedEventsAreComplete(t *testing.T) {
	t.Parallel()
	bothOrders(t, func(t *testing.T, newestFirst bool) {
		t.Helper()
		for name, test := range map[string]struct {
			events int
			change func(s *eventServer) (look, page func(int))
		}{
			"events come while a page is read": {2500, func(s *eventServer) (func(int), func(int)) {
				return func(int) {}, func(page int) {
					if s.looked < s.looks && page <= 5 {
						s.add("in between")
						s.change(len(s.events)-2, gen.EventStatusSuccess, "in between")
					}
				}
			}},
			"two come while the first look reads": {2500, func(s *eventServer) (func(int), func(int)) {
				s.change(1000, gen.EventStatusRunning, "at work")
				look := func(look int) {
					if look == 5 {
						s.change(1000, gen.EventStatusSuccess, "done")
					}
				}
				return look, func(page int) {
					if s.looked == 1 && (page == 2 || page == 3) {
						s.add("in between")
					}
				}
			}},
			"one comes between two pages of a look": {2500, func(s *eventServer) (func(int), func(int)) {
				s.change(7, gen.EventStatusRunning, "at work")
				look := func(look int) {
					switch look {
					case 3:
						s.add("new")
					case 5:
						s.change(7, gen.EventStatusSuccess, "done")
					}
				}
				return look, func(page int) {
					if s.looked == 3 && page == 3 {
						s.add("in between")
					}
				}
			}},
			"they come at both ends": {2500, func(s *eventServer) (func(int), func(int)) {
				s.change(7, gen.EventStatusRunning, "at work")
				return func(look int) {
					if look == 2 {
						s.change(7, gen.EventStatusSuccess, "done")
						s.add("at one end")
						s.change(len(s.events)-1, gen.EventStatusSuccess, "at one end")
						s.events = slices.Insert(s.events, 0,
							Event{ID: "other", Status: gen.EventStatusRunning, Message: "at the other end"})
					}
				}, func(int) {}
			}},
			"the oldest is forgotten": {2500, func(s *eventServer) (func(int), func(int)) {
				return func(look int) {
					if look > 1 {
						s.add("instead")
						s.change(len(s.events)-1, gen.EventStatusSuccess, "instead")
						s.events = s.events[1:]
					}
				}, func(int) {}
			}},
			"one comes between others": {2500, func(s *eventServer) (func(int), func(int)) {
				return func(look int) {
					if look > 1 {
						event := Event{ID: fmt.Sprintf("between%d", look), Status: gen.EventStatusSuccess}
						s.events = slices.Insert(s.events, 1200, event)
					}
				}, func(int) {}
			}},
			"the list begins anew": {2500, func(s *eventServer) (func(int), func(int)) {
				return func(look int) {
					if look == 3 {
						s.events = nil
					}
					s.add("anew")
				}, func(int) {}
			}},
			"a page becomes two": {990, func(s *eventServer) (func(int), func(int)) {
				return func(look int) {
					for range 3 {
						s.add("more")
					}
					s.change(len(s.events)-2, gen.EventStatusSuccess, "more")
				}, func(int) {}
			}},
			"one that has ended changes all the same": {999, func(s *eventServer) (func(int), func(int)) {
				return func(look int) { s.change(500, gen.EventStatusWarning, fmt.Sprintf("look %d", look)) }, func(
					int) {
				}
			}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newEventServer(test.events, newestFirst)
				s.looks = 8
				// What there was after a look, every event of it.
				want := make(map[string][]string)
				look, page := test.change(s)
				note := func() {
					for _, e := range s.events {
						now := string(e.Status) + " " + e.Message
						if seen := want[e.ID]; len(seen) == 0 || seen[len(seen)-1] != now {
							want[e.ID] = append(seen, now)
						}
					}
				}
				s.look = func(n int) {
					look(n)
					note()
				}
				s.page = page
				got := s.follow(t)
				for id, states := range want {
					if seen := got[id]; len(seen) == 0 || seen[len(seen)-1] != states[len(states)-1] {
						t.Fatalf("event %s: got %q, want %q", id, seen, states)
					}
				}
				switch {
				case strings.HasPrefix(name, "one that has ended"):
					if diff := gocmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				case strings.HasPrefix(name, "two come"), strings.HasPrefix(name, "one comes between two"):
					if quiet := s.requests[3:]; slices.Max(quiet) > 3 {
						t.Errorf("requests for events: %v", s.requests)
					}
				}
			})
		}
	})
}

// TestFollowedEventsOfAServerThatLies ends with an error, not never.
func TestFollowedEventsOfAServerThatLies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id   func(request int) string
		want string
	}{
		"always another event": {strconv.Itoa, "the list has changed"},
		"always the same":      {func(int) string { return "same" }, "without items says that there are more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if !strings.HasSuffix(r.URL.Path, "/Events") {
					_, _ = io.WriteString(w, working)
					return
				}
				if requests++; requests > 20 {
					w.WriteHeader(http.StatusTeapot)
					return
				}
				_, _ = fmt.Fprintf(w, `{"offset":%s,"limit":1,"results":[{"id":%q}],"_links":{"self":{},"next":{}}}`,
					cmp.Or(r.URL.Query().Get("offset"), "0"), test.id(requests))
			}, WithAPIVersion(V8))
			var last error
			for _, err := range client.RestoreSession("r").FollowEvents(t.Context(), time.Millisecond) {
				last = err
			}
			if !errors.Is(last, ErrUnexpected) || !strings.Contains(last.Error(), test.want) {
				t.Errorf("got %v", last)
			}
		})
	}
}
