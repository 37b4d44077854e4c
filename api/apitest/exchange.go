package apitest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
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

// exchange is a request on its way through the server.
type exchange struct {
	w     *recorder
	r     *http.Request
	entry *Request // in the log, from when the request is answered
	body  []byte

	host string // of the server, for links

	// The steps fill these in.
	edition  *edition          // of the document: that of the version in the path
	route    *route            // in the edition
	ids      map[string]string // path parameters, unescaped
	content  []byte            // body as the document spells it, in JSON
	schema   *openapi3.Schema  // of content; nil if there is none
	userName string            // account that the token was given to
	session  *session          // that is kept from expiring
	parameters
}

// href is an address in lower case, with or without the host.
func (e *exchange) href(path ...string) string {
	address := "/" + e.edition.version + "/" + strings.Join(path, "/")
	if e.edition.absoluteLinks {
		address = "https://" + e.host + address
	}
	return address
}

// hostOf is the host and port of the server in links: those that the request names if they are this server's, otherwise
// the address that its connection was made to. A foreign Host header comes back to nobody.
func (s *Server) hostOf(r *http.Request) string {
	own := r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()
	_, ownPort, _ := net.SplitHostPort(own)
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != ownPort || s.Certificate.VerifyHostname(host) != nil {
		return own
	}
	return r.Host
}

// serverName is the name or address of the server in its own view.
func (e *exchange) serverName() string {
	name, _, _ := net.SplitHostPort(e.host)
	return name
}

// action is the one that the path or the body named.
func (e *exchange) action() string { return e.entry.Action }

// serve answers every request. A step that fails ends the chain, and its error is the answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.work.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.work.inside.Done()
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

	err := s.understand(e)
	s.log.add(e.entry)
	if err != nil {
		s.answerError(e.w, e, err)
		return
	}
	s.answer(e) // by its operation, or with a fault
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

// receive begins the log entry.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) *exchange {
	e := &exchange{r: r, host: s.hostOf(r), entry: &Request{
		Time:   time.Now(),
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
	}}
	e.w = &recorder{ResponseWriter: w, onStatus: func(status int) {
		s.log.update(e.entry, func(entry *Request) { entry.Status = status })
	}}
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
