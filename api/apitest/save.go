package apitest

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// save answers a ZIP archive, or a single document as it is. Folders and several documents have no plain form
// (spec/FACTS.md#5, #12.4). The archive is made while it is sent, unless there is a
// temporary file for it. It ends when the client goes away.
func (s *Server) save(e *exchange, chosen tenant.Selection, asItIs bool) (any, error) {
	ctx := e.r.Context()
	progress := e.session.begin(chosen, server.EventTypeSave, "Saving", "")
	name, write, size, err := chosen.Name()+".zip", writer(chosen.WriteArchive), int64(-1), error(nil)
	temporary := s.config.TemporaryArchives && e.edition.keepsArchives
	if asItIs {
		name, write = chosen.Name(), chosen.WriteDocument
		size, err = chosen.DocumentSize()
	} else if !s.config.Chunked && !temporary {
		size, err = chosen.ArchiveSize(ctx)
	}
	if err != nil {
		progress.fail(err)
		return nil, fmt.Errorf("save: %w", err)
	}
	return func(w http.ResponseWriter) error {
		sent := false
		if temporary {
			a, key := s.openTemporary(e, write)
			defer func() { s.archives.release(key, a, sent) }()
			if a.err != nil {
				progress.fail(a.err)
				return fmt.Errorf("save: %w", a.err)
			}
			write, size = a.copy, a.size
		}
		if s.config.Chunked {
			size = -1 // it is not said beforehand
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", contentDisposition(name))
		if size >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		}
		w.WriteHeader(http.StatusOK)
		if size < 0 {
			_ = http.NewResponseController(w).Flush() // otherwise a short body gets a length by itself
		}
		n, err := write(ctx, w, func(size int64) { progress.add(size, true) })
		if err == nil && size >= 0 && n != size {
			err = errors.New("the backup changed while it was sent")
		}
		progress.endArchive(err)
		sent = err == nil
		if err != nil {
			// The status has been sent. Cutting the connection is the only way left to say that this is not all.
			s.config.Log.Warn("save: cut off", "error", err)
			panic(http.ErrAbortHandler)
		}
		return nil
	}, nil
}

// contentDisposition is the header that names a file. A name beyond printable ASCII comes in the form of RFC 8187, after
// a plain one with underscores for clients that read only that: our choice.
func contentDisposition(name string) string {
	format := func(name string) string {
		return mime.FormatMediaType("attachment", map[string]string{"filename": name})
	}
	header := format(name)
	_, encoded, needed := strings.Cut(header, "filename*=")
	if !needed {
		return header
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, name)
	return format(plain) + "; filename*=" + encoded
}
