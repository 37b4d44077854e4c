package tenant

import (
	"io/fs"
	"log/slog"
	"path"
	"sync"
	"time"
)

// point is a restore point, or several merged into one.
type point struct {
	fs    fs.FS // not embedded: that would hide its own Stat and ReadDir
	time  time.Time
	drive *Drive

	repository *Repository

	index func() *index         // built when it is first needed
	size  func() (int64, error) // of all documents
}

func newPoint(d *Drive, at time.Time, fsys fs.FS, log *slog.Logger) *point {
	p := &point{fs: fsys, time: at, drive: d}
	p.index = sync.OnceValue(func() *index { return newIndex(p, log) })
	p.size = sync.OnceValues(func() (size int64, err error) {
		err = p.walk(".", func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				size += info.Size()
			}
			return err
		})
		return size, err
	})
	return p
}

// list gives what is in a folder. The result must not be changed.
func (p *point) list(folder string) (listing, error) {
	return p.drive.organization.listings.of(p, folder)
}

// walk calls fn like [fs.WalkDir] for everything in a folder that can be in a OneDrive, in lexical order.
func (p *point) walk(folder string, fn fs.WalkDirFunc) error {
	return fs.WalkDir(p.fs, folder, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && unfit(name, entry) != "" {
			return skip(entry)
		}
		return fn(name, entry, err)
	})
}

// readDir gives everything in a folder that can be in a OneDrive, sorted by name. warn, if any, hears of the rest.
func (p *point) readDir(folder string, warn func(name, reason string)) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(p.fs, folder)
	if err != nil {
		return nil, err
	}
	fit := make([]fs.DirEntry, 0, len(all))
	for _, entry := range all {
		name := path.Join(folder, entry.Name())
		if reason := unfit(name, entry); reason == "" {
			fit = append(fit, entry)
		} else if warn != nil {
			warn(name, reason)
		}
	}
	return fit, nil
}

// hasFolder tells whether name is a folder.
func (p *point) hasFolder(name string) bool {
	_, ok := p.index().find(FolderID(p.drive.ID, name))
	return ok
}

// has tells whether name is a folder or a document.
func (p *point) has(name string) bool { return p.hasFolder(name) || p.hasDocument(name) }

// hasDocument tells whether name is a document. Nothing on the way to it may be a symbolic link, which has no place in
// a OneDrive.
func (p *point) hasDocument(name string) bool {
	if !p.hasFolder(path.Dir(name)) {
		return false
	}
	info, err := fs.Lstat(p.fs, name)
	return err == nil && info.Mode().IsRegular()
}

// unfit tells why something cannot be in a OneDrive; empty if it can.
func unfit(name string, entry fs.DirEntry) string {
	switch {
	case !fs.ValidPath(name):
		return "its name is not UTF-8"
	case name == VersionsFolder:
		return "its name is reserved"
	case !entry.IsDir() && !entry.Type().IsRegular():
		return "it is neither a directory nor a regular file"
	}
	return ""
}

func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
