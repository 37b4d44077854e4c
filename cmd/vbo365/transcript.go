package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// exchange is a request and its response: one line of a transcript. Lines with the results of the checks follow them.
type exchange struct {
	Method   string   `json:"method"`
	Path     string   `json:"path"` // with the API version and the query
	Request  *message `json:"request,omitempty"`
	Status   int      `json:"status,omitempty"` // 0: no response
	Response *message `json:"response,omitempty"`
}

// message is the body of a request or response, and what is kept of its header.
type message struct {
	ContentType string          `json:"contentType,omitempty"`
	Date        string          `json:"date,omitempty"`
	Length      *int64          `json:"length,omitempty"` // Content-Length of a response, -1 if there is none
	Size        int64           `json:"size,omitempty"`   // of the body in bytes, as far as it was read
	Body        json.RawMessage `json:"body,omitempty"`   // JSON, or a form as an object; other bodies are not kept
}

// maxRecorded is the maximum size of a body that is kept.
const maxRecorded = 8 << 20

// A witness passes requests to the client's own transport. It keeps what the checks examine, and records the exchanges
// if record is true. It is safe for concurrent use.
type witness struct {
	record bool
	own    http.RoundTripper

	mu       sync.Mutex
	recorded []*raw
	date, at time.Time // the Date of the last response, and when it came by the local clock
}

// raw is an exchange as it was. Nothing of it may be written before [scrubber] has replaced what it says.
type raw struct {
	method  string
	url     *url.URL
	request body
	status  int
	header  http.Header
	length  int64
	reply   body
}

// body collects a body that somebody else reads. It counts a stream only.
type body struct {
	io.ReadCloser

	mu          sync.Mutex
	contentType string
	content     bytes.Buffer
	size        int64
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.size += int64(n)
	if isKept(b.contentType) && b.size <= maxRecorded {
		b.content.Write(p[:n])
	}
	return n, err
}

// isKept reports whether bodies of a media type are recorded.
func isKept(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return media == "application/json" || media == "application/x-www-form-urlencoded"
}

func (w *witness) wrap(own http.RoundTripper) http.RoundTripper {
	w.own = own
	return w
}

// RoundTrip sends a request.
func (w *witness) RoundTrip(request *http.Request) (*http.Response, error) {
	r := &raw{method: request.Method, url: request.URL}
	if w.record && request.Body != nil && request.Body != http.NoBody {
		r.request.ReadCloser, r.request.contentType = request.Body, request.Header.Get("Content-Type")
		request = request.Clone(request.Context())
		request.Body = &r.request
	}
	response, err := w.own.RoundTrip(request)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.record {
		w.recorded = append(w.recorded, r)
	}
	if err != nil {
		return response, err
	}
	w.at = time.Now()
	w.date, _ = http.ParseTime(response.Header.Get("Date"))
	r.status, r.header, r.length = response.StatusCode, response.Header.Clone(), response.ContentLength
	if w.record {
		r.reply.ReadCloser, r.reply.contentType = response.Body, response.Header.Get("Content-Type")
		response.Body = &r.reply
	}
	return response, nil
}

// clock returns the Date of the last response, zero if it had none, and the local time at which it came.
func (w *witness) clock() (date, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.date, w.at
}

// createTranscript creates the file before the first request, so that a mistake in its name costs nothing.
func createTranscript(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		err = usageError{fmt.Errorf("%s exists: a transcript is not replaced", name)}
	}
	return file, err
}

// write writes the transcript, and closes the file.
func (w *witness) write(file *os.File, t terminal, lines []finding) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := newScrubber()
	encoder := json.NewEncoder(file)
	encoder.SetEscapeHTML(false)
	var err error
	for _, r := range w.recorded {
		if err == nil {
			err = encoder.Encode(s.exchange(r))
		}
	}
	for _, line := range lines {
		line.Message, line.Advice = fingerprint.ReplaceAllString(line.Message, "FINGERPRINT"), ""
		if err == nil {
			err = encoder.Encode(line)
		}
	}
	if err = both(err, file.Close()); err != nil {
		return fmt.Errorf("write transcript: %w", err)
	}
	t.say("%d requests are in %s: read it before you send it to anybody", len(w.recorded), file.Name())
	if unknown := slices.Sorted(maps.Keys(s.unknown)); len(unknown) > 0 {
		t.say("it has these names of properties, which the document does not have: %s", strings.Join(unknown, ", "))
	}
	return nil
}
