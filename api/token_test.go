package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/gen"
)

// A tokenServer gives out tokens that name their number, and remembers what it was asked for.
type tokenServer struct {
	expiresIn string
	refuse    func(gen.TokenRequest) bool
	delay     time.Duration
	asked     []string
}

func (s *tokenServer) request(ctx context.Context, request gen.TokenRequest, _ bool) (*http.Response, error) {
	s.asked = append(s.asked, strings.TrimSpace(string(request.GrantType)+" "+request.RefreshToken))
	n := len(s.asked)
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.refuse != nil && s.refuse(request) {
		return nil, &Error{StatusCode: http.StatusBadRequest, Message: "Authorization Error: Invalid credential"}
	}
	body := fmt.Sprintf(`{"access_token":"access%d","refresh_token":"refresh%d"%s}`, n, n, s.expiresIn)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (s *tokenServer) source() *tokenSource {
	return newTokenSource(gen.TokenRequest{GrantType: gen.GrantTypePassword}, s.request)
}

func wantToken(t *testing.T, source *tokenSource, margin time.Duration, want gen.Secret) {
	t.Helper()
	if got, err := source.token(t.Context(), margin, ""); got != want || err != nil {
		t.Errorf("got token %q, %v, want %q", string(got), err, string(want))
	}
}

func (s *tokenServer) wantAsked(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.asked); diff != "" {
		t.Error(diff)
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{expiresIn: `,"expires_in":3600`}
		source := server.source()
		wantToken(t, source, 0, "access1")
		advance(time.Hour - renewBefore - time.Nanosecond)
		wantToken(t, source, 0, "access1")
		advance(time.Nanosecond)
		wantToken(t, source, 0, "access2")
		// Both tokens were replaced.
		advance(time.Hour - renewBeforeStream)
		wantToken(t, source, 0, "access2")
		wantToken(t, source, renewBeforeStream, "access3")
		server.wantAsked(t, "password", "refresh_token refresh1", "refresh_token refresh2")
	})
}

func TestShortLivedTokensAreNotRenewedAtEveryCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{expiresIn: `,"expires_in":"40"`}
		source := server.source()
		for range 10 {
			wantToken(t, source, renewBeforeStream, "access1")
		}
		advance(30 * time.Second)
		wantToken(t, source, 0, "access2")
	})
}

func TestRefusedRefreshFallsBackToThePassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{
			expiresIn: `,".issued":"2026-11-23T08:00:00Z",".expires":"2026-11-23T09:00:00Z"`,
			refuse:    func(r gen.TokenRequest) bool { return r.GrantType == gen.GrantTypeRefreshToken },
		}
		source := server.source()
		wantToken(t, source, 0, "access1")
		advance(time.Hour)
		wantToken(t, source, 0, "access3")
		server.wantAsked(t, "password", "refresh_token refresh1", "password")
	})
}

func TestManyGoroutinesLogInOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{expiresIn: `,"expires_in":3600`, delay: time.Second}
		source := server.source()
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() { wantToken(t, source, 0, "access1") })
		}
		group.Wait()
		server.wantAsked(t, "password")
	})
}

func TestAWaitingCallerCanLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{expiresIn: `,"expires_in":3600`, delay: time.Hour}
		source := server.source()
		first, cancelFirst := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := source.token(first, 0, ""); !errors.Is(err, context.Canceled) {
				t.Errorf("first: %v", err)
			}
		})
		synctest.Wait()
		second, cancelSecond := context.WithTimeout(t.Context(), time.Minute)
		defer cancelSecond()
		if _, err := source.token(second, 0, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("second: %v", err)
		}
		// The one who was talking to the server gives up, too: the next caller starts anew.
		cancelFirst()
		group.Wait()
		wantToken(t, source, 0, "access2")
	})
}

func TestWrongPasswordIsNotTriedAgainAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refuse := true
		server := &tokenServer{expiresIn: `,"expires_in":3600`, refuse: func(gen.TokenRequest) bool { return refuse }}
		source := server.source()
		for range 100 {
			_, err := source.token(t.Context(), 0, "")
			e, ok := errors.AsType[*Error](err)
			if !errors.Is(err, ErrUnauthorized) || !ok || e.StatusCode != http.StatusBadRequest ||
				!strings.HasPrefix(err.Error(), "400 Bad Request: Authorization Error: Invalid credential") {
				t.Fatalf("got %v", err)
			}
		}
		server.wantAsked(t, "password")
		refuse = false
		advance(rememberRefused)
		wantToken(t, source, 0, "access2")
	})
}

