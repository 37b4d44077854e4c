package apitest

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// save answers a ZIP archive, or a single document as it is unless asZIP is set. Folders and several documents have no
// plain form (spec/FACTS.md#5). The archive is made while it is sent. It ends when the client goes away.
func (s *Server) save(e *exchange, chosen tenant.Selection, asZIP bool) (any, error) {
	ctx := e.r.Context()
	progress := e.session.begin(chosen, server.EventTypeSave, "Saving", "")
	name, write, size, err := chosen.Name()+".zip", chosen.WriteArchive, int64(-1), error(nil)
	if chosen.Documents && len(chosen.Items) == 1 && !asZIP {
		name, write = chosen.Name(), chosen.WriteDocument
		size, err = chosen.DocumentSize()
	} else if !s.config.Chunked {
		size, err = chosen.ArchiveSize(ctx)
	}
	if err != nil {
		progress.fail(err)
		return nil, fmt.Errorf("save: %w", err)
	}
	if s.config.Chunked {
		size = -1 // it is not said beforehand
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		if size >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		}
		w.WriteHeader(http.StatusOK)
		n, err := write(ctx, w, func(size int64) { progress.add(size, true) })
		if err == nil && size >= 0 && n != size {
			err = errors.New("the backup changed while it was sent")
		}
		progress.endArchive(err)
		if err != nil {
			// The status has been sent. Cutting the connection is the only way left to say that this is not all.
			s.config.Log.Warn("save: cut off", "error", err)
			panic(http.ErrAbortHandler)
		}
		return nil
	}, nil
}
