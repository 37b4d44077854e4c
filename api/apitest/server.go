package apitest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

// What a request may make the server hold, and for how long.
const (
	maxHeaderSize     = 32 << 10         // with the request line
	maxBodySize       = 8 << 20          // of a request with a valid token
	maxUnknownSize    = 64 << 10         // of the body of any other request, which has no reason to be longer
	bodyTimeout       = time.Minute      // for a request to arrive
	readHeaderTimeout = 10 * time.Second // for its header, and for the TLS handshake
	idleTimeout       = 2 * time.Minute  // between two requests on a connection
)

// Server is a running simulator. Its fields must not be changed; its methods are safe for concurrent use.
type Server struct {
	URL         string            // https://127.0.0.1:port, without an API version
	Fingerprint string            // SHA-256 of the certificate, in lower-case hex
	Certificate *x509.Certificate // self-signed, made for this server
	Username    string            // of the only account
	Password    string

	config        Config
	organizations []*organization
	operations    handlers
	tokens        *tokens
	sessions      sessions
	listings      listings
	log           requestLog
	faults        faults
	http          http.Server

	ctx      context.Context // ends with the server
	cancel   context.CancelFunc
	handlers sync.WaitGroup
	cleanup  []func() error

	sharePointMail, oneDriveMail *emailSettings

	mu     sync.Mutex
	closed bool
}

// TB is the part of [testing.TB] that this package needs; it spares programs the import of package testing.
type TB interface {
	Helper()
	Cleanup(func())
	TempDir() string
	Fatalf(format string, args ...any)
}

// NewServer starts a simulator for a test and closes it when the test ends. Temporary directories are the test's.
func NewServer(tb TB, config Config) *Server {
	tb.Helper()
	s, err := start(config, func(*Server) (string, error) { return tb.TempDir(), nil })
	if err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Fatalf("%v", err)
		}
	})
	return s
}

// Start starts a simulator. The caller closes it.
func Start(config Config) (*Server, error) {
	return start(config, func(s *Server) (string, error) {
		dir, err := os.MkdirTemp("", "vbo365-simulator-")
		if err == nil {
			s.cleanup = append(s.cleanup, func() error { return os.RemoveAll(dir) })
		}
		return dir, err
	})
}

func start(config Config, tempDir func(*Server) (string, error)) (_ *Server, err error) {
	s := &Server{faults: faults{struck: map[FaultKind]int{}, executions: map[string]int{}}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start simulator: %w", err), s.removeTemporaries())
		}
	}()

	if s.config, err = config.complete(func() (string, error) { return tempDir(s) }); err != nil {
		return nil, err
	}
	s.Username, s.Password = s.config.Username, s.config.Password
	s.organizations = newOrganizations(s.config.Organizations, s.config.Log)
	s.tokens = newTokens(s.config)
	s.sessions.idleTimeout, s.sessions.byID = s.config.SessionIdleTimeout, map[string]*session{}
	s.sharePointMail, s.oneDriveMail = newEmailSettings(s.config.SMTP), newEmailSettings(s.config.SMTP)
	s.operations = handlers{}
	strict := server.NewStrictHandlerWithOptions(operations{s}, nil, server.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  s.refuseUnreadable,
		ResponseErrorHandlerFunc: s.answerError,
	})
	server.HandlerWithOptions(strict, server.StdHTTPServerOptions{BaseRouter: s.operations, ErrorHandlerFunc: s.refuseUnreadable})

	host, _, err := net.SplitHostPort(s.config.Listen)
	if err != nil {
		return nil, err
	}
	certificate, err := newCertificate(host)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(certificate.Leaf.Raw)
	s.Certificate, s.Fingerprint = certificate.Leaf, hex.EncodeToString(digest[:])

	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", s.config.Listen)
	if err != nil {
		return nil, err
	}
	address := *listener.Addr().(*net.TCPAddr)
	if address.IP.IsUnspecified() {
		address.IP = net.IPv4(127, 0, 0, 1)
	}
	s.URL = "https://" + address.String()

	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.http = http.Server{
		Handler: http.HandlerFunc(s.serve),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, GetConfigForClient: s.faults.meet,
		},
		MaxHeaderBytes:    maxHeaderSize,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn), // failed handshakes, panics
		Protocols:         new(http.Protocols),
	}
	s.http.Protocols.SetHTTP1(true) // bulk streams cost half the CPU of HTTP/2
	s.handlers.Go(func() { _ = s.http.ServeTLS(listener, "", "") })
	return s, nil
}

