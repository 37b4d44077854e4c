package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
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
				if err == nil || ok != test.unknown || errors.Is(err, ErrOutcomeUnknown) != test.unknown || calls.Load() != 1 {
					t.Errorf("got %v after %d calls", err, calls.Load())
				}
				if ok && (time.Since(unknown.SentAt) > time.Minute || !strings.Contains(err.Error(), "events of restore session session")) {
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
			return fmt.Sprintf(`{"id":%q,"type":%q,"status":"Success","startTime":%q}`, id, kind, at.Format(time.RFC3339Nano))
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
