package api

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// WithTransport sets what sends the requests: what wrap returns. NewClient calls wrap once, with the client's own
// transport.
//
// A transport that passes requests on to the client's own, for tracing or recording, keeps all that the client
// promises. One that does not has to verify certificates, connect and use proxies by itself: the options for
// certificates, the bounds for connecting and the number of connections have no effect. A restore, copy, send or start
// that it fails is never sent again, because nothing tells whether the server has received it: that is so, too, if the
// transport reads the body of a request before it passes it on.
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

// An ownTransport tells the watchdog of a request whether there was a connection for it. Only then is a failure known
// to come before anything was sent: of other transports, nobody knows.
type ownTransport struct{ *http.Transport }

func (t ownTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	dog, ok := request.Context().Value(watchdogKey{}).(*watchdog)
	if !ok { // of another context
		return t.Transport.RoundTrip(request)
	}
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { dog.connected() }}
	response, err := t.Transport.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		dog.refused()
	}
	return response, err
}

// noteSending returns a request that counts as sent as soon as its body is read, by whatever transport. One without a
// body counts at once.
func noteSending(request *http.Request) *http.Request {
	dog, _ := request.Context().Value(watchdogKey{}).(*watchdog)
	if request.Body == nil || request.Body == http.NoBody {
		dog.connected()
		return request
	}
	noted := *request
	noted.Body = notedBody{request.Body, dog}
	if request.GetBody != nil {
		noted.GetBody = func() (io.ReadCloser, error) {
			body, err := request.GetBody()
			return notedBody{body, dog}, err
		}
	}
	return &noted
}

type notedBody struct {
	io.ReadCloser
	dog *watchdog
}

func (b notedBody) Read(p []byte) (int, error) {
	b.dog.connected()
	return b.ReadCloser.Read(p)
}

// foreign returns the error of a transport without what it may have of this package's errors: they say nothing of this
// request, and the chain would take them for an answer to it.
func foreign(err error) error {
	_, ours := errors.AsType[*Error](err)
	is := func(kind error) bool { return errors.Is(err, kind) }
	if ours || slices.ContainsFunc([]error{ErrInvalid, ErrNotFound, ErrSessionEnded}, is) {
		return errors.New(err.Error())
	}
	return err
}

// completed fills in what a transport may have left out of a response. Where it does not say how the body ends, that
// counts as the end of the connection.
func completed(response *http.Response, request *http.Request) *http.Response {
	response.Request = request
	if response.Header == nil {
		response.Header = make(http.Header)
	}
	if response.ProtoMajor == 0 {
		response.ProtoMajor = 1
	}
	if response.ContentLength == 0 && response.Header.Get("Content-Length") == "" &&
		response.StatusCode != http.StatusNoContent {
		response.ContentLength = -1
	}
	return response
}
