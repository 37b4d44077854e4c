package tenant

import (
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
)

// mergePoints makes one restore point of several, oldest first: the newest, and what only earlier ones have.
func mergePoints(d *Drive, points []*point) *point {
	newest := points[len(points)-1]
	merged := newPoint(d, newest.time, mergedFS(points), slog.New(slog.DiscardHandler)) // warned before
	merged.repository = newest.repository
	return merged
}

// mergedFS is the file system of several restore points, oldest first. What has the same path in several is that of the
// newest.
type mergedFS []*point

// find gives the newest restore point that has a name.
func (m mergedFS) find(op, name string) (fs.FS, error) {
	for _, p := range slices.Backward(m) {
		if p.has(name) {
			return p.fs, nil
		}
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (m mergedFS) Open(name string) (fs.File, error) {
	fsys, err := m.find("open", name)
	if err != nil {
		return nil, err
	}
	return fsys.Open(name)
}

func (m mergedFS) Stat(name string) (fs.FileInfo, error) { return m.Lstat(name) }

// Lstat and ReadLink make mergedFS an [fs.ReadLinkFS].
func (m mergedFS) Lstat(name string) (fs.FileInfo, error) {
	fsys, err := m.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return fs.Lstat(fsys, name)
}

func (m mergedFS) ReadLink(name string) (string, error) {
	return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid} // links are left out
}

func (m mergedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	var errs []error
	seen := map[string]bool{}
	for _, p := range slices.Backward(m) {
		if !p.hasFolder(name) {
			continue
		}
		more, err := p.readDir(name, nil)
		errs = append(errs, err)
		for _, entry := range more {
			if !seen[entry.Name()] {
				seen[entry.Name()] = true
				entries = append(entries, entry)
			}
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, errors.Join(errs...)
}
