package apitest

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"sync"

	"github.com/vbo365/vbo365-go/gen/server"
)

// save answers folders as a ZIP archive, whatever asZip says: a folder has no plain form (spec/FACTS.md#5). The archive is made
// while it is sent. It ends when the client goes away.
func (s *Server) save(e *exchange, chosen selection) (any, error) {
	ctx := e.r.Context()
	progress := chosen.begin(server.EventTypeSave, "Saving", "")
	size := int64(-1) // not said beforehand
	if !s.config.Chunked {
		var err error
		if size, err = chosen.archiveSize(ctx); err != nil {
			progress.fail(err)
			return nil, fmt.Errorf("save: %w", err)
		}
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		if size >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		}
		w.WriteHeader(http.StatusOK)
		counted := &countingWriter{w: w}
		err := chosen.writeArchive(ctx, counted, progress)
		if err == nil && size >= 0 && counted.n != size {
			err = errors.New("the backup changed while it was sent")
		}
		progress.endArchive(err)
		if err != nil {
			// The status has been sent. Cutting the connection is the only way left to say that this is not the archive.
			s.config.Log.Warn("save: cut off", "error", err)
			panic(http.ErrAbortHandler)
		}
		return nil
	}, nil
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// entries calls fn for everything in the folders with the name that it has in the archive: below the name of its folder,
// if that has one there; folders with a slash at the end; in a stable order.
func (s selection) entries(ctx context.Context, fn func(name, path string, entry fs.DirEntry) error) error {
	for i, f := range s.folders {
		err := s.shows().walk(f.path, func(name string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || name == f.path && s.tops[i] == "" {
				return err
			}
			inArchive := f.relative(name)
			if s.tops[i] != "" {
				inArchive = path.Join(s.tops[i], inArchive)
			}
			if entry.IsDir() {
				inArchive += "/"
			}
			return fn(inArchive, name, entry)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// archiveSize computes the length of the archive without reading the documents.
func (s selection) archiveSize(ctx context.Context) (int64, error) {
	var size zipSize
	err := s.entries(ctx, func(name, _ string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		length := info.Size()
		if entry.IsDir() {
			length = 0
		}
		size.add(len(name), entry.IsDir(), length, !info.ModTime().IsZero())
		return nil
	})
	return size.total(), err
}

// Large buffers keep the number of system calls and TLS records low.
const (
	streamBuffer = 64 << 10
	copyBuffer   = 256 << 10
)

var (
	streamBuffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, streamBuffer) }}
	copyBuffers   = sync.Pool{New: func() any { return new([copyBuffer]byte) }}
)

// writeArchive writes the folders as a ZIP archive and counts in the event what it has written. An error may come after
// a part of it was written.
func (s selection) writeArchive(ctx context.Context, w io.Writer, progress *event) error {
	stream := streamBuffers.Get().(*bufio.Writer)
	stream.Reset(w)
	defer func() {
		stream.Reset(nil)
		streamBuffers.Put(stream)
	}()
	archive := zip.NewWriter(stream)
	err := s.entries(ctx, func(name, path string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content, err := archive.CreateHeader(&zip.FileHeader{Name: name, Modified: info.ModTime(), Method: zip.Store})
		if err != nil || entry.IsDir() {
			return err
		}
		if err := (document{s.shows().fs, path}).copy(ctx, content, info); err != nil {
			return err
		}
		progress.add(info.Size(), true)
		return nil
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return stream.Flush()
}