// TestOtherFailuresAreNotRemembered logs in again at once, while the clock shows the same time.
func TestOtherFailuresAreNotRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fail := true
		server := &tokenServer{}
		source := newTokenSource(gen.TokenRequest{},
			func(ctx context.Context, r gen.TokenRequest, once bool) (*http.Response, error) {
				if fail {
					return nil, &Error{StatusCode: http.StatusServiceUnavailable}
				}
				return server.request(ctx, r, once)
			})
		if _, err := source.token(t.Context(), 0, ""); err == nil || errors.Is(err, ErrUnauthorized) {
			t.Errorf("got %v", err)
		}
		fail = false
		wantToken(t, source, 0, "access1")
	})
}

func TestParseToken(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]token{
		`{"access_token":"a","expires_in":60}`: {
			access:   "a",
			lifetime: time.Minute,
		},
		`{"access_token":"a","expires_in":"60","refresh_token":"r","userName":"x"}`: {
			access:  "a",
			refresh: "r", lifetime: time.Minute,
		},
		`{"access_token":"a","expires_in":null}`: {access: "a"},
		`{"access_token":"a","expires_in":-5}`:   {access: "a"},
		`{"access_token":"a","expires_in":1e300}`: {
			access:   "a",
			lifetime: maxLifetime,
		},
		`{"access_token":"a",".issued":"2026-11-23T08:00:00Z",".expires":"2026-11-23T08:01:00.5Z"}`: {
			access:   "a",
			lifetime: time.Minute + time.Second/2,
		},
	} {
		if got, err := parseToken([]byte(body)); got != want || err != nil {
			t.Errorf("%s: got %v, %v", body, got.lifetime, err)
		}
	}
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"access_token":""}`, `{"access_token":"a b"}`, `{"access_token":7}`,
		`{"access_token":"` + canaryToken + `\r\nX-Header: y"}`, strings.Repeat(" ", maxTokenSize+1),
	} {
		if _, err := parseToken([]byte(body)); !errors.Is(err, ErrUnexpected) ||
			strings.Contains(err.Error(), canaryToken) {
			t.Errorf("%.40s: got %v", body, err)
		}
	}
}

func TestTokenRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/token" {
			return
		}
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.URL.Path+" "+r.Header.Get("Content-Type")+" "+string(body))
		if r.Header.Get("Authorization") != "" {
			t.Error("the request has a token")
		}
		// It has expired at once.
		_, _ = io.WriteString(w, `{"access_token":"a","refresh_token":"`+canaryRefresh+`","expires_in":0.000001}`)
	}))
	t.Cleanup(server.Close)
	client, err := NewClient(server.URL, WithAPIVersion(V2), WithPassword(`EXAMPLE\operator`, "p&=+ ü"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for range 2 {
		if err := client.RestoreSession("s").OneDrive("d").Folder("f").SendTo(t.Context(), SendTo{}); err != nil {
			t.Fatal(err)
		}
	}
	const head = "/v2/token application/x-www-form-urlencoded "
	want := []string{
		head + "grant_type=password&password=p%26%3D%2B+%C3%BC&username=EXAMPLE%5Coperator",
		head + "grant_type=refresh_token&refresh_token=" + canaryRefresh,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refusals     int64
		wantCalls    int64
		unauthorized bool
	}{
		"once":   {1, 2, false},
		"always": {1 << 30, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
				call := calls.Add(1)
				if body, _ := io.ReadAll(r.Body); string(body) != `{"sendTo":{"to":"a@example.com"}}` {
					t.Errorf("call %d has body %s", call, body)
				}
				if call <= test.refusals {
					w.WriteHeader(http.StatusUnauthorized)
				}
			})
			err := folder.SendTo(t.Context(), SendTo{To: "a@example.com"})
			if errors.Is(err, ErrUnauthorized) != test.unauthorized || (err != nil) != test.unauthorized ||
				calls.Load() != test.wantCalls {
				t.Errorf("got %v after %d calls", err, calls.Load())
			}
		})
	}
}
