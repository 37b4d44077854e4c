package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// removeTree removes a directory and everything in it, however deep that is. (os.RemoveAll holds a descriptor for each level, and
// fails when there are no more.) It goes on after a failure, so that as much as possible is gone.
func removeTree(directory string) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	r := treeRemover{root: root, prefix: rand.Text()}
	return errors.Join(r.empty("."), root.Close(), os.Remove(directory))
}

// A treeRemover moves what is deep in a directory to its top, so that nothing that it removes is deeper than two levels.
type treeRemover struct {
	root   *os.Root
	prefix string
	moved  int
}

// empty removes what is in the directory itself, if the name is a dot, or moves the folders up that are in another one.
func (r *treeRemover) empty(name string) error {
	for {
		entries, err := r.list(name)
		if err != nil || len(entries) == 0 {
			return err
		}
		var failures []error
		for _, entry := range entries {
			if err := r.remove(name, entry); err != nil {
				failures = append(failures, err)
			}
		}
		if len(failures) == len(entries) {
			return errors.Join(failures...)
		}
	}
}

func (r *treeRemover) remove(folder string, entry fs.DirEntry) error {
	name := folder + "/" + entry.Name()
	if entry.IsDir() && folder != "." {
		r.moved++
		return r.root.Rename(name, fmt.Sprintf("%s-%d", r.prefix, r.moved))
	}
	if entry.IsDir() {
		if err := r.empty(name); err != nil {
			return err
		}
	}
	return r.root.Remove(name)
}

// list reads some of the names in a folder, and opens it anew each time: removing may hide some from a reader.
func (r *treeRemover) list(name string) ([]fs.DirEntry, error) {
	folder, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	entries, err := folder.ReadDir(1024)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return entries, err
}
