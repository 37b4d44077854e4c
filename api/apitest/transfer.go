package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

// onConflict says what becomes of a document that the target has with another content.
type onConflict int

const (
	keep      onConflict = iota // it stays, and the new one gets another name
	overwrite                   // it is replaced
	merge                       // it becomes an earlier version of the new one
)

// transfer writes folders of a backup into a production directory: the work that restores and copies share.
//
// Each document is done on its own. One that fails is counted and reported, and the rest goes on. Existing documents
// with the same content are left alone.
type transfer struct {
	drive       *drive // that is written to
	verb        string // what is done, for people
	location    string // where it goes, for people
	parts       []part
	base        string // folder in the target that is made before anything is written; empty: none
	conflict    onConflict
	allVersions bool          // older versions go into the version history, unless they are in it
	deleted     bool          // documents that only earlier restore points have are written, too
	permissions bool          // permission bits are those of the backup
	pace        time.Duration // after each document
	event       *event

	part   // the one at hand
	target production

	mu     sync.Mutex // guards result
	result counts
}

// part is a folder and where it goes.
type part struct {
	source folder
	prefix string // folder in the target that takes the content of the source
}

// counts is what became of the documents.
type counts struct {
	total, unchanged int64
	restored, failed int32
	issues           []server.RestoreIssue
	err              error // why the work broke off
}

// counts gives the result so far.
func (t *transfer) counts() counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.result // issues are only ever added
}

func (t *transfer) count(change func(*counts)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.result)
}

func (c counts) statistics() server.RestoreStatistics {
	zero := int64(0)
	issues := append([]server.RestoreIssue{}, c.issues...)
	return server.RestoreStatistics{
		TotalItemsCount:              &c.total,
		RestoredItemsCount:           &c.restored,
		FailedItemsCount:             &c.failed,
		SkippedItemsByErrorCount:     &zero,
		SkippedItemsByNoChangesCount: &c.unchanged,
		FailedRestrictionsCount:      &zero,
		RestoreIssues:                &issues,
	}
}

// status is that of an event.
func (c counts) status() server.EventStatus {
	switch {
	case c.failed > 0 && int64(c.failed) == c.total:
		return server.EventStatusFailed
	case len(c.issues) > 0:
		return server.EventStatusWarning
	default:
		return server.EventStatusSuccess
	}
}

func (c counts) String() string {
	text := fmt.Sprintf("%d of %d items written", c.restored, c.total)
	if c.unchanged > 0 {
		text += fmt.Sprintf(", %d unchanged", c.unchanged)
	}
	if c.failed > 0 {
		text += fmt.Sprintf(", %d failed", c.failed)
	}
	return text
}

// run does the work in the production directory of a OneDrive, alone, and ends the event.
func (t *transfer) run(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			t.count(func(c *counts) { c.err = err })
			t.event.fail(err)
			return
		}
		result := t.counts()
		t.event.end(result.status(), result.String())
	}()
	target, release, err := openProduction(ctx, t.drive)
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
	for _, restorePoint := range []func(context.Context, []*restorePoint, []*restorePoint) error{t.countPoint, t.restorePoint} {
		for _, t.part = range t.parts {
			if err := t.eachPoint(ctx, restorePoint); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachPoint calls do for the restore points that have something to write of a part, each with those before it and those that are
// newer.
func (t *transfer) eachPoint(ctx context.Context, do func(_ context.Context, points, newer []*restorePoint) error) error {
	points := t.source.points
	for i := len(points) - 1; i >= 0; i-- {
		if i < len(points)-1 && (!t.deleted || !points[i].hasFolder(t.source.path)) {
			continue
		}
		if err := do(ctx, points[:i+1], points[i+1:]); err != nil {
			return err
		}
	}
	return nil
}

// countPoint counts what restorePoint writes.
func (t *transfer) countPoint(ctx context.Context, points, newer []*restorePoint) error {
	return points[len(points)-1].walk(t.source.path, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !hasDocument(newer, name) {
			t.count(func(c *counts) { c.total++ })
		}
		return context.Cause(ctx)
	})
}

// restorePoint writes what the last of points has and the newer ones have not.
func (t *transfer) restorePoint(ctx context.Context, points, newer []*restorePoint) error {
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
			t.event.add(size, err == nil && changed)
			switch {
			case err != nil:
				t.fail(name, err)
				t.count(func(c *counts) { c.failed++ })
			case changed:
				t.count(func(c *counts) { c.restored++ })
			default:
				t.count(func(c *counts) { c.unchanged++ })
			}
			return t.pause(ctx)
		}
		return nil
	})
}

