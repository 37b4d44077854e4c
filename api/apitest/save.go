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

// save answers folders as a ZIP archive, whatever asZip says: a folder has no plain form (spec/FACTS.md#5). The archive
// is made while it is sent. It ends when the client goes away.
func (s *Server) save(e *exchange, chosen tenant.Selection) (any, error) {
	ctx := e.r.Context()
	progress := e.session.begin(chosen, server.EventTypeSave, "Saving", "")
	size := int64(-1) // not said beforehand
	if !s.config.Chunked {
		var err error
		if size, err = chosen.ArchiveSize(ctx); err != nil {
			progress.fail(err)
			return nil, fmt.Errorf("save: %w", err)
		}
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		name := map[string]string{"filename": chosen.Name() + ".zip"}
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", name))
		if size >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		}
		w.WriteHeader(http.StatusOK)
		n, err := chosen.WriteArchive(ctx, w, func(size int64) { progress.add(size, true) })
		if err == nil && size >= 0 && n != size {
			err = errors.New("the backup changed while it was sent")
		}
		progress.endArchive(err)
		if err != nil {
			// The status has been sent. Cutting the connection is the only way left to say that this is not the
			// archive.
			s.config.Log.Warn("save: cut off", "error", err)
			panic(http.ErrAbortHandler)
		}
		return nil
	}, nil
}
