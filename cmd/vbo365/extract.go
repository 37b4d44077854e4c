package main

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// extract unpacks an archive to a directory, which must not exist or be empty. All names are checked before anything is
// written, and the directory gets its name only when everything is in it: otherwise nothing is left.
//
// An archive is not trusted to be what a OneDrive can hold. It is refused if a name in it is absolute, leads out of the
// directory, is that of a device of Windows, or cannot be told from another one on every system, if it has a link, or if its
// content is longer than limit bytes.
func extract(ctx context.Context, archive *zip.Reader, directory string, limit uint64) (files int, err error) {
	if err := checkArchive(archive, limit); err != nil {
		return 0, err
	}
	directory = filepath.Clean(directory)
	if err := checkEmpty(directory); err != nil {
		return 0, err
	}
	partial := directory + "." + rand.Text()[:8] + ".partial"
	if err := os.MkdirAll(filepath.Dir(partial), 0o777); err != nil {
		return 0, err
	}
	if err := os.Mkdir(partial, 0o777); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(partial))
		}
	}()
	root, err := os.OpenRoot(partial)
	if err != nil {
		return 0, err
	}
	for _, entry := range archive.File {
		if err = ctx.Err(); err == nil {
			err = extractEntry(root, entry)
		}
		if err != nil {
			return 0, errors.Join(fmt.Errorf("extract %q: %w", entry.Name, err), root.Close())
		}
		if !strings.HasSuffix(entry.Name, "/") {
			files++
		}
	}
	if err := root.Close(); err != nil {
		return 0, err
	}
	// An empty directory makes room; one that is not empty any more does not.
	if err := os.Remove(directory); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	return files, os.Rename(partial, directory)
}

// checkEmpty refuses a directory that has something in it.
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

func extractEntry(root *os.Root, entry *zip.File) (err error) {
	name := filepath.FromSlash(strings.TrimSuffix(entry.Name, "/"))
	if strings.HasSuffix(entry.Name, "/") {
		return root.MkdirAll(name, 0o777)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	content, err := entry.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	// Package zip ends a file that is longer than it said, or other than its checksum, with an error.
	_, err = io.Copy(file, content) //nolint:gosec // checkArchive has bounded what it said
	if err = errors.Join(err, file.Close()); err != nil || entry.Modified.IsZero() {
		return err
	}
	return root.Chtimes(name, entry.Modified, entry.Modified)
}

// checkArchive looks at all names before anything is written.
func checkArchive(archive *zip.Reader, limit uint64) error {
	total := uint64(0)
	seen := make(names)
	for _, entry := range archive.File {
		if err := checkName(entry.Name); err != nil {
			return fmt.Errorf("the archive has the name %q: %w", entry.Name, err)
		}
		if mode := entry.Mode(); !mode.IsDir() && !mode.IsRegular() {
			return fmt.Errorf("the archive has %q, which is neither a file nor a folder but %v", entry.Name, mode.Type())
		}
		if err := seen.add(entry.Name); err != nil {
			return err
		}
		if total += entry.UncompressedSize64; total > limit || entry.UncompressedSize64 > limit {
			return fmt.Errorf("the archive has more than %d bytes of content: see --max-extracted-bytes", limit)
		}
	}
	return nil
}

// checkName refuses a name that would not stay inside of a directory on every system.
func checkName(name string) error {
	components := strings.Split(strings.TrimSuffix(name, "/"), "/")
	for _, component := range components {
		switch {
		case component == "":
			return errors.New("it is absolute or has an empty component")
		case component == ".", component == "..":
			return errors.New("it has a component that names another folder")
		case strings.ContainsAny(component, `\:`), strings.ContainsFunc(component, unicode.IsControl):
			return errors.New("it has a character that names cannot have")
		case strings.HasSuffix(component, "."), strings.HasSuffix(component, " "):
			return errors.New("it has a component that ends in a dot or a space")
		case isDevice(component):
			return errors.New("it is that of a device")
		}
	}
	return nil
}

// isDevice tells whether Windows takes a name for a device, which it does whatever the extension.
func isDevice(component string) bool {
	base, _, _ := strings.Cut(component, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	number, found := strings.CutPrefix(base, "COM")
	if !found {
		number, found = strings.CutPrefix(base, "LPT")
	}
	return found && len([]rune(number)) == 1 && strings.Contains("0123456789¹²³", number)
}

// names are the files and folders that an archive makes, by their names in lower case.
type names map[string]nameOf

type nameOf struct {
	spelling string
	file     bool
}

// add notes a file or folder and the folders that it is in. It refuses what is there twice, or differs by letter case only.
func (n names) add(name string) error {
	whole := strings.TrimSuffix(name, "/")
	for i, r := range whole + "/" {
		if r != '/' {
			continue
		}
		now := nameOf{whole[:i], i == len(whole) && whole == name}
		before, ok := n[strings.ToLower(now.spelling)]
		switch {
		case ok && before.spelling != now.spelling:
			return fmt.Errorf("the archive has %q and %q, which differ by letter case only", before.spelling, now.spelling)
		case ok && (before.file || now.file):
			return fmt.Errorf("the archive has %q twice", now.spelling)
		}
		n[strings.ToLower(now.spelling)] = now
	}
	return nil
}