// Close stops the server: it closes all connections, ends the work in progress, which leaves no half document behind,
// waits for it, and removes the temporary directories. The request log stays readable. To close a server again does
// nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.cancel()
	err := s.http.Close()
	s.handlers.Wait()
	return errors.Join(err, s.removeTemporaries())
}

func (s *Server) removeTemporaries() error {
	var errs []error
	for _, remove := range s.cleanup {
		errs = append(errs, remove())
	}
	return errors.Join(errs...)
}

// CertPool gives a new pool that trusts the server's certificate, for [tls.Config].
func (s *Server) CertPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate)
	return pool
}

// Drives gives all OneDrives, in the order of the configuration.
func (s *Server) Drives() []Drive {
	var drives []Drive
	for _, organization := range s.organizations {
		for _, drive := range organization.drives {
			drives = append(drives, drive.Drive)
		}
	}
	return drives
}

// exchange is a request on its way through the server.
type exchange struct {
	w     *recorder
	r     *http.Request
	entry *Request // in the log, from when the request is answered
	body  []byte

	host string // of the server, for links

	// The steps fill these in.
	version  string            // of the API
	edition  *edition          // of the spec
	route    *route            // in the spec
	handler  http.HandlerFunc  // of the generated server
	ids      map[string]string // path parameters, unescaped
	content  []byte            // body as the spec spells it
	userName string            // account that the token was given to
	session  *session          // that is kept from expiring
}

// exchangeOf finds the exchange in the context of its request, beyond the generated code.
func exchangeOf(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

type exchangeKey struct{}

// since tells whether the version of the API is v<number> or a later one. A request without a version is older than all.
func (e *exchange) since(number int) bool {
	return slices.Index(apiVersions, e.version) >= number-firstVersion
}

// href is an address in lower case: absolute up to v5, without the host from v6 on (spec/FACTS.md#4.2).
func (e *exchange) href(path ...string) string {
	address := "/" + e.version + "/" + strings.Join(path, "/")
	if !e.since(6) {
		address = "https://" + e.host + address
	}
	return address
}

// hostOf is the host and port of the server in links: those that the request names if they are this server's, otherwise the
// address that its connection was made to. A foreign Host header comes back to nobody.
func (s *Server) hostOf(r *http.Request) string {
	own := r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()
	_, ownPort, _ := net.SplitHostPort(own)
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != ownPort || s.Certificate.VerifyHostname(host) != nil {
		return own
	}
	return r.Host
}

// clientHost is the address that the request came from.
func (e *exchange) clientHost() string {
	host, _, err := net.SplitHostPort(e.r.RemoteAddr)
	if err != nil {
		return e.r.RemoteAddr
	}
	return host
}

// action is the one that the path or the body named.
func (e *exchange) action() string { return e.entry.Action }

// serve answers every request. A step that fails ends the chain, and its error is the answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.handlers.Done()
	if isReference(r) {
		serveReference(w, r)
		return
	}
	e := s.receive(w, r)
	defer s.report(r.Context(), e, time.Now())
	defer func() {
		if e.session != nil {
			s.sessions.leave(e.session)
		}
	}()

	err := s.understand(e) //nolint:contextcheck // it has the one of the request
	s.log.add(e.entry)
	if err != nil {
		s.answerError(e.w, e.r, err)
		return
	}
	s.answer(e) // by the generated server, which calls operations, or with a fault
}

// understand reads the request and checks it. The first step that fails has the answer.
func (s *Server) understand(e *exchange) error {
	err := s.findRoute(e) // path in any letter case to a route of the spec: 404, 405
	if err == nil {
		err = s.authenticate(e) // bearer token, where the spec asks for one: 401
	}
	bodyErr := s.readBody(e) // in any case, for the log; too large or incomplete: 413, 400
	if err = cmp.Or(err, bodyErr); err != nil {
		return err
	}
	if err := s.readLeniently(e); err != nil { // query and body as the spec spells them: 400
		return err
	}
	return s.validate(e) // against the spec: 400
}

// enter keeps Close from returning before the request has been answered; after Close there is nothing to enter.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.handlers.Add(1)
	}
	return !s.closed
}

