package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// Download is the stream of a ZIP archive. The caller reads it to [io.EOF], and closes it. It is not safe for
// concurrent use.
type Download struct {
	// Size is the length of the archive in bytes, -1 if the server did not send it.
	Size int64

	op   string
	body io.ReadCloser
	read uint64
	tail []byte // the last bytes
	err  error  // that ended the stream
}

// Save requests the items as a ZIP archive. It returns when the response starts, which may take long, because the
// server first builds the whole archive. The caller closes the download. Save is retried as [WithAttempts] says until
// then; reading is not retried.
//
// If ctx ends, Read fails. The duration of the stream is not bounded otherwise.
func (a actions) Save(ctx context.Context) (*Download, error) {
	download, err := a.open(ctx, call{})
	return download, failed(a.op("save"), err)
}

// archiveTypes are the content types of an archive: the documented one, and those of ZIP.
var archiveTypes = []string{"application/octet-stream", "application/zip", "application/x-zip-compressed"}

func (a actions) open(ctx context.Context, call call) (*Download, error) {
	response, _, err := a.exchange(ctx, call, "application/octet-stream", gen.SaveAction{})
	if err != nil {
		return nil, err
	}
	if err := checkArchive(response); err != nil {
		notArchive := errorFromResponse(response, secretsOf(call, response.Request))
		notArchive.Err = err
		return nil, notArchive
	}
	return &Download{Size: response.ContentLength, body: response.Body, op: a.op("save")}, nil
}

// checkArchive refuses a response whose status or headers are not those of a whole archive.
func checkArchive(response *http.Response) error {
	contentType, encoding := response.Header.Get("Content-Type"), response.Header.Get("Content-Encoding")
	switch {
	case response.StatusCode != http.StatusOK:
		return unexpected("status %d instead of a whole archive", response.StatusCode)
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return unexpected("content encoding %q, which was not requested", oneLine(encoding))
	case !slices.Contains(archiveTypes, mediaType(response)):
		return unexpected("content type %q instead of an archive", oneLine(contentType))
	}
	return nil
}

// Read reads the archive. It returns [io.EOF] at the end of a complete archive. If the stream ends earlier, the error
// matches [ErrTruncated].
func (d *Download) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.body.Read(p)
	d.read += uint64(n)                              //nolint:gosec // n is never negative
	if d.read+maxTailSize > uint64(max(d.Size, 0)) { // the tail is near the end, if the size is known
		d.tail = appendTail(d.tail, p[:n])
	}
	if err != nil {
		d.err = d.ended(err)
	}
	return n, d.err
}

// ended returns the error for the end of the body: [io.EOF] if the archive is complete.
func (d *Download) ended(err error) error {
	if err == io.EOF { //nolint:errorlint // io.EOF is never wrapped here
		if _, err = findZIPEnd(d.tail, d.read); err == nil {
			return io.EOF
		}
	}
	after := fmt.Sprintf("after %d bytes", d.read)
	if d.Size >= 0 {
		after = fmt.Sprintf("after %d of %d bytes", d.read, d.Size)
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("%w %s", ErrTruncated, after)
	case errors.Is(err, ErrTimeout), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	default: // the connection was lost, or the archive is not complete
		err = fmt.Errorf("%w %s: %w", ErrTruncated, after, err)
	}
	return &Error{Op: d.op, StatusCode: http.StatusOK, Err: err}
}

// Close ends the download. Before the end of the stream, it closes the connection, too.
func (d *Download) Close() error {
	return failed("close download", d.body.Close())
}
