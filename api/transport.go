package api

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// WithTransport wraps or replaces the transport of the client. NewClient calls wrap once with the client's own
// transport, and uses the result.
//
// A transport that calls the client's own, for tracing or recording, keeps the guarantees of the client. If it returns
// errors of the client's own transport, it may wrap them.
//
// Another transport must connect, verify certificates and use proxies on its own. The options for certificates, the
// bounds of connecting, and the maximum number of connections have no effect. A restore, copy, send or start of a
// session that fails in it is not retried, because it is unknown whether the server received the request.
//
// The transport gets the password, tokens and all data, and must not log them. It must be safe for concurrent use, and
// must support the context and Close of a request. It must not retry requests, follow redirects, or buffer a response:
// a save may be larger than the memory.
func WithTransport(wrap func(own http.RoundTripper) http.RoundTripper) Option {
	return func(o *options) {
		o.refuse(wrap == nil, "the function that wraps the transport is nil")
		o.wrap = wrap
	}
}

// WithUserAgent sets the header User-Agent of all requests. It must be printable ASCII. The default is vbo365-go with
// the version of this module.
func WithUserAgent(agent string) Option {
	return func(o *options) {
		unprintable := strings.ContainsFunc(agent, func(r rune) bool { return r < ' ' || r > '~' })
		o.refuse(agent == "" || unprintable, "the user agent is empty or not printable ASCII")
		o.userAgent = agent
	}
}

// defaultUserAgent returns the name and version of this module in the program.
func defaultUserAgent() string {
	const module, name = "github.com/vbo365/vbo365-go", "vbo365-go"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == module && m.Replace == nil && strings.HasPrefix(m.Version, "v") {
				return name + "/" + m.Version
			}
		}
	}
	return name + " (devel)"
}

// newTransport returns a transport that is independent of http.DefaultTransport, which the program may have changed.
func newTransport() *http.Transport {
	transport := &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		IdleConnTimeout: 90 * time.Second,
		// A large buffer saves system calls on a long stream.
		ReadBufferSize:         64 << 10,
		MaxResponseHeaderBytes: 256 << 10,
		Protocols:              new(http.Protocols),
	}
	// On a long stream, HTTP/2 uses about twice as much CPU per byte.
	transport.Protocols.SetHTTP1(true)
	return transport
}

// An ownTransport returns an unsentError if a request fails before it gets a connection.
type ownTransport struct{ *http.Transport }

func (t ownTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	response, err := t.Transport.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil && !connected.Load() {
		err = unsentError{err}
	}
	return response, err
}

// verifyFingerprint returns a tls.Config.VerifyConnection. Unlike VerifyPeerCertificate, it is also called for resumed
// connections.
func verifyFingerprint(want []byte) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if seen := sha256.Sum256(state.PeerCertificates[0].Raw); !bytes.Equal(seen[:], want) {
			return fmt.Errorf("%w: its SHA-256 fingerprint is %x, not the expected %x", ErrCertificate, seen, want)
		}
		return nil
	}
}

// explainConnection adds the fingerprint to the error of an untrusted certificate, and recognises http at an https port
// and https at an http port.
func explainConnection(err error) error {
	header, ok := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case ok && string(header.RecordHeader[:]) == "HTTP/":
		return unexpected("the server speaks http at this port, not https")
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`): // a TLS alert
		return unexpected("the server speaks https at this port, not http")
	}
	failure, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok || len(failure.UnverifiedCertificates) == 0 {
		return err
	}
	return fmt.Errorf("%w: %w; if this is the expected server, trust its SHA-256 fingerprint %x",
		ErrCertificate, failure.Err, sha256.Sum256(failure.UnverifiedCertificates[0].Raw))
}
