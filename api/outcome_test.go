package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOutcomeOfAChange(t *testing.T) {
	t.Parallel()
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	status := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	for name, test := range map[string]struct {
		answer  http.HandlerFunc
		unknown bool
	}{
		"connection lost": {hangUp, true},
		"408":             {status(408), true},
		"502":             {status(502), true},
		"503":             {status(503), true},
		"504":             {status(504), true},
		"429":             {status(429), true},
		"400":             {status(400), false},
		"500":             {status(500), true},
		"a redirect":      {status(307), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					calls.Add(1)
				}
				test.answer(w, r)
			}, WithAttempts(5))
			for _, change := range []func() error{
				func() error {
					_, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
					return err
				},
				func() error { _, err := folder.CopyTo(t.Context(), CopyTo{}); return err },
				func() error { return folder.SendTo(t.Context(), SendTo{}) },
			} {
				calls.Store(0)
				err := change()
				unknown, ok := errors.AsType[*UnknownOutcome](err)
				if err == nil || ok != test.unknown || errors.Is(err, ErrOutcomeUnknown) != test.unknown ||
					calls.Load() != 1 {
					t.Errorf("got %v after %d calls", err, calls.Load())
				}
				if ok &&
					(time.Since(unknown.SentAt) > time.Minute ||
						!strings.Contains(err.Error(), "events of restore session session")) {
					t.Errorf("got %v, sent at %v", err, unknown.SentAt)
				}
			}
		})
	}
}

func TestNothingIsUnknownOfWhatWasNotSent(t *testing.T) {
	t.Parallel()
	client, err := NewClient("http://127.0.0.1:1", WithAttempts(1), WithPassword("operator", canaryPassword))
	if err != nil {
		t.Fatal(err)
	}
	err = client.RestoreSession("s").OneDrive("d").Folder("f").SendTo(t.Context(), SendTo{})
	if err == nil || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
}

