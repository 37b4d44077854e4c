package api

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The name of a partial file is between these. That of the file is not part of it: with more characters, one that is just short
// enough would be too long.
const (
	partialPrefix = ".vbo365-"
	partialSuffix = ".partial"
)

// maxSwept bounds how many names of a directory are looked at for what others have left.
const maxSwept = 10_000

// createPartial makes the temporary file for a name: in the same directory, so that it can be renamed. As long as it is open, it is
// held: other processes see that somebody needs it. Those that nobody holds any more are removed.
func createPartial(name string) (*os.File, error) {
	directory, base := filepath.Split(name)
	if base == "" {
		return nil, invalid("the file name %q is that of a directory", name)
	}
	sweep(directory)
	for {
		file, err := os.OpenFile(filepath.Join(directory, partialPrefix+rand.Text()+partialSuffix), os.O_RDWR|os.O_CREATE|os.O_EXCL, privateMode)
		if err != nil {
			return nil, &fileError{err}
		}
		if hold(file) && checkName(file) == nil {
			return file, nil
		}
		// Another process has taken it for one that nobody needs, between these two lines.
		_ = file.Close()
		_ = os.Remove(file.Name())
	}
}

// sweep removes the partial files in a directory that nobody holds. What cannot be removed stays.
func sweep(directory string) {
	if directory == "" {
		directory = "."
	}
	entries, err := os.Open(directory)
	if err != nil {
		return
	}
	defer func() { _ = entries.Close() }()
	for range maxSwept / 100 {
		names, err := entries.Readdirnames(100)
		for _, name := range names {
			if strings.HasPrefix(name, partialPrefix) && strings.HasSuffix(name, partialSuffix) {
				removeLeft(filepath.Join(directory, name))
			}
		}
		if err != nil {
			return
		}
	}
}

// checkName verifies that a file still has its name: somebody may have put another one there, or a link.
func checkName(file *os.File) error {
	open, err := file.Stat()
	if err != nil {
		return err
	}
	named, err := os.Lstat(file.Name())
	if err != nil {
		return err
	}
	if !os.SameFile(open, named) {
		return fmt.Errorf("%s is not the file that was written: somebody has put something else there", file.Name())
	}
	return nil
}

// isReplaced reports whether an open file does not have its name any more.
func isReplaced(file *os.File) bool {
	open, err := file.Stat()
	if err != nil {
		return false // it is closed
	}
	named, err := os.Lstat(file.Name())
	return err != nil || !os.SameFile(open, named)
}

// publish syncs a partial file to disk and gives it its name and permissions.
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
	return rename(file, name)
}
