package apitest

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// answer carries the operation of a request out, unless a fault gets in between.
func (s *Server) answer(e *exchange) {
	f := s.faults.strike(e)
	if f == nil {
		s.perform(e.w, e)
		return
	}
	s.log.update(e.entry, func(entry *Request) { entry.Fault = f.Kind })
	if f.After && f.Kind != FaultLatency && !f.kind.spoils {
		s.perform(&heldAnswer{header: http.Header{}}, e) // nobody will see it
	}
	f.kind.answer(s, e, f)
}

// A heldAnswer is an answer that is not sent yet.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) Header() http.Header { return h.header }

func (h *heldAnswer) WriteHeader(status int) { h.status = status }

func (h *heldAnswer) Write(p []byte) (int, error) { return h.body.Write(p) }

// hold carries the operation out and keeps the answer, which then has a length.
func (s *Server) hold(e *exchange) *heldAnswer {
	h := &heldAnswer{header: http.Header{}, status: http.StatusOK}
	s.perform(h, e)
	h.header.Set("Content-Length", strconv.Itoa(h.body.Len()))
	return h
}

func (h *heldAnswer) send(w http.ResponseWriter) {
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body.Bytes()) // a client that has gone needs no answer
}

// wait waits, less long if the client goes away or the server is closed, which ends the request.
func (s *Server) wait(e *exchange, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return
	case <-e.r.Context().Done():
	case <-s.ctx.Done():
	}
	panic(http.ErrAbortHandler)
}

func answerLate(s *Server, e *exchange, f *preparedFault) {
	if f.After {
		held := s.hold(e)
		s.wait(e, f.duration)
		held.send(e.w)
		return
	}
	s.wait(e, f.duration)
	s.perform(e.w, e)
}

// proxyPage is what something between client and server says.
const proxyPage = "<!DOCTYPE html><html><head><title>%[1]s</title><style>p {}</style></head>" +
	"<body><h1>%[1]s</h1></body></html>\n"

func answerPage(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, proxyPage, title)
}

func answerStatus(s *Server, e *exchange, f *preparedFault) {
	status, err := strconv.Atoi(string(f.Kind))
	if err != nil {
		panic(err) // the kinds of this function are numbers
	}
	switch {
	case f.duration > 0:
		e.w.Header().Set("Retry-After", time.Now().Add(f.duration).UTC().Format(http.TimeFormat))
	case f.Kind != FaultServerError && f.Arg != "":
		e.w.Header().Set("Retry-After", f.Arg)
	}
	switch {
	case f.Arg == "empty" || f.Kind == FaultUnauthorized:
		e.w.WriteHeader(status)
	case f.Arg == "html" || f.Kind == FaultBadGateway || f.Kind == FaultGatewayTimeout:
		answerPage(e.w, status, http.StatusText(status))
	default:
		s.answerError(e.w, e, failure{status, "An injected fault."})
	}
}

func refuseRefresh(s *Server, e *exchange, _ *preparedFault) { s.answerError(e.w, e, errCredential) }

func redirect(s *Server, e *exchange, f *preparedFault) {
	asked := e.r.URL // which may have a user and a password
	target := url.URL{
		Scheme: "https", Host: e.host, Path: asked.Path, RawPath: asked.RawPath, RawQuery: asked.RawQuery,
	}
	switch f.Arg {
	case "same":
		target.Path += "/elsewhere"
	case "http":
		target.Scheme = "http"
	default:
		_, port, _ := net.SplitHostPort(e.host)
		target.Host = net.JoinHostPort("elsewhere.localhost", port)
	}
	e.w.Header().Set("Location", target.String())
	e.w.WriteHeader(http.StatusTemporaryRedirect)
}

func answerWrongType(_ *Server, e *exchange, _ *preparedFault) {
	answerPage(e.w, http.StatusOK, "Please sign in")
}

// wrongAnswers are answers of something that is in front of the server, or of another version of it.
var wrongAnswers = map[string]struct{ contentType, body string }{
	"message": {"application/json", `{"message":"queued for approval"}`},
	"object":  {"application/json", `{}`},
	"session": {"application/json", `{"sessionId":""}`},
	"login":   {"text/plain; charset=utf-8", "Please sign in.\nUser name:\n"},
	"page":    {"application/octet-stream", fmt.Sprintf(proxyPage, "Please sign in")},
	"empty":   {"application/octet-stream", ""},
}

func answerWrongly(_ *Server, e *exchange, f *preparedFault) {
	answer := wrongAnswers[f.Arg]
	e.w.Header().Set("Content-Type", answer.contentType)
	e.w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(e.w, answer.body)
}

func answerGarbage(_ *Server, e *exchange, _ *preparedFault) {
	e.w.Header().Set("Content-Type", "application/json")
	e.w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(e.w, `{"offset":0,"limit":30,"results":[{"id":"`)
}

