package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newTokenServer answers every request for a token with one, and remembers what it was asked; other requests are good.
func newTokenServer(t *testing.T, asked *[]url.Values) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			return
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		*asked = append(*asked, r.PostForm)
		writeToken(w)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestGrants(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts []Option
		want url.Values
	}{
		"JWT bearer": {
			[]Option{WithAPIVersion(V4), WithJWTBearer("example.onmicrosoft.com", `{"access_token":"x"}`)},
			url.Values{
				"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
				"client_id":  {"example.onmicrosoft.com"}, "assertion": {`{"access_token":"x"}`},
			},
		},
		"operator": {
			[]Option{WithAPIVersion(V6), WithOperator("user.tenant", "bare")},
			url.Values{"grant_type": {"operator"}, "client_id": {"user.tenant"}, "assertion": {"bare"}},
		},
		"without antiforgery token": {
			[]Option{WithAPIVersion(V7), WithPassword("u", "p")},
			url.Values{
				"grant_type": {"password"}, "username": {"u"}, "password": {"p"}, "disable_antiforgery_token": {"true"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []url.Values
			client, err := NewClient(newTokenServer(t, &asked), test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]url.Values{test.want}, asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A renewalServer logs in with the password, and renews in its own way. All else it answers.
type renewalServer struct {
	renew func(w http.ResponseWriter, r *http.Request)

	mu             sync.Mutex
	logins, renews int
}

func (s *renewalServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if !strings.HasSuffix(r.URL.Path, "/token") {
		_, _ = io.WriteString(w, `{"id":"s","state":"Working"}`)
		return
	}
	_ = r.ParseForm()
	s.mu.Lock()
	renewal := r.PostForm.Get("grant_type") == "refresh_token"
	if renewal {
		s.renews++
	} else {
		s.logins++
	}
	again := s.logins > 1
	s.mu.Unlock()
	if renewal || again && s.renew != nil && r.PostForm.Get("username") == "once" {
		s.renew(w, r)
		return
	}
	writeToken(w)
}

func (s *renewalServer) counts() (logins, renews int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins, s.renews
}

// TestValidTokenIsServedWhileItsRenewalFails asks with a token that is still valid, and cannot be renewed: by the
// refresh grant, and by the password neither.
func TestValidTokenIsServedWhileItsRenewalFails(t *testing.T) {
	t.Parallel()
	for name, renew := range map[string]http.HandlerFunc{
		"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"503":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"400":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &renewalServer{renew: renew}
				client := bubbleOf(t, 0, server, WithAPIVersion(V7), WithAttempts(6), withoutPassword,
					WithPassword("once", canaryPassword))
				get := func() time.Duration {
					start := time.Now()
					if _, err := client.RestoreSession("s").Get(t.Context()); err != nil {
						t.Error(err)
					}
					return time.Since(start)
				}
				get()
				advance(time.Hour - 30*time.Second)
				var slow atomic.Int64
				var group sync.WaitGroup
				for range 50 {
					group.Go(func() {
						if get() > 0 {
							slow.Add(1)
						}
					})
				}
				group.Wait()
				if _, renews := server.counts(); slow.Load() > 1 || renews != 1 {
					t.Errorf("%d requests waited for %d renewals", slow.Load(), renews)
				}
				waited := get() // it is not tried again at once
				if _, renews := server.counts(); waited > 0 || renews != 1 {
					t.Errorf("waited %v, %d renewals", waited, renews)
				}
			})
		})
	}
}

// TestRenewalThatFailsFallsBackToThePassword has a token that has expired, and cannot be renewed by the refresh grant.
func TestRenewalThatFailsFallsBackToThePassword(t *testing.T) {
	t.Parallel()
	for name, renew := range map[string]http.HandlerFunc{
		"500":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"400":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) },
		"garbage": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "no token") },
		"lost":    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"hangs":   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &renewalServer{renew: renew}
				client := bubbleOf(t, 0, server, WithAPIVersion(V7))
				for range 2 {
					if _, err := client.RestoreSession("s").Get(t.Context()); err != nil {
						t.Error(err)
					}
					advance(2 * time.Hour)
				}
				if logins, renews := server.counts(); logins != 2 || renews != 1 {
					t.Errorf("%d log-ins and %d renewals", logins, renews)
				}
			})
		})
	}
}

// numberedTokens gives a token for each request for one, which asked counts, unless answer returns false. Other
// requests are good.
func numberedTokens(asked *atomic.Int64, answer func(w http.ResponseWriter, r *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // a server sees that a client has gone only after it has read the body
		if !strings.HasSuffix(r.URL.Path, "/token") {
			return
		}
		asked.Add(1)
		if answer(w, r) {
			writeToken(w)
		}
	})
}

// TestSilentRenewalFallsBackToThePassword has a server that does not answer to the refresh grant, and the default
// timeouts.
func TestSilentRenewalFallsBackToThePassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		client := bubbleOf(t, 0, numberedTokens(&asked, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("grant_type") == "refresh_token" {
				<-r.Context().Done()
			}
			return true
		}), WithAPIVersion(V5))
		if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		advance(time.Hour)
		start := time.Now()
		if err := client.RestoreSession("s").Stop(t.Context()); time.Since(start) != refreshTimeout || err != nil {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// TestCallersShareALogInThatFails has 20 callers who wait for a log-in: they learn together that it has failed, and do
// not try one after the other.
func TestCallersShareALogInThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		client := bubbleOf(t, 0, numberedTokens(&asked, func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusServiceUnavailable)
			return false
		}), WithAPIVersion(V5), WithAttempts(6))
		start := time.Now()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if err := client.RestoreSession("s").Stop(t.Context()); !errors.Is(err, ErrServer) {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		if took := time.Since(start); took > time.Minute || asked.Load() != 6 {
			t.Errorf("it took %v and %d requests for tokens", took, asked.Load())
		}
	})
}

func TestTokensOfTheCaller(t *testing.T) {
	t.Parallel()
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		if r.Header.Get("Authorization") == "Bearer old" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	t.Cleanup(server.Close)
	broken := false
	client, err := NewClient(server.URL, WithAPIVersion(V2),
		WithTokens(func(_ context.Context, refused Secret) (Secret, error) {
			switch {
			case broken:
				return "", fmt.Errorf("vault is sealed: %w", ErrUnauthorized)
			case refused == "old":
				return "new", nil
			}
			return "old", nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	session := client.RestoreSession("s")
	if err := session.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"Bearer old", "Bearer new"}, got); diff != "" {
		t.Error(diff)
	}
	broken = true
	err = session.Stop(t.Context())
	if want := "stop restore session: log in: vault is sealed: unauthorized"; !errors.Is(err, ErrUnauthorized) ||
		err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, err := NewClient(server.URL, WithTokens(nil)); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if _, err := NewClient(server.URL, WithPassword("u", "p"), WithOperator("a", "b")); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// newEcho returns the address of a server that refuses every request with its own body and headers.
func newEcho(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, "%s %v", body, r.Header)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