// receive begins the log entry.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) *exchange {
	e := &exchange{host: s.hostOf(r), entry: &Request{
		Time:   time.Now(),
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
	}}
	e.w = &recorder{ResponseWriter: w, onStatus: func(status int) {
		s.log.update(e.entry, func(entry *Request) { entry.Status = status })
	}}
	e.r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e))
	return e
}

// readBody reads the body, the less of it the less is known of the client.
func (s *Server) readBody(e *exchange) error {
	limit, size := int64(maxUnknownSize), "64 KiB, without a token"
	if e.userName != "" {
		limit, size = maxBodySize, "8 MiB"
	}
	connection := http.NewResponseController(e.w)
	_ = connection.SetReadDeadline(time.Now().Add(bodyTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(e.w.ResponseWriter, e.r.Body, limit))
	_ = connection.SetReadDeadline(time.Time{})
	e.body, e.entry.Body = body, bytes.Clone(body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return failure{http.StatusRequestEntityTooLarge, "The request body is larger than " + size + "."}
	case err != nil:
		return badRequest("The request body is incomplete.")
	}
	return nil
}

// report logs the request when it has been answered. It says nothing but what is known not to be secret.
func (s *Server) report(ctx context.Context, e *exchange, began time.Time) {
	var entry Request
	s.log.update(e.entry, func(logged *Request) { entry = *logged })
	attributes := []slog.Attr{
		slog.String("method", entry.Method),
		slog.String("route", entry.Route),
		slog.Int("status", entry.Status),
		slog.Duration("duration", time.Since(began)),
	}
	if entry.Fault != "" {
		attributes = append(attributes, slog.String("fault", string(entry.Fault)))
	}
	if len(entry.Deviations) > 0 {
		attributes = append(attributes, slog.Any("deviations", entry.Deviations))
	}
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "request", attributes...)
}

// failure is an error that becomes the answer.
type failure struct {
	status  int
	message string
}

func (f failure) Error() string { return f.message }

func badRequest(format string, args ...any) error {
	return failure{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

var (
	errUnauthorized = failure{status: http.StatusUnauthorized} // without a body (spec/FACTS.md#6)
	errCredential   = failure{http.StatusBadRequest, "Invalid credential"}
	errNotFound     = failure{http.StatusNotFound, "Resource cannot be found for current key."}
	errStopped      = failure{http.StatusInternalServerError, "The restore session has been stopped."}
)

// answerError answers with the error body of the version (spec/FACTS.md#6). Up to v5, the token endpoint answers an OAuth pair.
func (s *Server) answerError(w http.ResponseWriter, r *http.Request, err error) {
	var f failure
	if !errors.As(err, &f) {
		f = failure{http.StatusInternalServerError, err.Error()}
	}
	if f.message == "" {
		w.WriteHeader(f.status)
		return
	}
	body := map[string]any{"message": f.message}
	if e, _ := r.Context().Value(exchangeKey{}).(*exchange); e != nil {
		isToken := e.route != nil && e.route.operation.OperationID == "createToken"
		switch {
		case isToken && f.status == http.StatusBadRequest && !e.since(6):
			body = map[string]any{"error": "invalid_request", "error_description": f.message}
			if f == errCredential {
				body["error"] = "Authorization Error" // as servers have been seen to answer (spec/FACTS.md#2)
			}
		case e.since(8):
			body["errorCode"], body["stackTrace"] = errorCode(f.status), nil
		case e.since(7):
			body["errorCode"] = nil // v7 knows no code but one about proxies
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		s.config.Log.Debug("answer: cut off", "error", err)
	}
}

// errorCode is the one that v8 gives for a status: our choice among those that it has.
func errorCode(status int) server.ErrorCode {
	switch status {
	case http.StatusBadRequest:
		return server.ErrorCodeParameterValidationFailure
	case http.StatusForbidden:
		return server.ErrorCodeResourceAccessDenied
	case http.StatusNotFound:
		return server.ErrorCodeResourceNotFound
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return server.ErrorCodeTimeout
	case http.StatusConflict:
		return server.ErrorCodeOperationConflict
	}
	return server.ErrorCodeHTTPError
}

// refuseUnreadable answers what passed the validation and does not fit the generated types all the same.
func (s *Server) refuseUnreadable(w http.ResponseWriter, r *http.Request, _ error) {
	s.answerError(w, r, badRequest("The request does not fit the operation."))
}