// takeConnection takes the connection away from the HTTP server. The caller closes it.
func takeConnection(e *exchange) net.Conn {
	connection, _, err := http.NewResponseController(e.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return connection
}

func resetConnection(_ *Server, e *exchange, _ *preparedFault) {
	connection := takeConnection(e)
	if secure, ok := connection.(*tls.Conn); ok {
		connection = secure.NetConn() // closing the TLS connection would say good-bye
	}
	reset(connection)
}

func reset(connection net.Conn) {
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

// answerAltered carries the operation out and answers, without a mistake that HTTP knows, something else than its
// answer.
func answerAltered(s *Server, e *exchange, f *preparedFault) {
	held := s.hold(e)
	whole := held.body.Len()
	switch {
	case f.Kind == FaultGzip && whole > 0:
		var compressed bytes.Buffer
		writer := gzip.NewWriter(&compressed)
		_, _ = writer.Write(held.body.Bytes()) // into memory
		_ = writer.Close()
		held.body = compressed
		held.header.Set("Content-Encoding", "gzip")
	case f.Kind != FaultGzip && f.bytes < int64(whole):
		held.body.Truncate(int(f.bytes))
		if f.Kind == FaultPartial {
			held.status = http.StatusPartialContent
			held.header.Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", f.bytes-1, whole))
		}
	}
	held.header.Set("Content-Length", strconv.Itoa(held.body.Len()))
	if f.Kind == FaultShortChunked {
		held.header.Del("Content-Length")
		held.header.Set("Transfer-Encoding", "chunked") // package http would find the length out
	}
	held.send(e.w)
}

// answerTooMuch writes more than one answer, which the HTTP server of Go cannot.
func answerTooMuch(s *Server, e *exchange, f *preparedFault) {
	held := s.hold(e)
	s.log.update(e.entry, func(entry *Request) { entry.Status = held.status })
	var answer bytes.Buffer
	_, _ = fmt.Fprintf(&answer, "HTTP/1.1 %d %s\r\n", held.status, http.StatusText(held.status))
	_ = held.header.Write(&answer)
	_, _ = answer.WriteString("\r\n")
	_, _ = answer.Write(held.body.Bytes())
	if f.Kind == FaultDuplicate {
		_, _ = answer.Write(answer.Bytes())
	} else {
		_, _ = answer.WriteString(`{"more":"than was announced"}`)
	}
	connection := takeConnection(e)
	_, _ = connection.Write(answer.Bytes()) // a client that has gone needs no answer
	_ = connection.Close()
}

var errSpoiled = errors.New("an injected fault")

// spoilBody carries the operation out and lets its body stop, trickle, or end too early.
func spoilBody(s *Server, e *exchange, f *preparedFault) {
	w := &spoiledBody{ResponseWriter: e.w, server: s, e: e, f: f, left: f.bytes}
	defer func() {
		cause := recover()
		if cause != nil && cause != http.ErrAbortHandler { //nolint:errorlint // the value itself is what is meant
			panic(cause)
		}
		if cause != nil && !w.spoiled || w.spoiled && f.Kind != FaultCutClose {
			panic(http.ErrAbortHandler)
		}
	}()
	if e.action() == "save" { // as long as it may be
		s.perform(w, e)
		return
	}
	s.hold(e).send(w)
}

type spoiledBody struct {
	http.ResponseWriter

	server  *Server
	e       *exchange
	f       *preparedFault
	left    int64 // until a stall or a cut
	spoiled bool
}

func (w *spoiledBody) WriteHeader(status int) {
	switch w.f.Kind {
	case FaultCutChunked:
		w.Header().Del("Content-Length")
	case FaultCutClose:
		w.Header().Del("Content-Length")
		w.Header().Set("Transfer-Encoding", "identity") // package http takes this for: until the connection ends
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *spoiledBody) Write(p []byte) (int, error) {
	if w.spoiled {
		return 0, errSpoiled
	}
	connection := http.NewResponseController(w.ResponseWriter)
	if w.f.Kind == FaultTrickle {
		for i := range p {
			if _, err := w.ResponseWriter.Write(p[i : i+1]); err != nil {
				return i, err
			}
			if err := connection.Flush(); err != nil {
				return i, err
			}
			w.server.wait(w.e, w.f.duration)
		}
		return len(p), nil
	}
	if int64(len(p)) <= w.left {
		w.left -= int64(len(p))
		return w.ResponseWriter.Write(p)
	}
	w.spoiled = true
	n, err := w.ResponseWriter.Write(p[:w.left])
	if err != nil {
		return n, err
	}
	if err := connection.Flush(); err != nil {
		return n, err
	}
	if w.f.Kind == FaultStall {
		<-w.e.r.Context().Done() // which the end of the server ends, too
	}
	return n, errSpoiled
}
