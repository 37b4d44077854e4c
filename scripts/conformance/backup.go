package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// The folders of the OneDrive that was backed up.
const (
	smallFolder = "Documents"
	largeFolder = "Archive"
)

// smallContent is the size of each document of the small folder.
var smallContent = map[string]int64{
	"Report.txt":                      10_000,
	"Empty.txt":                       0,
	"Invoices/2026/Rechnung für Zoë":  100_000,
	"Invoices/2026/50% off + #1.xlsx": 3 << 20,
}

// makeBackup makes the OneDrive, of bytes that do not repeat themselves: what is lost or doubled on the way is noticed.
// largeSize is the number of bytes in the large folder.
func makeBackup(dir string, largeSize int64) error {
	largeContent := map[string]int64{
		"Video 1.mp4":    largeSize / 2,
		"More/Video.mp4": largeSize - largeSize/2,
	}
	source := rand.NewChaCha8([32]byte{})
	for _, folder := range []struct {
		name    string
		content map[string]int64
	}{{smallFolder, smallContent}, {largeFolder, largeContent}} {
		for _, name := range slices.Sorted(maps.Keys(folder.content)) {
			file := filepath.Join(dir, folder.name, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := fill(file, io.LimitReader(source, folder.content[name])); err != nil {
				return err
			}
		}
	}
	return nil
}

func fill(file string, content io.Reader) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}

// sameTree fails unless both have the same files with the same content.
func sameTree(want, got fs.FS) error {
	wanted, err := fileNames(want)
	if err != nil {
		return err
	}
	found, err := fileNames(got)
	if err != nil {
		return err
	}
	if !slices.Equal(wanted, found) {
		return fmt.Errorf("the files are %q, not %q", found, wanted)
	}
	for _, name := range wanted {
		if err := sameFile(want, got, name); err != nil {
			return err
		}
	}
	return nil
}

func fileNames(fsys fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	slices.Sort(names)
	return names, err
}

func sameFile(want, got fs.FS, name string) error {
	wanted, err := want.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = wanted.Close() }()
	found, err := got.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(wanted, a)
		m, errB := io.ReadFull(found, b)
		if !bytes.Equal(a[:n], b[:m]) {
			return fmt.Errorf("%s differs", name)
		}
		if errA != nil || errB != nil {
			return errors.Join(notEnd(errA), notEnd(errB)) // both at once, as the lengths are the same
		}
	}
}

// notEnd drops the errors that only say that a file is over.
func notEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
