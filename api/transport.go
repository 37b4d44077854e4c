package api

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptrace"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// WithTransport sets what sends the requests: what wrap returns. NewClient calls wrap once, with the client's own
// transport.
//
// A transport that passes requests on to the client's own, for tracing or recording, keeps all that the client
// promises. One that does not has to verify certificates, connect and use proxies by itself: the options for
// certificates, the bounds for connecting and the number of connections have no effect. A restore, copy, send or start
// that it fails is never sent again, because nothing tells whether the server has received it. The exception is an
// error of the client's own transport, returned as it is or wrapped: it tells whether there was a connection.
//
// The transport sees the password, tokens and all data, and must not log them. It must be safe for concurrent use, end
// with the context of a request, and honour Close of a request. It must not send a request more than once, follow
// redirects, or read a response ahead: a save may be larger than the memory.
func WithTransport(wrap func(own http.RoundTripper) http.RoundTripper) Option {
	return func(o *options) error {
		if wrap == nil {
			return errors.New("the function that wraps the transport is nil")
		}
		o.wrap = wrap
		return nil
	}
}

// WithUserAgent sets the header User-Agent of all requests. The default is vbo365-go with the version of this module.
func WithUserAgent(agent string) Option {
	return func(o *options) error {
		if agent == "" || strings.ContainsFunc(agent, func(r rune) bool { return r < ' ' || r > '~' }) {
			return errors.New("the user agent is empty or not printable ASCII")
		}
		o.userAgent = agent
		return nil
	}
}

// defaultUserAgent names the version of this module as it is built into the program.
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

// newTransport returns a transport that has nothing to do with the rest of the program: others may have replaced or
// changed http.DefaultTransport.
func newTransport() *http.Transport {
	transport := &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		IdleConnTimeout: 90 * time.Second,
		// A buffer of a few TLS records saves system calls on a long stream.
		ReadBufferSize:         64 << 10,
		MaxResponseHeaderBytes: 256 << 10,
		Protocols:              new(http.Protocols),
	}
	// Go's HTTP/2 costs about twice the CPU a byte on a long stream.
	transport.Protocols.SetHTTP1(true)
	return transport
}

// newSender returns what sends requests: own, wrapped by the program if it wants to.
func newSender(own *http.Transport, wrap func(http.RoundTripper) http.RoundTripper) (*http.Client, error) {
	var transport http.RoundTripper = ownTransport{own}
	if wrap != nil {
		if transport = wrap(transport); transport == nil {
			return nil, invalid("the transport is nil")
		}
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// An ownTransport says of a failure that it came before there was a connection: nothing was sent then. Of other
// transports, nobody knows.
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
