package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// removeTree removes a directory of any depth with its content. os.RemoveAll cannot, because it holds a file descriptor
// per level. removeTree continues after a failure, to remove as much as possible.
func removeTree(directory string) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	r := treeRemover{root: root, prefix: rand.Text()}
	return errors.Join(r.empty("."), root.Close(), os.Remove(directory))
}

// A treeRemover moves subfolders to the top of the directory, so that it never descends more than two levels.
type treeRemover struct {
	root   *os.Root
	prefix string
	moved  int
}

// empty empties a folder. It removes the files, and the folders if name is the top directory; it moves others to the
// top.
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

// list reads some entries of a folder. It opens the folder each time, because removing entries may make a reader miss
// some.
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
