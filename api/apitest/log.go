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
	maxLoggedBytes    = 64 << 20
)

// Request is an entry of the request log.
//
// It has the data of the request, including passwords and tokens, and is kept in memory only. Requests with a request
// line and header of more than 32 KiB are refused, and not logged. The body is cut after 8 MiB, or after 64 KiB without
// a valid token.
type Request struct {
	Time        time.Time
	Method      string
	Path        string      // as sent, escaped
	Query       string      // as sent, without the question mark
	Header      http.Header // as sent
	Body        []byte      // as sent; cut if it is too large
	Route       string      // path template of the OpenAPI document; empty if no path matches
	OperationID string      // operationId of the OpenAPI document; empty if there is none
	Action      string      // such as restoreToOriginalLocation, named by the body or path; or empty
	Deviations  []string    // accepted deviations from the OpenAPI document, at most about 100
	Status      int         // 0 until the response starts
	Fault       FaultKind   // that affected the request; empty if there was none
}

// Requests returns the request log, oldest first: the newest 10,000 requests, or fewer if they take more than 64 MiB of
// memory. It includes running requests. The caller may change the result.
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
	entries []*Request // their fields Status and Fault are guarded by mu; the others do not change
	bytes   int
}

// add puts a request into the log before it is answered, so that whoever has seen the answer finds it there.
func (l *requestLog) add(entry *Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, entry)
	l.bytes += entry.size()
	for len(l.entries) > maxLoggedRequests || l.bytes > maxLoggedBytes {
		l.bytes -= l.entries[0].size()
		l.entries[0] = nil
		l.entries = l.entries[1:]
	}
}

// size is about how many bytes of memory the request takes, rather more than less: short fields take more for the
// places that they are kept in than for their text.
func (r *Request) size() int {
	const each, field, text = 1 << 10, 128, 32
	bytes := each + len(r.Path) + len(r.Query) + len(r.Body)
	for name, values := range r.Header {
		bytes += field + len(name)
		for _, value := range values {
			bytes += text + len(value)
		}
	}
	for _, deviation := range r.Deviations {
		bytes += text + len(deviation)
	}
	return bytes
}

// update changes the status or the fault of an entry.
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
