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
	"strconv"
	"strings"
	"sync"

	"github.com/vbo365/vbo365-go/gen/server"
)

// save answers the folder as a ZIP archive, whatever asZip says: a folder has no plain form (fact sheet 5).
func (o operations) save(ctx context.Context, f folder) (server.RunOneDriveFolderActionResponseObject, error) {
	answer := &savedFolder{server: o.Server, ctx: ctx, folder: f, size: -1}
	if !o.config.Chunked {
		size, err := f.archiveSize(ctx)
		if err != nil {
			return nil, fmt.Errorf("save: %w", err)
		}
		answer.size = size
	}
	return answer, nil
}

// savedFolder is the answer to save. The archive is made while it is sent.
type savedFolder struct {
	server *Server
	ctx    context.Context // ends when the client goes away
	folder folder
	size   int64 // -1: not said beforehand
}

func (a *savedFolder) VisitRunOneDriveFolderActionResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	if a.size >= 0 {
		w.Header().Set("Content-Length", strconv.FormatInt(a.size, 10))
	}
	w.WriteHeader(http.StatusOK)
	counted := &countingWriter{w: w}
	err := a.folder.writeArchive(a.ctx, counted)
	if err == nil && a.size >= 0 && counted.n != a.size {
		err = errors.New("the backup changed while it was sent")
	}
	if err != nil {
		// The status has been sent. Cutting the connection is the only way left to say that this is not the archive.
		a.server.config.Log.Warn("save: cut off", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
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

// entries calls fn for everything in the folder with the name that it has in the archive: relative to the folder,
// folders with a slash at the end, in a stable order.
func (f folder) entries(ctx context.Context, fn func(name, path string, entry fs.DirEntry) error) error {
	prefix := f.path + "/"
	if f.path == "." {
		prefix = ""
	}
	return f.newest().walk(f.path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || path == f.path {
			return err
		}
		name := strings.TrimPrefix(path, prefix)
		if entry.IsDir() {
			name += "/"
		}
		return fn(name, path, entry)
	})
}

// archiveSize computes the length of the archive without reading the documents.
func (f folder) archiveSize(ctx context.Context) (int64, error) {
	var size zipSize
	err := f.entries(ctx, func(name, _ string, entry fs.DirEntry) error {
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

// writeArchive writes the folder as a ZIP archive. An error may come after a part of it was written.
func (f folder) writeArchive(ctx context.Context, w io.Writer) error {
	stream := streamBuffers.Get().(*bufio.Writer)
	stream.Reset(w)
	defer func() {
		stream.Reset(nil)
		streamBuffers.Put(stream)
	}()
	archive := zip.NewWriter(stream)
	err := f.entries(ctx, func(name, path string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content, err := archive.CreateHeader(&zip.FileHeader{Name: name, Modified: info.ModTime(), Method: zip.Store})
		if err != nil || entry.IsDir() {
			return err
		}
		return document{f.newest().fs, path}.copy(ctx, content, info)
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return stream.Flush()
}
