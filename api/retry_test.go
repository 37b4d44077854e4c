package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

var repeatable = call{Traits: gen.Traits{Repeatable: true}}

// failing returns a handler that fails with each of the errors, and then succeeds. It counts its calls and checks the
// body.
func failing(t *testing.T, calls *int, errs ...error) handler {
	t.Helper()
	return func(_ call, request *http.Request) (*http.Response, error) {
		*calls++
		if body, _ := io.ReadAll(request.Body); string(body) != "body" {
			t.Errorf("call %d has body %q", *calls, body)
		}
		if *calls <= len(errs) {
			return nil, errs[*calls-1]
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}
}

func newRequest(t *testing.T, ctx context.Context) *http.Request { //nolint:revive // the test comes first
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1/v2/x", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	refused := unsentError{fmt.Errorf("%w: connection refused", ErrNoAnswer)}
	lost := fmt.Errorf("%w: connection reset", ErrNoAnswer)
	for name, test := range map[string]struct {
		err              error
		read, changeable bool // tried again when it only reads, and when it changes something
	}{
		"not connected":      {refused, true, true},
		"lost":               {lost, true, false},
		"silent":             {fmt.Errorf("%w: x", ErrTimeout), true, false},
		"408":                {&Error{StatusCode: 408}, true, false},
		"429":                {&Error{StatusCode: 429}, true, false},
		"500":                {&Error{StatusCode: 500}, false, false},
		"502":                {&Error{StatusCode: 502}, true, false},
		"503":                {&Error{StatusCode: 503}, true, false},
		"504":                {&Error{StatusCode: 504}, true, false},
		"400":                {&Error{StatusCode: 400}, false, false},
		"401":                {&Error{StatusCode: 401, Err: ErrUnauthorized}, false, false},
		"404":                {&Error{StatusCode: 404, Err: ErrNotFound}, false, false},
		"log-in":             {preparationError{failed("log in", unsentError{lost})}, false, false},
		"log-in, after some": {preparationError{failed("log in", attempted(&Error{StatusCode: 503}, 6))}, false, false},
		"certificate":        {unsentError{fmt.Errorf("%w: x", ErrCertificate)}, false, false},
		"another answer":     {&Error{StatusCode: 307, Err: ErrUnexpected}, false, false},
		"425":                {&Error{StatusCode: 425}, true, false},
		"499":                {&Error{StatusCode: 499}, true, false},
		"522":                {&Error{StatusCode: 522}, true, false},
		"598":                {&Error{StatusCode: 598}, true, false},
		"cut":                {&Error{StatusCode: 200, Err: ErrTruncated}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, kind := range []struct {
					call call
					want bool
				}{
					{repeatable, test.read},
					{call{}, test.changeable},
				} {
					calls := 0
					response, err := retry(retryPolicy{attempts: 3}, failing(t, &calls, test.err))(kind.call,
						newRequest(t, t.Context()))
					if (err == nil) != kind.want || (response != nil) != kind.want || (calls == 2) != kind.want {
						t.Errorf("%+v: got %v after %d calls", kind.call, err, calls)
					}
					if err == nil {
						_ = response.Body.Close()
					}
				}
			})
		})
	}
}

func TestAttemptsAreBoundedAndTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls, start := 0, time.Now()
		busy := &Error{StatusCode: 503, Message: "busy", Err: ErrServer}
		_, err := retry(retryPolicy{attempts: 4}, failing(t, &calls, busy, busy, busy, busy, busy))(repeatable,
			newRequest(t, t.Context()))
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Attempts != 4 || e.StatusCode != 503 || e.Message != "busy" || !errors.Is(err, ErrServer) ||
			calls != 4 {
			t.Errorf("got %#v after %d calls", err, calls)
		}
		if want := "get x: 503 Service Unavailable: busy (after 4 attempts)"; failed("get x", err).Error() != want {
			t.Errorf("got %v", failed("get x", err))
		}
		// 1, 2 and 4 seconds, of which up to a half is left to chance.
		if waited := time.Since(start); waited < 3500*time.Millisecond || waited > 7*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls, start := 0, time.Now()
		busy := &Error{StatusCode: 429, retryAfter: 90 * time.Second}
		response, err := retry(retryPolicy{attempts: 3}, failing(t, &calls, busy))(repeatable,
			newRequest(t, t.Context()))
		if err != nil || time.Since(start) != 90*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		_ = response.Body.Close()

		calls, start = 0, time.Now()
		busy.retryAfter = time.Hour
		_, err = retry(retryPolicy{attempts: 3}, failing(t, &calls, busy))(repeatable, newRequest(t, t.Context()))
		if err == nil || calls != 1 || time.Since(start) != 0 ||
			!strings.Contains(err.Error(), "Retry-After is 1h0m0s") {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestTheWaitIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		calls, start := 0, time.Now()
		lost := fmt.Errorf("%w: lost", ErrNoAnswer)
		_, err := retry(retryPolicy{attempts: 3}, failing(t, &calls, lost, lost))(repeatable, newRequest(t, ctx))
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, lost) || calls != 1 ||
			time.Since(start) != 100*time.Millisecond {
			t.Errorf("got %v after %d calls and %v", err, calls, time.Since(start))
		}
	})
}

func TestDelays(t *testing.T) {
	t.Parallel()
	for attempt, most := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 7: 64 * time.Second, 8: maxDelay, 1000: maxDelay,
	} {
		for range 100 {
			delay, err := retryPolicy{}.delay(attempt, errors.New("lost"))
			if err != nil || delay < most/2 || delay > most {
				t.Fatalf("after attempt %d: %v, %v", attempt, delay, err)
			}
		}
	}
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		retryAfter, date string
		want             time.Duration
	}{
		{"30", "", 30 * time.Second},
		{"0", "", 0},
		{"-5", "", 0},
		{"99999999999999999999", "", 0},
		{"soon", "", 0},
		{"", "", 0},
		{"Mon, 23 Nov 2026 12:01:00 GMT", "", time.Minute},
		{"Mon, 23 Nov 2026 11:00:00 GMT", "", 0},
		{"Mon, 23 Nov 2026 18:01:00 GMT", "Mon, 23 Nov 2026 18:00:00 GMT", time.Minute}, // the server's clock is ahead
	} {
		header := http.Header{"Retry-After": {test.retryAfter}, "Date": {test.date}}
		if got := parseRetryAfter(header, now); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}
