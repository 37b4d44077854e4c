package main

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
)

// maxDirectory bounds the directory of an archive, which package zip keeps in memory: 256 bytes per node.
const maxDirectory = 256 * maxNodes

var errDirectoryTooLong = errors.New("the directory of the archive is too long")

// openArchive opens an archive. It fails if the directory of the archive is much longer than the given number of bytes.
// The caller closes the file after the last use of the archive.
func openArchive(name string, directory int64) (*os.File, *zip.Reader, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	bounded := &boundedReaderAt{file, directory + 1<<17} // package zip searches the last 65 KiB for the end
	archive, err := zip.NewReader(bounded, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // plan checks the names
		return nil, nil, errors.Join(fmt.Errorf("open archive: %w", err), file.Close())
	}
	bounded.left = math.MaxInt64
	return file, archive, nil
}

// boundedReaderAt fails after left bytes. It is not safe for concurrent use.
type boundedReaderAt struct {
	file *os.File
	left int64
}

func (r *boundedReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if r.left -= int64(len(p)); r.left < 0 {
		return 0, errDirectoryTooLong
	}
	return r.file.ReadAt(p, at)
}

// contents is the result of an extract: the number of files, and the entries that were renamed or skipped.
type contents struct {
	Files   int        `json:"files"`
	Renamed []renaming `json:"renamed"`
	Skipped []string   `json:"skipped"`
}

// renaming has the path of an entry in the archive and in the directory, both with slashes.
type renaming struct {
	Name   string `json:"name"`
	Stored string `json:"stored"`
}

// extraction has the options of an extract.
type extraction struct {
	limit  uint64     // of the content of all files, in bytes
	system fileSystem // where the files are stored
	skip   bool       // names that the system cannot store, instead of replacing them
}

// extract unpacks an archive to a directory, which must not exist, or must be empty. It unpacks to a temporary
// directory and renames that at the end. After a failure it removes the temporary directory.
func (x extraction) extract(ctx context.Context, archive *zip.Reader, directory string) (_ contents, err error) {
	nodes, err := x.plan(ctx, archive.File)
	if err != nil {
		return contents{}, err
	}
	directory = filepath.Clean(directory)
	if err := checkEmpty(directory); err != nil {
		return contents{}, err
	}
	partial := directory + "." + rand.Text()[:8] + ".partial"
	if err := os.Mkdir(partial, 0o700); err != nil {
		return contents{}, err
	}
	whole := false
	defer func() { // also after a panic
		if !whole {
			err = errors.Join(err, removeTree(partial))
		}
	}()
	unpacked, err := unpackAll(ctx, archive, nodes, partial)
	if err != nil {
		return contents{}, err
	}
	// This fails if the directory is no longer empty.
	if err := os.Remove(directory); err != nil && !errors.Is(err, os.ErrNotExist) {
		return contents{}, err
	}
	if err := os.Rename(partial, directory); err != nil {
		return contents{}, err
	}
	whole = true
	return unpacked, nil
}

// checkEmpty refuses a directory that is not empty.
func checkEmpty(directory string) error {
	entries, err := os.ReadDir(directory)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return usageError{err}
	case len(entries) > 0:
		return usageError{fmt.Errorf("%s is not empty", directory)}
	}
	return nil
}

func unpackAll(ctx context.Context, archive *zip.Reader, nodes []*node, directory string) (result contents, err error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return contents{}, err
	}
	u := unpacker{root: root, buffer: make([]byte, 128<<10)}
	defer func() { err = errors.Join(err, u.close(), root.Close()) }()
	for i, entry := range archive.File {
		if err := ctx.Err(); err != nil {
			return contents{}, err
		}
		target := nodes[i]
		if target.skipped {
			result.Skipped = append(result.Skipped, entry.Name)
			continue
		}
		if err := u.unpack(ctx, entry, target); err != nil {
			return contents{}, fmt.Errorf("extract %.300q: %w", entry.Name, err)
		}
		if target.moved {
			result.Renamed = append(result.Renamed, renaming{entry.Name, target.path()})
		}
		if target.file {
			result.Files++
		}
	}
	return result, nil
}

// An unpacker keeps the folder of the last file open, because the next file is probably in the same folder.
type unpacker struct {
	root   *os.Root
	folder *os.Root // nil at the start
	at     *node    // of the folder
	buffer []byte
}

func (u *unpacker) close() error {
	if u.folder == nil {
		return nil
	}
	return u.folder.Close()
}

func (u *unpacker) unpack(ctx context.Context, entry *zip.File, target *node) error {
	if !target.file {
		return u.makeFolder(target)
	}
	if err := u.open(target.parent); err != nil {
		return err
	}
	if err := u.write(ctx, entry, target.stored); err != nil || entry.Modified.IsZero() {
		return err
	}
	return u.folder.Chtimes(target.stored, entry.Modified, entry.Modified)
}

func (u *unpacker) makeFolder(target *node) error {
	if target.made {
		return nil
	}
	target.made = true
	return u.root.MkdirAll(target.path(), 0o700)
}

func (u *unpacker) open(target *node) error {
	if target == u.at {
		return nil
	}
	if err := u.makeFolder(target); err != nil {
		return err
	}
	folder, err := u.root.OpenRoot(target.path())
	if err != nil {
		return err
	}
	err = u.close()
	u.folder, u.at = folder, target
	return err
}

// write writes a file in the open folder.
func (u *unpacker) write(ctx context.Context, entry *zip.File, name string) (err error) {
	content, err := entry.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	file, err := u.folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	checksum := crc32.NewIEEE()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, readErr := content.Read(u.buffer)
		if n > 0 {
			if _, err := file.Write(u.buffer[:n]); err != nil {
				return err
			}
		}
		// Package zip reports a wrong length and a wrong checksum. It does not verify a checksum of 0.
		if entry.CRC32 == 0 {
			_, _ = checksum.Write(u.buffer[:n]) // never fails
		}
		switch {
		case errors.Is(readErr, io.EOF) && checksum.Sum32() != 0:
			return zip.ErrChecksum
		case errors.Is(readErr, io.EOF):
			return nil
		case readErr != nil:
			return readErr
		}
	}
}
