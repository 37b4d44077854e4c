package tenant

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"
	"time"
)

// Conflict says what becomes of a document that the target has with another content.
type Conflict int

// The new document gets another name, replaces the one that is there, or makes that an earlier version of itself.
const (
	Keep      Conflict = iota // it stays, and the new one gets another name
	Overwrite                 // it is replaced
	Merge                     // it becomes an earlier version of the new one
)

// Transfer writes folders and documents of a backup into a production directory: the work that restores and copies share.
//
// Each document is done on its own. One that fails is counted and reported, and the rest goes on. Existing documents
// with the same content are left alone.
type Transfer struct {
	Conflict    Conflict
	AllVersions bool // older versions go into the version history, unless they are in it
	Deleted     bool // documents that only earlier restore points have are written, too
	Permissions bool // permission bits are those of the backup

	// Pace is how long the transfer pauses after each document.
	Pace time.Duration
	// Done is told of each document that is done.
	Done func(size int64, written bool)

	drive *Drive // that is written to
	base  string // folder in the target that is made before anything is written; empty: none
	parts []part

	part   // the one at hand
	target target

	mu     sync.Mutex // guards result
	result Result
}

// part is a folder or document and where it goes.
type part struct {
	source Item
	prefix string // path in the target of the document, or of the folder that takes the content of the source
}

// Restore prepares to write the items back to where they were.
func (s Selection) Restore() *Transfer {
	t := &Transfer{drive: s.Drive}
	chosen := map[string]bool{}
	for _, f := range s.Items {
		chosen[f.path] = true
	}
	for _, f := range s.Items {
		inside := false // another one of them
		for name := f.path; name != "." && !inside; {
			name = path.Dir(name)
			inside = chosen[name]
		}
		if !inside {
			t.parts = append(t.parts, part{f, f.path})
		}
	}
	return t
}

// CopyTo prepares to copy the items into a folder of a OneDrive. The content of the root lands in that folder itself,
// all else keeps its name in there.
func (s Selection) CopyTo(drive *Drive, folder string) *Transfer {
	t := &Transfer{drive: drive, base: folder}
	for i, f := range s.Items {
		name := cmp.Or(s.tops[i], f.Name())
		if f.IsRoot() {
			name = "."
		}
		t.parts = append(t.parts, part{f, path.Join(folder, name)})
	}
	return t
}

// Result is what became of the documents.
type Result struct {
	Total, Unchanged int64
	Restored, Failed int32
	Issues           []Issue
	Err              error // why the work broke off
}

// Issue is what could not be written.
type Issue struct{ ID, Path, Title, Error string }

// Result gives the result so far.
func (t *Transfer) Result() Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.result // issues are only ever added
}

func (t *Transfer) count(change func(*Result)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.result)
}

func (r Result) String() string {
	text := fmt.Sprintf("%d of %d items written", r.Restored, r.Total)
	if r.Unchanged > 0 {
		text += fmt.Sprintf(", %d unchanged", r.Unchanged)
	}
	if r.Failed > 0 {
		text += fmt.Sprintf(", %d failed", r.Failed)
	}
	return text
}

