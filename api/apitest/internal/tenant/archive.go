package tenant

import (
	"archive/zip"
	"bufio"
	"context"
	"io"
	"io/fs"
	"path"
)

// entries calls fn for everything in the folders with the name that it has in the archive: below the name of its folder,
// if that has one there; folders with a slash at the end; in a stable order.
func (s Selection) entries(ctx context.Context, fn func(name, path string, entry fs.DirEntry) error) error {
	for i, f := range s.Folders {
		err := s.shows().walk(f.path, func(name string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || name == f.path && s.tops[i] == "" {
				return err
			}
			inArchive := path.Join(s.tops[i], f.relative(name))
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

// ArchiveSize computes the length of the archive without reading the documents.
func (s Selection) ArchiveSize(ctx context.Context) (int64, error) {
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

// WriteArchive writes the folders as a ZIP archive and tells the size of each document that it has written. An error may come
// after a part of the archive was written.
func (s Selection) WriteArchive(ctx context.Context, w io.Writer, written func(size int64)) error {
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
		header := &zip.FileHeader{Name: name, Modified: info.ModTime(), Method: zip.Store}
		document, err := archive.CreateHeader(header)
		if err != nil || entry.IsDir() {
			return err
		}
		if err := (content{s.shows().fs, path}).copy(ctx, document, info); err != nil {
			return err
		}
		written(info.Size())
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
