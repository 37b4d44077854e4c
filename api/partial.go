package api

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The name of a partial file has these at its ends. It does not contain the name of the file, because the result could
// be too long.
const (
	partialPrefix = ".vbo365-"
	partialSuffix = ".partial"
)

// maxSwept is the maximum number of names in a directory that sweep checks.
const maxSwept = 10_000

// createPartial creates the temporary file for a name, in the same directory, so that it can be renamed. The file is
// locked while it is open, so that other processes do not remove it. createPartial removes partial files that no
// process holds.
func createPartial(name string) (*os.File, error) {
	if _, base := filepath.Split(name); base == "" {
		return nil, invalid("the file name %q is that of a directory", name)
	}
	directory := filepath.Dir(name)
	sweep(directory)
	for {
		file, err := os.CreateTemp(directory, partialPrefix+"*"+partialSuffix) // with privateMode
		if err != nil {
			return nil, err
		}
		if hold(file) && checkName(file) == nil {
			return file, nil
		}
		// Another process removed it before it was locked.
		_ = file.Close()
		_ = os.Remove(file.Name())
	}
}

// sweep removes the partial files in a directory that no process holds. Errors are ignored.
func sweep(directory string) {
	entries, err := os.Open(directory)
	if err != nil {
		return
	}
	defer func() { _ = entries.Close() }()
	names, _ := entries.Readdirnames(maxSwept) // the names up to an error
	for _, name := range names {
		if strings.HasPrefix(name, partialPrefix) && strings.HasSuffix(name, partialSuffix) {
			removeLeft(filepath.Join(directory, name))
		}
	}
}

// checkName verifies that a file still has its name, and was not replaced by another file or a link.
func checkName(file *os.File) error {
	open, err := file.Stat()
	if err != nil {
		return err
	}
	named, err := os.Lstat(file.Name())
	if err == nil && !os.SameFile(open, named) {
		err = fmt.Errorf("%s is not the file that was written: it has been replaced", file.Name())
	}
	return err
}

// publish sets the permissions of a partial file, syncs it to disk, and renames it.
func publish(file *os.File, name string, mode fs.FileMode) error {
	if err := file.Chmod(mode); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := checkName(file); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if runtime.GOOS == "windows" { // which cannot rename an open file; elsewhere the lock lasts until after the rename
		_ = file.Close()
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return err
	}
	// Syncing the directory keeps the name after a crash. Not all systems support it, so errors are ignored.
	if directory, err := os.Open(filepath.Dir(name)); err == nil {
		_ = directory.Sync()
		_ = directory.Close()
	}
	return nil
}
