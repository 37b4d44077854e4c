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
// It holds what was sent, passwords and tokens too, and is kept in memory only. How much of one request that can be is
// bounded: a request line and header of more than 32 KiB are refused before they get here, and of the body, no more is
// read than 8 MiB with a valid token, and 64 KiB without.
type Request struct {
	Time        time.Time
	Method      string
	Path        string      // as it was sent, escaped
	Query       string      // as it was sent, without the question mark
	Header      http.Header // as it was sent
	Body        []byte      // as it was sent; cut where it became too large
	Route       string      // path template of the spec; empty if there is none for the path
	OperationID string      // operationId of the spec; empty if there is none
	Action      string      // restoreToOriginalLocation, sendTo, copyTo, save, explore, stop, or empty; in either form
	Deviations  []string    // what was not as the spec asks, but was understood all the same; at most 100
	Status      int         // 0 until the answer begins
	Fault       FaultKind   // that the request has met; empty if none
}

// Requests gives the log of all requests so far, oldest first: at most the newest 10,000, and fewer if they take more
// than 64 MiB of memory. Requests that are still being answered are among them. The result is the caller's.
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