// Run does the work in the production directory of a OneDrive, alone.
func (t *Transfer) Run(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			t.count(func(r *Result) { r.Err = err })
		}
	}()
	if t.drive.UserDeleted {
		return fmt.Errorf("the user %s does not exist any more", t.drive.Owner)
	}
	target, release, err := t.drive.Production.open(ctx)
	if err != nil {
		return fmt.Errorf("open the production directory: %w", err)
	}
	defer release()
	t.target = target
	if t.base != "" {
		if err := target.root.MkdirAll(t.base, 0o755); err != nil {
			return fmt.Errorf("make the target folder: %w", err)
		}
	}
	// Everything is counted before the first document is written, so that one can see how far the work is.
	for _, restorePoint := range []func(context.Context, []*point, []*point) error{t.countPoint, t.restorePoint} {
		for _, t.part = range t.parts {
			if err := t.eachPoint(ctx, restorePoint); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachPoint calls do for the restore points that have something to write of a part, each with those before it and those
// that are newer.
func (t *Transfer) eachPoint(ctx context.Context, do func(_ context.Context, points, newer []*point) error) error {
	points := t.source.points
	for i := len(points) - 1; i >= 0; i-- {
		if i < len(points)-1 && (!t.Deleted || !points[i].has(t.source.path)) {
			continue
		}
		if err := do(ctx, points[:i+1], points[i+1:]); err != nil {
			return err
		}
	}
	return nil
}

// countPoint counts what restorePoint writes.
func (t *Transfer) countPoint(ctx context.Context, points, newer []*point) error {
	return points[len(points)-1].walk(t.source.path, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !hasDocument(newer, name) {
			t.count(func(r *Result) { r.Total++ })
		}
		return context.Cause(ctx)
	})
}

// restorePoint writes what the last of points has and the newer ones have not.
func (t *Transfer) restorePoint(ctx context.Context, points, newer []*point) error {
	return points[len(points)-1].walk(t.source.path, func(name string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		target := path.Join(t.prefix, t.source.relative(name))
		switch {
		case err != nil:
			t.fail(name, err)
		case entry.IsDir() && len(newer) > 0:
			// A folder that was deleted comes back with its documents.
		case entry.IsDir():
			if err := t.target.root.MkdirAll(target, 0o755); err != nil {
				t.fail(name, err)
			}
		case !hasDocument(newer, name):
			size, changed, err := t.document(ctx, points, name, target)
			if err != nil && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			t.Done(size, err == nil && changed)
			switch {
			case err != nil:
				t.fail(name, err)
				t.count(func(r *Result) { r.Failed++ })
			case changed:
				t.count(func(r *Result) { r.Restored++ })
			default:
				t.count(func(r *Result) { r.Unchanged++ })
			}
			return t.pause(ctx)
		}
		return nil
	})
}

// pause waits as long as the pace asks for, less long if ctx ends.
func (t *Transfer) pause(ctx context.Context) error {
	if t.Pace == 0 {
		return nil
	}
	timer := time.NewTimer(t.Pace)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func hasDocument(points []*point, name string) bool {
	for _, point := range points {
		if point.hasDocument(name) {
			return true
		}
	}
	return false
}

// fail reports what could not be written.
func (t *Transfer) fail(name string, err error) {
	title := path.Base(name)
	if name == "." {
		title = t.source.Drive.Name
	}
	issue := Issue{DocumentID(t.source.Drive.ID, name).String(), name, title, err.Error()}
	t.count(func(r *Result) { r.Issues = append(r.Issues, issue) })
}

// document writes one document and tells its size and whether anything was changed.
func (t *Transfer) document(
	ctx context.Context, points []*point, name, target string,
) (size int64, changed bool, err error) {
	newest := content{points[len(points)-1].fs, name}
	info, err := fs.Stat(newest.fs, name)
	if err != nil {
		return 0, false, err
	}
	permissions := fs.FileMode(0o644)
	if t.Permissions {
		permissions = info.Mode().Perm()
	}
	changed, err = t.write(ctx, points, newest, target, permissions)
	return info.Size(), changed, err
}

func (t *Transfer) write(
	ctx context.Context, points []*point, newest content, target string, permissions fs.FileMode,
) (changed bool, err error) {
	existing, err := t.target.root.Lstat(target)
	exists := err == nil
	switch {
	case exists && !existing.Mode().IsRegular():
		return false, fmt.Errorf("%s is there and is not a document", target)
	case !exists && !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	current := content{t.target.root.FS(), target}
	unchanged := false
	if exists {
		if unchanged, err = newest.same(current); err != nil {
			return false, err
		}
	}

	if exists && !unchanged {
		switch t.Conflict {
		case Keep:
			if target, err = t.target.freeName(target); err != nil {
				return false, err
			}
		case Merge:
			if err := t.remember(ctx, target, current); err != nil {
				return false, err
			}
		case Overwrite:
		}
	}
	if err := t.target.root.MkdirAll(path.Dir(target), 0o755); err != nil {
		return false, err
	}
	if t.AllVersions {
		if changed, err = t.olderVersions(ctx, points, newest.path, target); err != nil {
			return false, err
		}
	}
	if unchanged {
		if t.Permissions && existing.Mode().Perm() != permissions {
			return true, t.target.root.Chmod(target, permissions)
		}
		return changed, nil
	}
	return true, t.target.write(ctx, target, newest, permissions)
}

// olderVersions adds the older versions of a document to its history, except those that it has, and tells whether it
// added any.
func (t *Transfer) olderVersions(
	ctx context.Context, points []*point, name, target string,
) (added bool, err error) {
	versions, err := Document{Item{View{t.source.Drive, points}, name}}.Versions()
	if err != nil {
		return false, err
	}
	known, _, err := t.target.history(target)
	if err != nil {
		return false, err
	}
	for _, older := range versions[:len(versions)-1] {
		version := older.content()
		if there, err := version.sameAsAny(known); err != nil {
			return false, err
		} else if there {
			continue
		}
		if err := t.remember(ctx, target, version); err != nil {
			return false, err
		}
		known, added = append(known, version), true
	}
	return added, nil
}

// remember makes version the newest in the history of the document target.
func (t *Transfer) remember(ctx context.Context, target string, version content) error {
	_, next, err := t.target.history(target)
	if err != nil {
		return err
	}
	if err := t.target.root.MkdirAll(path.Dir(next), 0o755); err != nil {
		return err
	}
	return t.target.write(ctx, next, version, 0o644)
}
