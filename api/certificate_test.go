package api

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			writeToken(w)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about clients that do not trust it
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate := server.Certificate()
	fingerprint := fmt.Sprintf("%x", sha256.Sum256(certificate.Raw))
	spaced := make([]string, 0, sha256.Size)
	for i := 0; i < len(fingerprint); i += 2 {
		spaced = append(spaced, strings.ToUpper(fingerprint[i:i+2]))
	}
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}),
		0o600); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	for name, test := range map[string]struct {
		opts    []Option
		trusted bool
	}{
		"by default":                {nil, false},
		"fingerprint":               {[]Option{WithCertificateFingerprint(fingerprint)}, true},
		"fingerprint with colons":   {[]Option{WithCertificateFingerprint(strings.Join(spaced, ":"))}, true},
		"fingerprint of another":    {[]Option{WithCertificateFingerprint(strings.Repeat("0", 64))}, false},
		"CA file":                   {[]Option{WithCAFile(caFile)}, true},
		"authorities":               {[]Option{WithCAs(pool)}, true},
		"authorities, but not this": {[]Option{WithCAs(x509.NewCertPool())}, false},
		"insecure, as the name has": {[]Option{WithInsecureSkipCertificateVerification()}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := NewClient(server.URL, append(test.opts, WithPassword("operator", canaryPassword))...)
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			err = client.RestoreSession("s").OneDrive("d").Folder("f").SendTo(t.Context(), SendTo{})
			if test.trusted {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, ErrCertificate) || !strings.Contains(err.Error(), fingerprint) {
				t.Errorf("got %v, want the fingerprint %s in it", err, fingerprint)
			}
		})
	}
}

// TestClientCertificate has a server that asks for a certificate.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	common := []Option{WithCAs(pool), WithPassword("operator", canaryPassword), WithAttempts(1)}
	for want, opts := range map[bool][]Option{true: {WithClientCertificate(server.TLS.Certificates[0])}, false: nil} {
		client, err := NewClient(server.URL, append(opts, common...)...)
		if err != nil {
			t.Fatal(err)
		}
		defer client.CloseIdleConnections()
		if _, err := client.APIVersion(t.Context()); (err == nil) != want {
			t.Errorf("with %d options: %v", len(opts), err)
		}
	}
}
