package apitest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
)

// temporaryArchives are files with the responses to saves. Each is complete before its first byte is sent, and is kept
// for the same request until all of it has been sent (spec/FACTS.md#5). It is safe for concurrent use.
type temporaryArchives struct {
	mu        sync.Mutex
	byRequest map[string]*temporaryArchive
}

type temporaryArchive struct {
	session *session
	ready   chan struct{} // closed when the rest is known
	file    *os.File
	sizes   []int64 // of the documents in it
	size    int64
	err     error

	// These are guarded by the mutex of temporaryArchives.
	users int
	sent  bool // completely, at least once, or broken
}

// writer writes what a save answers, and tells the size of each document in it.
type writer func(ctx context.Context, w io.Writer, written func(size int64)) (int64, error)

// openTemporary gives the file for a save. It makes one if the same request in the same session has left none, or waits for one
// that is being made, even if the client of that request has gone away.
func (s *Server) openTemporary(e *exchange, write writer) (*temporaryArchive, string) {
	key := e.session.ID + "\n" + strings.ToLower(e.r.URL.Path) + "\n" + string(e.content)
	as := &s.archives
	as.mu.Lock()
	for other, a := range as.byRequest { // those of stopped sessions are of no use
		if a.users == 0 && !s.sessions.works(a.session) {
			a.sent = true
			as.drop(other, a)
		}
	}
	a := as.byRequest[key]
	if a != nil {
		a.users++
		as.mu.Unlock()
		<-a.ready
		return a, key
	}
	a = &temporaryArchive{session: e.session, ready: make(chan struct{}), users: 1}
	as.byRequest[key] = a
	as.mu.Unlock()
	defer close(a.ready)
	if a.file, a.err = os.CreateTemp(s.archiveDir, "save-*"); a.err == nil {
		file := bufio.NewWriterSize(a.file, 1<<20)
		a.size, a.err = write(s.ctx, file, func(size int64) { a.sizes = append(a.sizes, size) })
		a.err = errors.Join(a.err, file.Flush())
	}
	return a, key
}

// release ends the use of a file. One that was sent, or is broken, is removed when nobody uses it any more.
func (as *temporaryArchives) release(key string, a *temporaryArchive, sent bool) {
	as.mu.Lock()
	defer as.mu.Unlock()
	a.users--
	a.sent = a.sent || sent || a.err != nil
	as.drop(key, a)
}

// drop removes a file that nobody needs any more. The caller holds the mutex.
func (as *temporaryArchives) drop(key string, a *temporaryArchive) {
	if !a.sent {
		return
	}
	if as.byRequest[key] == a {
		delete(as.byRequest, key)
	}
	if a.users == 0 && a.file != nil {
		_, _ = a.file.Close(), os.Remove(a.file.Name()) // what is left goes with its directory
	}
}

// close closes the files that are left when no request uses them any more.
func (as *temporaryArchives) close() {
	as.mu.Lock()
	defer as.mu.Unlock()
	for key, a := range as.byRequest {
		a.sent = true
		as.drop(key, a)
	}
}

// copy writes the file.
func (a *temporaryArchive) copy(_ context.Context, w io.Writer, written func(size int64)) (int64, error) {
	n, err := io.Copy(w, io.NewSectionReader(a.file, 0, a.size))
	if err == nil {
		for _, size := range a.sizes {
			written(size)
		}
	}
	return n, err
}
