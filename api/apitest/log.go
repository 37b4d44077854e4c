package apitest

import (
	"bytes"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The log keeps the newest requests, as many as both bounds allow.
const (
	maxLoggedRequests = 10_000
	maxLoggedBytes    = 64 << 20 // of bodies
)

// Request is an entry of the request log.
//
// It holds what was sent, passwords and tokens too, and is kept in memory only.
type Request struct {
	Time        time.Time
	Method      string
	Path        string      // as it was sent, escaped
	Query       string      // as it was sent, without the question mark
	Header      http.Header // as it was sent
	Body        []byte      // as it was sent; cut where it became too large
	Route       string      // path template of the spec; empty if there is none for the path
	OperationID string      // operationId of the spec; empty if there is none
	Action      string      // restoreToOriginalLocation, sendTo, copyTo, save, explore or stop, in either form; empty for others
	Deviations  []string    // what was not as the spec asks, but was understood all the same
	Status      int         // 0 until the answer begins
	Fault       FaultKind   // that the request has met; empty if none
}

// Requests gives the log of all requests so far, oldest first: at most the newest 10,000, and fewer if their bodies are
// large. Requests that are still being answered are among them. The result is the caller's.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	requests := make([]Request, len(s.log.entries))
	for i, entry := range s.log.entries {
		requests[i] = *entry
		requests[i].Header = entry.Header.Clone()
		requests[i].Body = bytes.Clone(entry.Body)
		requests[i].Deviations = slices.Clone(entry.Deviations)
	}
	return requests
}

type requestLog struct {
	mu      sync.Mutex
	entries []*Request // their fields are guarded by mu
	bytes   int
}

// add puts a request into the log before it is answered, so that whoever has seen the answer finds it there.
func (l *requestLog) add(r *http.Request, body []byte) *Request {
	entry := &Request{
		Time:   time.Now(),
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
		Body:   body,
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, entry)
	l.bytes += len(body)
	for len(l.entries) > maxLoggedRequests || l.bytes > maxLoggedBytes {
		l.bytes -= len(l.entries[0].Body)
		l.entries[0] = nil
		l.entries = l.entries[1:]
	}
	return entry
}

// update changes an entry, but not its body.
func (l *requestLog) update(entry *Request, change func(*Request)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(entry)
}

// recorder notes the status of an answer when it begins.
type recorder struct {
	http.ResponseWriter
	onStatus func(int)
}

func (w *recorder) WriteHeader(status int) {
	w.onStatus(status)
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
