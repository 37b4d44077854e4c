package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A sessionServer starts and stops restore sessions, each in its own way, as another program than our simulator would.
type sessionServer struct {
	start func(w http.ResponseWriter, r *http.Request, id string) // answers the start; nil does so properly
	stop  int                                                     // status of a stop that fails; 0: it does not

	mu   sync.Mutex
	open map[string]time.Time
	n    int
}

func (s *sessionServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch path := r.URL.Path; {
	case strings.HasSuffix(strings.ToLower(path), "/explore"):
		s.mu.Lock()
		s.n++
		id := fmt.Sprintf("session-%d", s.n)
		s.open[id] = time.Now()
		s.mu.Unlock()
		if s.start != nil {
			s.start(w, r, id)
			return
		}
		_, _ = io.WriteString(w, `{"id":"`+id+`","state":"Working"}`)
	case strings.HasSuffix(path, "/Stop"):
		if s.stop != 0 {
			w.WriteHeader(s.stop)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, strings.Split(path, "/")[3])
	case strings.HasSuffix(path, "/RestoreSessions"):
		s.mu.Lock()
		defer s.mu.Unlock()
		var results []string
		for id, at := range s.open {
			results = append(results,
				fmt.Sprintf(`{"id":%q,"state":"Working","creationTime":%q}`, id, at.UTC().Format(time.RFC3339Nano)))
		}
		_, _ = fmt.Fprintf(w, `{"offset":0,"limit":1000,"results":[%s]}`, strings.Join(results, ","))
	case strings.HasSuffix(path, "/restore"):
		_, _ = io.WriteString(w, `{"totalItemsCount":1,"restoredItemsCount":1}`)
	default:
		_, _ = io.WriteString(w, `{"id":"session-1","state":"Working"}`)
	}
}

// TestExploreStopsTheSessionOfACallerWhoLeft ends the context while the server starts the session.
func TestExploreStopsTheSessionOfACallerWhoLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &sessionServer{
			open: map[string]time.Time{},
			start: func(w http.ResponseWriter, _ *http.Request, id string) {
				time.Sleep(20 * time.Second) //nolint:forbidigo // the bubble's clock jumps
				_, _ = io.WriteString(w, `{"id":"`+id+`","state":"Working"}`)
			},
		}
		client := bubble(t, 0, server.ServeHTTP, WithAPIVersion(V7))
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			err := client.Organization("o").Explore(ctx, ExploreOptions{}, func(context.Context, RestoreSession) error {
				t.Error("the work is done for nobody")
				return nil
			})
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		}
		server.mu.Lock()
		defer server.mu.Unlock()
		if server.n != 20 || len(server.open) != 0 {
			t.Errorf("%d of %d sessions are left", len(server.open), server.n)
		}
	})
}

// TestExploreDoesNotWaitForWhatWasNotSent ends the context before there is a connection.
func TestExploreDoesNotWaitForWhatWasNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := bubble(t, time.Hour, func(http.ResponseWriter, *http.Request) {}, WithAPIVersion(V7), withoutPassword,
			WithTokens(func(context.Context, Secret) (Secret, error) { return canaryToken, nil }))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.Organization("o").StartRestoreSession(ctx, ExploreOptions{})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

// TestExploreNamesTheSessionOfALostAnswer loses the answer to the start, after the session has been started.
func TestExploreNamesTheSessionOfALostAnswer(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(http.ResponseWriter, *http.Request, string){
		"connection lost": func(http.ResponseWriter, *http.Request, string) { panic(http.ErrAbortHandler) },
		"503": func(w http.ResponseWriter, _ *http.Request,
			_ string,
		) {
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		"cut": func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"id":`)
		},
		"another answer": func(w http.ResponseWriter, _ *http.Request, _ string) {
			_, _ = io.WriteString(w, `{"message":"queued"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &sessionServer{open: map[string]time.Time{
				"another-program's": time.Now().Add(-time.Hour),
			}}
			client := newTestClient(t, server.ServeHTTP, WithAPIVersion(V7))
			organization := client.Organization("o")
			own, err := organization.StartRestoreSession(t.Context(), ExploreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			server.start = lose
			err = organization.Explore(t.Context(), ExploreOptions{}, nil)
			if err == nil || !strings.Contains(err.Error(), "may have been started: session-2") ||
				strings.Contains(err.Error(), own.ID()) || strings.Contains(err.Error(), "another-program's") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestResultsOutliveAStopThatFails restores in a session that cannot be stopped afterwards.
func TestResultsOutliveAStopThatFails(t *testing.T) {
	t.Parallel()
	server := &sessionServer{open: map[string]time.Time{}, stop: http.StatusServiceUnavailable}
	client := newTestClient(t, server.ServeHTTP, WithAPIVersion(V7))
	failure := errors.New("work failed")
	for _, want := range []error{nil, failure} {
		var result RestoreResult
		err := client.Organization("o").Explore(t.Context(), ExploreOptions{},
			func(ctx context.Context, s RestoreSession) error {
				var err error
				if result, err = s.OneDrive("d").Folder("f").RestoreToOriginalLocation(ctx,
					RestoreToOriginalLocation{}); err != nil {
					t.Error(err)
				}
				return want
			})
		left, ok := errors.AsType[*LeftSessionError](err)
		if !ok || !strings.HasPrefix(left.Session.ID(), "session-") || result.RestoredItemsCount != 1 {
			t.Errorf("got %v and %+v", err, result)
		}
		if errors.Is(err, ErrServer) || errors.Is(err, failure) != (want != nil) {
			t.Errorf("%v matches what it must not", err)
		}
	}
}