func TestLookUp(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
		now := time.Now()
		event := func(id, kind string, at time.Time) string {
			return fmt.Sprintf(`{"id":%q,"type":%q,"status":"Success","startTime":%q}`, id, kind,
				at.Format(time.RFC3339Nano))
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"offset":0,"limit":1000,"results":[`+strings.Join([]string{
			event("before", "Restore", now.Add(-time.Hour)),
			event("of another kind", "Send", now),
			event("the one", "Restore", now),
		}, ",")+`]}`)
	})
	_, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
	unknown, ok := errors.AsType[*UnknownOutcome](err)
	if !ok {
		t.Fatal(err)
	}
	events, err := unknown.LookUp(t.Context())
	if err != nil || len(events) != 1 || events[0].ID != "the one" {
		t.Errorf("got %v, %v", events, err)
	}
}

// TestAnswersThatAreNotDue has servers that answer a success with something else than what is due.
func TestAnswersThatAreNotDue(t *testing.T) {
	t.Parallel()
	page := `<html><body>Please log in</body></html>`
	for name, test := range map[string]struct {
		call        string
		versions    []Version
		contentType string
		body        string
	}{
		"a message":                 {"restore", Versions(), "application/json", `{"message":"queued for approval"}`},
		"nothing in it":             {"restore", Versions(), "application/json", `{}`},
		"nothing where numbers are": {"copy", []Version{V6, V7, V8}, "", ``},
		"null where numbers are":    {"copy", []Version{V6, V7, V8}, "application/json", `null`},
		"an empty id":               {"copy", []Version{V8}, "application/json", `{"sessionId":""}`},
		"statistics instead of an id": {
			"copy",
			[]Version{V8},
			"application/json",
			`{"totalItemsCount":1,"restoredItemsCount":1}`,
		},
		"a page":                {"restore", Versions(), "text/html", page},
		"a page as text":        {"restore", Versions(), "text/plain", page},
		"a page as JSON":        {"restore", Versions(), "application/json", page},
		"send: a page as text":  {"send", Versions(), "text/plain", page},
		"send: a message":       {"send", Versions(), "application/json", `{"message":"denied"}`},
		"send: an empty object": {"send", Versions(), "application/json", `{}`},
	} {
		for _, version := range test.versions {
			t.Run(fmt.Sprintf("%s/%v", name, version), func(t *testing.T) {
				t.Parallel()
				folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", test.contentType)
					_, _ = io.WriteString(w, test.body)
				}, WithAPIVersion(version))
				err := changingCalls[test.call](t.Context(), folder)
				if unknown, ok := errors.AsType[*UnknownOutcome](err); !ok || !errors.Is(err, ErrUnexpected) ||
					unknown.Begun() {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// A nightServer has lost the answer to a restore, which it carried out, and its clock is not ours.
type nightServer struct {
	version  Version
	ahead    time.Duration // of its clock
	zone     *time.Location
	zoneless bool

	mu       sync.Mutex
	sessions []string // results of the list of sessions
	events   map[string][]string
}

func (s *nightServer) stamp(at time.Time) string {
	at = at.Add(s.ahead).In(s.zone)
	if s.zoneless {
		return at.Format("2006-01-02T15:04:05.999999999")
	}
	return at.Format(time.RFC3339Nano)
}

// happen notes an event, and for v8 the session that it happens in.
func (s *nightServer) happen(session, id, kind string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = append(s.sessions, fmt.Sprintf(`{"id":%q,"state":"Stopped","creationTime":%q}`, session, s.stamp(at)))
	s.events[session] = append(s.events[session],
		fmt.Sprintf(`{"id":%q,"type":%q,"status":"Success","startTime":%q}`, id, kind, s.stamp(at)))
}

func (s *nightServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().Add(s.ahead).UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodPost {
		session := "session"
		if s.version >= V8 {
			session = "its-own"
		}
		s.happen(session, "the one", "Restore", time.Now())
		panic(http.ErrAbortHandler)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results := s.sessions
	if rest, ok := strings.CutSuffix(r.URL.Path, "/Events"); ok {
		results = s.events[rest[strings.LastIndex(rest, "/")+1:]]
	}
	_, _ = fmt.Fprintf(w, `{"offset":0,"limit":1000,"results":[%s]}`, strings.Join(results, ","))
}

// TestLookUpOnAnotherClock finds the event of a restore that was carried out, whatever the server's clock, and no
// earlier one as far as times can tell.
func TestLookUpOnAnotherClock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ahead    time.Duration
		zone     *time.Location
		zoneless bool
	}{
		"the same":                  {0, time.UTC, false},
		"three minutes behind":      {-3 * time.Minute, time.UTC, false},
		"a day ahead":               {24 * time.Hour, time.UTC, false},
		"in Honolulu, without zone": {0, time.FixedZone("", -10*3600), true},
		"in Auckland, without zone": {-3 * time.Minute, time.FixedZone("", 13*3600), true},
	} {
		for _, version := range []Version{V2, V7, V8} {
			t.Run(fmt.Sprintf("%s/%v", name, version), func(t *testing.T) {
				t.Parallel()
				server := &nightServer{
					version: version, ahead: test.ahead, zone: test.zone, zoneless: test.zoneless,
					events: map[string][]string{},
				}
				// The list of sessions is not the newest first, and an earlier restore was one minute before.
				server.happen("old", "of last year", "Restore", time.Now().AddDate(-1, 0, 0))
				server.happen("session", "an earlier one", "Restore", time.Now().Add(-time.Minute))
				server.happen("session", "of another kind", "Send", time.Now())
				folder := newFolder(t, server.ServeHTTP, WithAPIVersion(version))
				_, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
				unknown, ok := errors.AsType[*UnknownOutcome](err)
				if !ok {
					t.Fatal(err)
				}
				events, err := unknown.LookUp(t.Context())
				var got []string
				for _, event := range events {
					got = append(got, event.ID)
				}
				if err != nil || !slices.Contains(got, "the one") || slices.Contains(got, "of last year") ||
					slices.Contains(got, "of another kind") ||
					!test.zoneless && slices.Contains(got, "an earlier one") {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
	}
}

// TestLookUpOfARestoreThatHasBegun asks after a restore whose session is known, its own or the one of the folder, and
// whose end was not seen.
func TestLookUpOfARestoreThatHasBegun(t *testing.T) {
	t.Parallel()
	for session, want := range map[string]int{"its-own": 2, "session": 1} {
		t.Run(session, func(t *testing.T) {
			t.Parallel()
			folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case r.Method == http.MethodPost:
					_, _ = io.WriteString(w, `{"sessionId":"`+session+`"}`)
				case r.URL.Path == "/v8/RestoreSessions/"+session+"/Events":
					_, _ = fmt.Fprintf(w, `{"offset":0,"limit":1000,"results":[{"id":"old","type":"Restore","startTime":"2001-01-01T00:00:00Z"},
						{"id":"e","type":"Restore","status":"Running","startTime":%q}]}`, time.Now().Format(time.RFC3339Nano))
				default:
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			}, WithAPIVersion(V8))
			_, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
			unknown, ok := errors.AsType[*UnknownOutcome](err)
			if !ok || !unknown.Begun() || unknown.SessionID() != session ||
				!strings.Contains(err.Error(), "it has started") {
				t.Fatal(err)
			}
			if events, err := unknown.LookUp(t.Context()); err != nil || len(events) != want ||
				events[want-1].ID != "e" {
				t.Errorf("got %v, %v", events, err)
			}
		})
	}
}
