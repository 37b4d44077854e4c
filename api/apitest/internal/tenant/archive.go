package tenant

import (
	"archive/zip"
	"bufio"
	"context"
	"io"
	"io/fs"
	"path"
)

// entries calls fn for everything in the items with the name that it has in the archive: below the name of its
// item, if that has one there; folders with a slash at the end; in a stable order.
func (s Selection) entries(ctx context.Context, fn func(name, path string, entry fs.DirEntry) error) error {
	for i, item := range s.Items {
		err := s.shows().walk(item.path, func(name string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || name == item.path && s.tops[i] == "" {
				return err
			}
			inArchive := path.Join(s.tops[i], item.relative(name))
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

// ArchiveSize computes the length of the archive without reading the documents: it writes one to nowhere with other
// content, which needs no checksums.
func (s Selection) ArchiveSize(ctx context.Context) (int64, error) {
	size := countingWriter{w: io.Discard}
	archive := zip.NewWriter(&size)
	err := s.entries(ctx, func(name, _ string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		header := newHeader(name, info)
		if entry.IsDir() {
			_, err = archive.CreateHeader(header)
			return err
		}
		// The rest of the header must be as long as CreateHeader makes it.
		header.Flags = 8              // the length of the content follows it
		length := uint64(info.Size()) //nolint:gosec // not negative
		header.CompressedSize64, header.UncompressedSize64 = length, length
		if !info.ModTime().IsZero() {
			header.Extra = make([]byte, 9)
		}
		document, err := archive.CreateRaw(header)
		for left := info.Size(); err == nil && left > 0; left -= int64(len(zeros)) {
			_, err = document.Write(zeros[:min(left, int64(len(zeros)))])
		}
		return err
	})
	if err == nil {
		err = archive.Close()
	}
	return size.n, err
}

var zeros [64 << 20]byte // never touched

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func newHeader(name string, info fs.FileInfo) *zip.FileHeader {
	return &zip.FileHeader{Name: name, Modified: info.ModTime(), Method: zip.Store}
}

// WriteArchive writes the items as a ZIP archive, tells the size of each document that it has written, and gives the
// length of what it has written of the archive. That is not all of it if there is an error.
func (s Selection) WriteArchive(ctx context.Context, w io.Writer, written func(size int64)) (int64, error) {
	stream, counted := streamBuffers.Get().(*bufio.Writer), &countingWriter{w: w}
	stream.Reset(counted)
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
		document, err := archive.CreateHeader(newHeader(name, info))
		if err != nil || entry.IsDir() {
			return err
		}
		if err := (content{s.shows().fs, path}).copy(ctx, document, info); err != nil {
			return err
		}
		written(info.Size())
		return nil
	})
	if err == nil {
		err = archive.Close()
	}
	if err == nil {
		err = stream.Flush()
	}
	return counted.n, err
}

// DocumentSize gives the size of the only document.
func (s Selection) DocumentSize() (int64, error) {
	info, err := s.Items[0].Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// WriteDocument writes the content of the only document, as WriteArchive writes an archive.
func (s Selection) WriteDocument(ctx context.Context, w io.Writer, written func(size int64)) (int64, error) {
	counted := &countingWriter{w: w}
	info, err := s.Items[0].Stat()
	if err == nil {
		err = (content{s.shows().fs, s.Items[0].path}).copy(ctx, counted, info)
	}
	if err == nil {
		written(info.Size())
	}
	return counted.n, err
}
