// Package tenanttest has what only tests need.
package tenanttest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Generated is a file system with folders of documents, which are not kept anywhere. It counts what is asked for.
type Generated struct {
	folders, documents int // in the root, and in each folder

	// Reads counts folders that were listed, Stats files that were looked at.
	Reads, Stats *atomic.Int64
}

// NewGenerated makes one.
func NewGenerated(folders, documents int) Generated {
	return Generated{folders, documents, new(atomic.Int64), new(atomic.Int64)}
}

// generatedInfo describes a folder or a document.
type generatedInfo struct {
	name   string
	folder bool
	stats  *atomic.Int64
}

func (i generatedInfo) Name() string { return i.name }
func (i generatedInfo) IsDir() bool  { return i.folder }
func (i generatedInfo) Size() int64  { return int64(len(i.name)) }
func (i generatedInfo) Sys() any     { return nil }

func (i generatedInfo) ModTime() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
func (i generatedInfo) Type() fs.FileMode  { return i.Mode().Type() }

func (i generatedInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

func (i generatedInfo) Info() (fs.FileInfo, error) {
	i.stats.Add(1)
	return i, nil
}

func (g Generated) list(prefix string, n int, folders bool) []fs.DirEntry {
	entries := make([]fs.DirEntry, n)
	for i := range entries {
		entries[i] = generatedInfo{fmt.Sprintf("%s%07d", prefix, i), folders, g.Stats}
	}
	return entries
}

// ReadDir makes Generated an [fs.ReadDirFS].
func (g Generated) ReadDir(name string) ([]fs.DirEntry, error) {
	g.Reads.Add(1)
	if name == "." {
		return g.list("folder", g.folders, true), nil
	}
	return g.list("document", g.documents, false), nil
}

// Stat makes Generated an [fs.StatFS].
func (g Generated) Stat(name string) (fs.FileInfo, error) {
	g.Stats.Add(1)
	folder := !strings.Contains(name, "/")
	prefix, n := "document", g.documents
	if folder {
		prefix, n = "folder", g.folders
	}
	number, ok := strings.CutPrefix(path.Base(name), prefix)
	if i, err := strconv.Atoi(number); name != "." && (!ok || err != nil || i >= n) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return generatedInfo{path.Base(name), folder, g.Stats}, nil
}

// Open fails: the documents have no content.
func (g Generated) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}
