package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A busySession carries out a restore, and has many events, which grow at every look.
type busySession struct {
	newestFirst bool
	begin       time.Time
	events      []Event // oldest first
	looks       int     // until it stops
	shorten     int     // the number of the oldest events that vanish at the next look

	requests atomic.Int64 // for events

	mu sync.Mutex // has all of it
}

// with gives a test what the server has.
func (s *busySession) with(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *busySession) happen(n int) {
	for range n {
		i := len(s.events)
		s.events = append(s.events, Event{
			ID: strconv.Itoa(i), Type: "Restore", Status: "Success", Order: int32(i),
			Message: "event " + strconv.Itoa(i), StartTime: Time{Time: s.begin.Add(time.Duration(i) * time.Millisecond)},
		})
	}
}

func (s *busySession) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPost:
		_, _ = io.WriteString(w, `{"sessionId":"r"}`)
	case strings.HasSuffix(r.URL.Path, "/Events"):
		s.requests.Add(1)
		all := slices.Clone(s.events[s.shorten:])
		if s.newestFirst {
			slices.Reverse(all)
		}
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		begin := min(offset, len(all))
		end := min(begin+limit, len(all))
		results, err := json.Marshal(append([]Event{}, all[begin:end]...))
		if err != nil {
			panic(err)
		}
		next := ""
		if end < len(all) {
			next = fmt.Sprintf(`,"next":{"href":"%s?offset=%d"}`, r.URL.Path, end)
		}
		_, _ = fmt.Fprintf(w, `{"offset":%d,"limit":%d,"results":%s,"_links":{"self":{"href":%q}%s}}`, offset, limit, results, r.URL.Path, next)
	case strings.HasSuffix(r.URL.Path, "/Statistics"):
		w.WriteHeader(http.StatusNotFound)
	case r.URL.Path != "/v8/RestoreSessions/r": // the question for the version
		w.WriteHeader(http.StatusUnauthorized)
	default:
		s.looks--
		s.happen(10)
		state := "Working"
		if s.looks <= 0 {
			state = "Stopped"
		}
		_, _ = fmt.Fprintf(w, `{"id":"r","state":%q,"result":"Success"}`, state)
	}
}

// TestFollowingARestoreCostsWhatIsNew follows a restore of 50,000 events, in either order of the list.
func TestFollowingARestoreCostsWhatIsNew(t *testing.T) {
	t.Parallel()
	for _, newestFirst := range []bool{false, true} {
		t.Run(fmt.Sprintf("newest first %v", newestFirst), func(t *testing.T) {
			t.Parallel()
			server := &busySession{newestFirst: newestFirst, begin: time.Now().Add(time.Minute), looks: 30}
			server.happen(50_000)
			folder := newFolder(t, server.ServeHTTP, WithAPIVersion(V8), WithPause(func(context.Context, time.Duration) error { return nil }))
			restore, err := folder.StartCopyTo(t.Context(), CopyTo{})
			if err != nil {
				t.Fatal(err)
			}
			var last RestoreProgress
			if _, err := restore.Wait(t.Context(), func(p RestoreProgress) { last = p }); err != nil {
				t.Fatal(err)
			}
			server.with(func() {
				if want := fmt.Sprintf("event %d", len(server.events)-1); last.Message != want {
					t.Errorf("got %q, want %q", last.Message, want)
				}
			})
			// Once all the pages of the first look, then one or two requests a look.
			if n := server.requests.Load(); n > 51+2*30 {
				t.Errorf("%d requests for events", n)
			}
		})
	}
}

// TestFollowEventsCostsWhatIsNew follows the events of a session, sees each of them once, and again what has changed.
func TestFollowEventsCostsWhatIsNew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &busySession{begin: time.Now(), looks: 30}
		server.happen(20_000)
		server.events[19_500].Status = "Running"
		client := bubble(t, 0, server.ServeHTTP, WithAPIVersion(V8))
		seen := map[string]int{}
		for event, err := range client.RestoreSession("r").FollowEvents(t.Context(), time.Second) {
			if err != nil {
				t.Fatal(err)
			}
			seen[event.ID]++
			server.with(func() {
				if server.looks == 10 {
					server.events[19_500].Status = "Success"
				}
			})
		}
		server.with(func() {
			if len(seen) != len(server.events) || seen["19500"] != 2 || seen["19499"] != 1 || seen["20050"] != 1 {
				t.Errorf("%d of %d events, %v", len(seen), len(server.events), seen["19500"])
			}
		})
		if n := server.requests.Load(); n > 21+2*30 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestEventsThatVanish has a server that forgets its oldest events while they are followed: all are read again.
func TestEventsThatVanish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &busySession{begin: time.Now(), looks: 3}
		server.happen(2500)
		client := bubble(t, 0, server.ServeHTTP, WithAPIVersion(V8))
		seen := map[string]bool{}
		for event, err := range client.RestoreSession("r").FollowEvents(t.Context(), time.Second) {
			if err != nil {
				t.Fatal(err)
			}
			seen[event.ID] = true
			if event.ID == "2509" {
				server.with(func() { server.shorten = 5 })
			}
		}
		server.with(func() {
			if len(seen) != len(server.events) {
				t.Errorf("%d of %d events", len(seen), len(server.events))
			}
		})
	})
}
