package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// Download is the stream of a ZIP archive, or of a document as it is. The caller reads it to [io.EOF], and closes it. It
// is not safe for concurrent use.
type Download struct {
	// Size is the length of the stream in bytes, -1 if the server did not send it.
	Size int64
	// Name is the file name that the server sent, without directories. It is empty if there is none.
	Name string

	op   string
	file bool  // whether it is a document, which is not an archive
	due  int64 // the size of the document, or unknownSize
	ends bool  // whether HTTP marks the end of the body
	body io.ReadCloser
	read uint64
	tail []byte // the last bytes
	end  zipEnd // of a complete archive
	err  error  // that ended the stream
}

// Save requests the items as a ZIP archive. A [Document] or [PreviousDocument] is a file as it is; a [DocumentSet] of one
// document is an archive. Save returns when the response starts, which may take long, because the server first builds
// the whole archive. The caller closes the download. Save is retried as [WithAttempts] says until
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
	switch parts, err := a.parts(ctx); {
	case err != nil:
		return nil, err
	case len(parts) > 1:
		return nil, invalid("the API version has no archives of several items: save the %s one by one", a.noun)
	case len(parts) == 1:
		parts[0].asZIP = a.asZIP
		a = parts[0]
	}
	response, _, err := a.exchange(ctx, call, actionSave, nil)
	if err != nil {
		return nil, err
	}
	if err := checkArchive(response); err != nil {
		notArchive := errorFromResponse(response, secretsOf(call, response.Request))
		notArchive.Err = err
		return nil, notArchive
	}
	return &Download{
		Size: response.ContentLength, Name: fileName(response), body: response.Body, op: a.op("save"),
		file: a.asZIP != nil && !*a.asZIP, due: a.size, ends: !closeDelimited(response),
	}, nil
}

// fileName returns the last element of the file name in the header Content-Disposition.
func fileName(response *http.Response) string {
	_, parameters, _ := mime.ParseMediaType(response.Header.Get("Content-Disposition"))
	name := parameters["filename"]
	name = name[strings.LastIndexAny(name, `/\:`)+1:]
	if strings.Trim(name, ". ") == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return name
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

// Read reads the stream. It returns [io.EOF] at the end of a complete archive, or of a document of the announced length
// and of the size in its properties, if they have been read. If the stream ends earlier, the error matches
// [ErrTruncated].
func (d *Download) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.body.Read(p)
	d.read += uint64(n)                                         //nolint:gosec // n is never negative
	if !d.file && d.read+maxTailSize > uint64(max(d.Size, 0)) { // the tail is near the end, if the size is known
		d.tail = appendTail(d.tail, p[:n])
	}
	if err != nil {
		d.err = d.ended(err)
	}
	return n, d.err
}

// check verifies that a stream which has ended is complete.
func (d *Download) check() (err error) {
	switch {
	case !d.file:
		d.end, err = findZIPEnd(d.tail, d.read)
	case d.due != unknownSize && d.read != uint64(d.due): //nolint:gosec // it is a size
		err = fmt.Errorf("the document has %d bytes", d.due)
	case d.due == unknownSize && !d.ends:
		err = errors.New("the response has no length, and the properties of the document have not been read")
	}
	return err
}

// ended returns the error for the end of the body: [io.EOF] if the archive is complete.
func (d *Download) ended(err error) error {
	if err == io.EOF { //nolint:errorlint // io.EOF is never wrapped here
		if err = d.check(); err == nil {
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
