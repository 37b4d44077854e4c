package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrongScheme sends HTTP to a port of HTTPS, of two kinds of servers, and HTTPS to a port of HTTP. The message says
// so, and there is no retry.
func TestWrongScheme(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	alerting, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = alerting.Close() })
	go func() {
		for {
			conn, err := alerting.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "\x15\x03\x03\x00\x02\x02\x46") // protocol_version
			_ = conn.Close()
		}
	}()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for server, want := range map[string]string{
		strings.Replace(plain.URL, "http:", "https:", 1):  "the server speaks http at this port, not https",
		strings.Replace(secure.URL, "https:", "http:", 1): "Client sent an HTTP request to an HTTPS server",
		"http://" + alerting.Addr().String():              "the server speaks https at this port, not http",
	} {
		var messages bytes.Buffer
		status := run(t.Context(), []string{"orgs", "--server", server, "--username", "u", "--password-file", password},
			terminal{in: os.Stdin, out: io.Discard, err: &messages})
		got := messages.String()
		if status != exitFailure || !strings.Contains(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: exit status %d, %s", server, status, messages.String())
		}
	}
}

// TestClientCertificate presents the certificate and key of a PEM file.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	presented := make(chan []*x509.Certificate, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case presented <- r.TLS.PeerCertificates:
		default:
		}
		http.Error(w, "", http.StatusForbidden)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	own := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string][]byte{
		"password": []byte("x"),
		"me.pem": append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]}),
			pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...),
		"ca.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t.Context(), []string{
		"orgs", "--server", server.URL, "--username", "u", "--password-file", filepath.Join(dir, "password"),
		"--ca-file", filepath.Join(dir, "ca.pem"), "--client-certificate-file", filepath.Join(dir, "me.pem"),
	}, terminal{in: os.Stdin, out: io.Discard, err: io.Discard})
	select {
	case got := <-presented:
		if len(got) != 1 || !bytes.Equal(got[0].Raw, own.Certificate[0]) {
			t.Errorf("%d certificates were presented", len(got))
		}
	default:
		t.Error("no request has arrived")
	}
}
