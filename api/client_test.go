package api

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	password := WithPassword("operator", canaryPassword)
	for name, test := range map[string]struct {
		server string
		opts   []Option
		want   string
	}{
		"no address":           {"", nil, "must look like"},
		"no scheme":            {"backup.example.com:4443", nil, "must look like"},
		"no host":              {"https://:4443", nil, "must look like"},
		"another scheme":       {"ftp://backup.example.com", nil, "must look like"},
		"not a URL":            {"https://operator:" + canaryPassword + "@ho st/", nil, "not a URL"},
		"a password in it":     {"https://operator:" + canaryPassword + "@host", nil, "user name or password"},
		"plain http":           {"http://backup.example.com:4443", nil, "plain http"},
		"plain http by number": {"http://192.0.2.1:4443", nil, "plain http"},
		"a query":              {"https://host/?x=1", nil, "query"},
		"the version":          {"https://host:4443/v5/", nil, "leave /v5 out"},
		"no credentials":       {"https://host", []Option{}, "one way to log in"},
		"an empty password":    {"https://host", []Option{WithPassword("operator", "")}, "is empty"},
		"half a fingerprint": {
			"https://host",
			[]Option{WithCertificateFingerprint("9f86d081")},
			"64 hexadecimal digits",
		},
		"no such CA file": {"https://host", []Option{WithCAFile("missing.pem")}, "missing.pem"},
		"a CA file of another kind": {
			"https://host",
			[]Option{WithCAFile("client_test.go")},
			"no certificate in PEM form",
		},
		"no pool": {"https://host", []Option{WithCAs(nil)}, "is nil"},
		"no client certificate": {
			"https://host",
			[]Option{WithClientCertificate(tls.Certificate{})},
			"no certificate",
		},
		"no back-off":               {"https://host", []Option{WithBackoff(nil)}, "is nil"},
		"no user agent":             {"https://host", []Option{WithUserAgent("")}, "is empty"},
		"a user agent of two lines": {"https://host", []Option{WithUserAgent("a\r\nb")}, "not printable"},
		"nothing that wraps":        {"https://host", []Option{WithTransport(nil)}, "is nil"},
		"no transport":              {"https://host", []Option{WithTransport(noTransport)}, "is nil"},
		"a version that there is not": {
			"https://host",
			[]Option{WithAPIVersion(newest() + 1)},
			"v2 to " + newest().String(),
		},
		"two ways to trust": {
			"https://host",
			[]Option{WithInsecureSkipCertificateVerification(), WithCAFile("x.pem")},
			"exclude each other",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := test.opts
			if name != "no credentials" && name != "an empty password" {
				opts = append(opts, password)
			}
			client, err := NewClient(test.server, opts...)
			if client != nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), canaryPassword) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func noTransport(http.RoundTripper) http.RoundTripper { return nil }

func TestNewClientAccepts(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{
		"https://backup.example.com:4443":  "https://backup.example.com:4443",
		"https://backup.example.com:4443/": "https://backup.example.com:4443",
		"https://proxy.example.com/veeam/": "https://proxy.example.com/veeam",
		"http://127.0.0.1:4443":            "http://127.0.0.1:4443",
		"http://[::1]:4443":                "http://[::1]:4443",
		"http://localhost":                 "http://localhost",
	} {
		client, err := NewClient(server, WithPassword("operator", canaryPassword))
		if err != nil || client.String() != want {
			t.Errorf("%s: got %v, %v, want %s", server, client, err, want)
		}
	}
}
