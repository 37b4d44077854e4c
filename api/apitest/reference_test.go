package apitest_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/spec"
)

// TestReference gets the reference page without a token. What it does is tried in a browser by scripts/docs.
func TestReference(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	before := len(b.srv.Requests())
	for _, path := range []string{"/swagger/ui/index", "/Swagger/UI/index/"} {
		got := b.send(http.MethodGet, path, "", "Authorization", "")
		if got.status != http.StatusOK || !bytes.Equal(got.body, spec.Reference) {
			t.Errorf("%s: %d, %d bytes", path, got.status, len(got.body))
		}
		for name, want := range map[string]string{
			"Content-Type":            "text/html; charset=utf-8",
			"Content-Security-Policy": "connect-src 'self'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
		} {
			if value := got.header.Get(name); value != want {
				t.Errorf("%s: %s %q, want %q", path, name, value, want)
			}
		}
	}
	if got := b.send(http.MethodHead, "/swagger/ui/index", ""); got.status != http.StatusOK || len(got.body) != 0 {
		t.Errorf("HEAD: %d, %d bytes", got.status, len(got.body))
	}
	got := b.send(http.MethodPost, "/swagger/ui/index", "{}")
	if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", got.status, got.header.Get("Allow"))
	}
	if n := len(b.srv.Requests()) - before; n != 0 {
		t.Errorf("%d requests for the page in the log", n)
	}
	for _, path := range []string{"/swagger/ui/index/x", "/swagger/ui", "/v2/swagger/ui/index"} {
		if got := b.send(http.MethodGet, path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
