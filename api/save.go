package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/vbo365/vbo365-go/gen"
)

// Download is the stream of a saved folder, a ZIP archive. Read it to [io.EOF] and close it. It is not safe for
// concurrent use.
type Download struct {
	// Size is the number of bytes that the server has announced, -1 if it did not say.
	Size int64

	body io.ReadCloser
	read uint64
	tail *tail // nil unless only the archive itself can tell whether it is complete
	err  error // what Read has ended with
}

// Save asks for the folder as a ZIP archive and returns when the first byte is there. That can take long: the server
// builds the whole archive first (fact sheet, section 5). The caller closes the download.
//
// The context bounds the whole stream: when it ends, Read fails. There is no other bound on its duration.
func (f Folder) Save(ctx context.Context) (*Download, error) {
	download, err := f.open(ctx, true)
	return download, failed(opSave, err)
}

const opSave = "save folder"

// archiveTypes are the content types of an archive: the documented one and what the archive is.
var archiveTypes = []string{"application/octet-stream", "application/zip", "application/x-zip-compressed"}

func (f Folder) open(ctx context.Context, repeatable bool) (*Download, error) {
	ctx = withTraits(ctx, traits{repeatable: repeatable, slow: true, tokenMargin: renewBeforeStream})
	response, err := f.run(ctx, "application/octet-stream",
		func(w wire, ids folderIDs, edit gen.RequestEditorFn) (*http.Response, error) {
			if w.version < V6 {
				return w.action(ctx, ids, gen.SaveAction{}, edit)
			}
			return w.SaveOneDriveFolder(ctx, ids.session, ids.drive, ids.folder, edit)
		})
	if err != nil {
		return nil, err
	}
	contentType := response.Header.Get("Content-Type")
	if mediaType, _, _ := mime.ParseMediaType(contentType); !slices.Contains(archiveTypes, mediaType) {
		notArchive := errorFromResponse(response)
		notArchive.Err = unexpected("content type %q instead of an archive", oneLine(contentType))
		return nil, notArchive
	}
	download := &Download{Size: response.ContentLength, body: response.Body}
	if closeDelimited(response) {
		download.tail = new(tail)
	}
	return download, nil
}

// closeDelimited reports whether only the end of the connection ends the body. The transport cannot tell such a body that
// ends early from a whole one.
func closeDelimited(response *http.Response) bool {
	return response.ContentLength < 0 && !slices.Contains(response.TransferEncoding, "chunked") && response.ProtoMajor == 1
}

// Read reads the archive. It returns [io.EOF] only after the whole archive; if the stream ends before, the error
// matches [ErrTruncated].
func (d *Download) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.body.Read(p)
	d.read += uint64(n) //nolint:gosec // n is never negative
	if d.tail != nil {
		d.tail.write(p[:n])
	}
	if err != nil {
		d.err = d.ended(err)
	}
	return n, d.err
}

// ended says what the end of the body means.
func (d *Download) ended(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && d.Size >= 0:
		err = fmt.Errorf("%w after %d of %d bytes", ErrTruncated, d.read, d.Size)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("%w after %d bytes", ErrTruncated, d.read)
	case err == io.EOF && d.tail == nil: //nolint:errorlint // io.EOF is never wrapped here
		return io.EOF
	case err == io.EOF: //nolint:errorlint // as above
		if endErr := d.tail.check(d.read); endErr != nil {
			err = fmt.Errorf("%w after %d bytes: %w", ErrTruncated, d.read, endErr)
			break
		}
		return io.EOF
	}
	return &Error{Op: opSave, StatusCode: http.StatusOK, Err: err}
}

// Close ends the download. Closing it before the end closes its connection.
func (d *Download) Close() error {
	return failed("close download", d.body.Close())
}
