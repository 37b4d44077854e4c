package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

func TestErrorOfAnAnswer(t *testing.T) {
	t.Parallel()
	page := "<!DOCTYPE html><html><head><title>Bad gateway</title><style>p{color:red}</style></head>" +
		"<body><script>alert(1)</script><p>The proxy\n cannot reach\tthe server.</p></body></html>"
	for name, test := range map[string]struct {
		status            int
		contentType, body string
		want              string
		is                error
	}{
		"JSON": {
			500, "application/json", `{"message":"The disk is full."}`,
			"500 Internal Server Error: The disk is full.", ErrServer,
		},
		"JSON unnamed": {404, "", `{"Message":"no such thing"}`, "404 Not Found: no such thing", ErrNotFound},
		"OAuth pair": {
			403, "application/json", `{"error":"Authorization Error","error_description":"no"}`,
			"403 Forbidden: Authorization Error: no", ErrForbidden,
		},
		"a page": {
			502, "text/html", page, "502 Bad Gateway: Bad gateway The proxy cannot reach the server.",
			ErrServer,
		},
		"page unnamed": {
			502, "application/json", page,
			"502 Bad Gateway: Bad gateway The proxy cannot reach the server.", ErrServer,
		},
		"nothing": {503, "", "", "503 Service Unavailable", ErrServer},
		"text": {
			500, "text/plain", "it\r\nbroke\x1b[31m", "500 Internal Server Error: it broke\ufffd[31m",
			ErrServer,
		},
		"JSON array": {400, "application/json", `[1]`, "400 Bad Request: [1]", nil},
		"odd status": {599, "", "x", "599: x", ErrServer},
		"long": {
			500, "", strings.Repeat("ä", 1000),
			"500 Internal Server Error: " + strings.Repeat("ä", 250) + "…", ErrServer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			_, err := client.RestoreSession("session").Get(t.Context())
			if want := "get restore session: " + test.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if e, ok := errors.AsType[*Error](err); !ok || e.StatusCode != test.status ||
				e.Op != "get restore session" {
				t.Errorf("got %#v", err)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	err := folder.SendTo(t.Context(), SendTo{})
	if !errors.Is(err, ErrUnexpected) || requests.Load() != 1 || !strings.Contains(err.Error(), "307") {
		t.Errorf("got %v after %d requests", err, requests.Load())
	}
}

func TestErrorOfNoAnswer(t *testing.T) {
	t.Parallel()
	session := newTestClient(t,
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }).RestoreSession("session")
	_, err := session.Get(t.Context())
	if want := "get restore session: no response from the server: EOF"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := session.Get(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