// pause waits as long as the pace asks for, less long if ctx ends.
func (t *transfer) pause(ctx context.Context) error {
	if t.pace == 0 {
		return nil
	}
	timer := time.NewTimer(t.pace)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func hasDocument(points []*restorePoint, name string) bool {
	for _, point := range points {
		if point.hasDocument(name) {
			return true
		}
	}
	return false
}

// fail reports what could not be written.
func (t *transfer) fail(name string, err error) {
	id, title := documentID(t.source.ID, name).String(), path.Base(name)
	kind, message := server.RestoreIssueTypeItem, err.Error()
	if name == "." {
		title = t.source.Name
	}
	issue := server.RestoreIssue{ID: &id, Path: &name, Title: &title, Type: &kind, Warnings: &[]string{}, Error: &message}
	t.count(func(c *counts) { c.issues = append(c.issues, issue) })
}

// document writes one document and tells its size and whether anything was changed.
func (t *transfer) document(
	ctx context.Context, points []*restorePoint, name, target string,
) (size int64, changed bool, err error) {
	newest := document{points[len(points)-1].fs, name}
	info, err := fs.Stat(newest.fs, name)
	if err != nil {
		return 0, false, err
	}
	permissions := fs.FileMode(0o644)
	if t.permissions {
		permissions = info.Mode().Perm()
	}
	changed, err = t.write(ctx, points, newest, target, permissions)
	return info.Size(), changed, err
}

func (t *transfer) write(
	ctx context.Context, points []*restorePoint, newest document, target string, permissions fs.FileMode,
) (changed bool, err error) {
	existing, err := t.target.root.Lstat(target)
	exists := err == nil
	switch {
	case exists && !existing.Mode().IsRegular():
		return false, fmt.Errorf("%s is there and is not a document", target)
	case !exists && !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	current := document{t.target.root.FS(), target}
	unchanged := false
	if exists {
		if unchanged, err = newest.same(current); err != nil {
			return false, err
		}
	}

	if exists && !unchanged {
		switch t.conflict {
		case keep:
			if target, err = t.target.freeName(target); err != nil {
				return false, err
			}
		case merge:
			if err := t.remember(ctx, target, current); err != nil {
				return false, err
			}
		case overwrite:
		}
	}
	if err := t.target.root.MkdirAll(path.Dir(target), 0o755); err != nil {
		return false, err
	}
	if t.allVersions {
		if changed, err = t.olderVersions(ctx, points, newest.path, target); err != nil {
			return false, err
		}
	}
	if unchanged {
		if t.permissions && existing.Mode().Perm() != permissions {
			return true, t.target.root.Chmod(target, permissions)
		}
		return changed, nil
	}
	return true, t.target.write(ctx, target, newest, permissions)
}

// olderVersions adds the older versions of a document to its history, except those that it has, and tells whether it
// added any.
func (t *transfer) olderVersions(
	ctx context.Context, points []*restorePoint, name, target string,
) (added bool, err error) {
	versions, err := versionsOf(points, name)
	if err != nil {
		return false, err
	}
	for _, version := range versions[:len(versions)-1] {
		history, _, err := t.target.history(target)
		if err != nil {
			return false, err
		}
		var known []document
		for _, earlier := range history {
			known = append(known, document{t.target.root.FS(), earlier})
		}
		if there, err := version.sameAsAny(known); err != nil {
			return false, err
		} else if there {
			continue
		}
		if err := t.remember(ctx, target, version); err != nil {
			return false, err
		}
		added = true
	}
	return added, nil
}

// remember makes version the newest in the history of the document target.
func (t *transfer) remember(ctx context.Context, target string, version document) error {
	_, next, err := t.target.history(target)
	if err != nil {
		return err
	}
	if err := t.target.root.MkdirAll(path.Dir(next), 0o755); err != nil {
		return err
	}
	return t.target.write(ctx, next, version, 0o644)
}

// freeName gives the name beside an existing document under which another one is kept: "a (restored).txt", "a (restored
// 2).txt" and so on.
func (p production) freeName(name string) (string, error) {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	if path.Base(name) == extension { // a name like .profile has no extension
		stem, extension = name, ""
	}
	for n := 1; ; n++ {
		number := ""
		if n > 1 {
			number = " " + strconv.Itoa(n)
		}
		free := stem + " (restored" + number + ")" + extension
		if _, err := p.root.Lstat(free); errors.Is(err, fs.ErrNotExist) {
			return free, nil
		} else if err != nil {
			return "", err
		}
	}
}

// openProduction opens the production directory of a drive for writing, alone: it waits until nobody else writes there, or
// ctx ends. release must be called.
func openProduction(ctx context.Context, d *drive) (_ production, release func(), err error) {
	select {
	case d.writing <- struct{}{}:
	case <-ctx.Done():
		return production{}, nil, context.Cause(ctx)
	}
	defer func() {
		if err != nil {
			<-d.writing
		}
	}()
	if err := os.MkdirAll(d.Production, 0o755); err != nil { // it may have been removed meanwhile
		return production{}, nil, err
	}
	root, err := os.OpenRoot(d.Production)
	if err != nil {
		return production{}, nil, err
	}
	return production{root}, func() {
		_ = root.Close()
		<-d.writing
	}, nil
}
