package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A script is a server's side of one request: how long it takes to connect, to answer, and before each part of the body.
type script struct {
	connect, answer time.Duration
	parts           []time.Duration
}

func (s script) send(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if err := pause(ctx, s.connect); err != nil {
		return nil, err
	}
	httptrace.ContextClientTrace(ctx).GotConn(httptrace.GotConnInfo{})
	if err := pause(ctx, s.answer); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: &scriptedBody{ctx, s.parts}}, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type scriptedBody struct {
	ctx   context.Context //nolint:containedctx // as in net/http
	parts []time.Duration
}

func (b *scriptedBody) Read(p []byte) (int, error) {
	if len(b.parts) == 0 {
		return 0, io.EOF
	}
	err := pause(b.ctx, b.parts[0])
	if err != nil {
		return 0, err
	}
	b.parts = b.parts[1:]
	return copy(p, "x"), nil
}

func (b *scriptedBody) Close() error { return nil }

func TestTimeouts(t *testing.T) {
	t.Parallel()
	const hour, minute, second = time.Hour, time.Minute, time.Second
	timeouts := Timeouts{FirstByte: 2 * hour}.complete()
	for name, test := range map[string]struct {
		script script
		slow   bool
		after  time.Duration // of the timeout; 0 if there is none
	}{
		"quick":                              {script{second, second, []time.Duration{second, second}}, false, 0},
		"silent before the answer":           {script{second, 6 * minute, nil}, false, second + 5*minute},
		"silent in the body":                 {script{second, second, []time.Duration{4 * minute, 6 * minute}}, false, 9*minute + 2*second},
		"silent before the answer, at work":  {script{second, hour, []time.Duration{hour, second}}, true, 0},
		"silent before the answer, too long": {script{second, 3 * hour, nil}, true, second + 2*hour},
		"silent before the first byte":       {script{second, hour, []time.Duration{3 * hour}}, true, 3*hour + second},
		"silent after the first byte":        {script{second, hour, []time.Duration{hour, 6 * minute}}, true, 2*hour + 5*minute + second},
		"in a queue for a connection":        {script{9 * hour, second, []time.Duration{second}}, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx := withTraits(t.Context(), traits{slow: test.slow})
				response, err := watch(timeouts, test.script.send)(newRequest(t, ctx, "GET"))
				if err == nil {
					_, err = io.Copy(io.Discard, response.Body)
					_ = response.Body.Close()
				}
				if (test.after > 0) != errors.Is(err, ErrTimeout) || (err == nil) != (test.after == 0) {
					t.Errorf("got %v", err)
				}
				if waited := time.Since(start); test.after > 0 && waited != test.after {
					t.Errorf("after %v, want %v", waited, test.after)
				}
			})
		})
	}
}

func TestTheCallersTimeIsNotTheServers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reply := script{parts: []time.Duration{time.Second, time.Second, time.Second}}
		response, err := watch(Timeouts{}.complete(), reply.send)(newRequest(t, t.Context(), "GET"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		for range 3 {
			advance(24 * time.Hour) // a caller that does something else
			if _, err := response.Body.Read(make([]byte, 1)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWhatIsNotSentIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			script script
			unsent bool
		}{
			"while connecting": {script{connect: time.Hour}, true},
			"after that":       {script{answer: time.Hour}, false},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_, err := watch(Timeouts{}.complete(), test.script.send)(newRequest(t, ctx, "POST"))
			cancel()
			_, unsent := errors.AsType[unsentError](err)
			if unsent != test.unsent || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func TestNegativeTimeoutsAreNone(t *testing.T) {
	t.Parallel()
	if got := (Timeouts{Connect: -1, TLSHandshake: -1, FirstByte: -1, Stall: -1}).complete(); got != (Timeouts{}) {
		t.Errorf("got %+v", got)
	}
}

func TestAStalledDownloadEnds(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(released)
	}, WithTimeouts(Timeouts{Stall: 50 * time.Millisecond}))
	download, err := client.RestoreSession("s").OneDrive("d").Folder("f").Save(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, download)
	if !errors.Is(err, ErrTimeout) || n != 100 {
		t.Errorf("got %v after %d bytes", err, n)
	}
	_ = download.Close()
	<-released
}
