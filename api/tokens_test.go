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
	"testing"

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
	client, err := NewClient(server.URL, WithAPIVersion(V2), WithTokens(func(_ context.Context, refused Secret) (Secret, error) {
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
	if want := "stop restore session: log in: vault is sealed: unauthorized"; !errors.Is(err, ErrUnauthorized) || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, err := NewClient(server.URL, WithTokens(nil)); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if _, err := NewClient(server.URL, WithPassword("u", "p"), WithOperator("a", "b")); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
