package api

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The name of a partial file is between these. That of the file is not part of it: with more characters, one that is
// just short enough would be too long.
const (
	partialPrefix = ".vbo365-"
	partialSuffix = ".partial"
)

// maxSwept bounds how many names of a directory are looked at for what others have left.
const maxSwept = 10_000

// createPartial makes the temporary file for a name: in the same directory, so that it can be renamed. As long as it is
// open, it is held: other processes see that somebody needs it. Those that nobody holds any more are removed.
func createPartial(name string) (*os.File, error) {
	if _, base := filepath.Split(name); base == "" {
		return nil, invalid("the file name %q is that of a directory", name)
	}
	directory := filepath.Dir(name)
	sweep(directory)
	for {
		partial := filepath.Join(directory, partialPrefix+rand.Text()+partialSuffix)
		file, err := os.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, privateMode)
		if err != nil {
			return nil, err
		}
		if hold(file) && checkName(file) == nil {
			return file, nil
		}
		// Another process has taken it for one that nobody needs, between these two lines.
		_ = file.Close()
		_ = os.Remove(partial)
	}
}

// sweep removes the partial files in a directory that nobody holds. What cannot be removed stays.
func sweep(directory string) {
	entries, err := os.Open(directory)
	if err != nil {
		return
	}
	defer func() { _ = entries.Close() }()
	names, _ := entries.Readdirnames(maxSwept) // those that could be read
	for _, name := range names {
		if strings.HasPrefix(name, partialPrefix) && strings.HasSuffix(name, partialSuffix) {
			removeLeft(filepath.Join(directory, name))
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
	if err == nil && !os.SameFile(open, named) {
		err = fmt.Errorf("%s is not the file that was written: somebody has put something else there", file.Name())
	}
	return err
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
	if runtime.GOOS == "windows" { // which renames no open file; elsewhere it is held until it has its name
		_ = file.Close()
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return err
	}
	// So that the name survives a crash. Some systems cannot do this. The file is whole and has its name.
	if directory, err := os.Open(filepath.Dir(name)); err == nil {
		_ = directory.Sync()
		_ = directory.Close()
	}
	return nil
}
