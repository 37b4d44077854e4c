package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api"
)

// A target is what can be restored, copied, sent and saved with one request.
type target interface {
	StartRestoreToOriginalLocation(context.Context, api.RestoreToOriginalLocation) (api.Restore, error)
	StartCopyTo(context.Context, api.CopyTo) (api.Restore, error)
	SendTo(context.Context, api.SendTo) error
	Save(context.Context) (*api.Download, error)
	SaveFile(context.Context, string, ...api.SaveFileOption) (api.SaveReport, error)
}

// A chosen is a target with what results and a dry run say about it.
type chosen struct {
	target

	drive api.OneDrive
	owner string
	items []api.Item // none: the whole OneDrive
	names []string   // paths, or ids
}

// selection holds the flags that select folders and documents of a OneDrive, or all of it, for an action.
type selection struct {
	drive
	watching

	Path      []string `sep:"none" placeholder:"PATH" xor:"item" help:"Path of a folder or document: Documents/Invoices. Repeatable. / is the whole OneDrive."`
	Folder    []string `sep:"none" placeholder:"ID" xor:"item" help:"Id of a folder, instead of a path. Repeatable."`
	Document  []string `sep:"none" placeholder:"ID" xor:"item" help:"Id of a document, instead of a path. Repeatable."`
	VersionID int32    `placeholder:"N" help:"Number of a previous version of the folder or document, from the command versions (API v6 and later)."`
	DryRun    bool     `help:"Show what would be done: the number of documents, their size and the restore point. Nothing is changed, except that a restore session is started and stopped."`

	from string // file with items that were found, - for standard input: the flag --from of some commands
}

// withTargets calls work with the selected items: those of one kind are one target.
func (s selection) withTargets(
	ctx context.Context, t terminal, work func(context.Context, api.RestoreSession, []chosen) error,
) error {
	items := len(s.Path) + len(s.Folder) + len(s.Document)
	switch {
	case s.from != "" && (items > 0 || s.Owner != "" || s.Drive != "" || s.VersionID != 0):
		return usageError{errors.New("--from names the items and their OneDrives: no other flag does")}
	case s.from != "":
		return s.withFound(ctx, t, work)
	case items == 0:
		return usageError{errors.New("--path, --folder, --document or --from is needed")}
	case items > 1 && s.VersionID != 0:
		return usageError{errors.New("--version-id is for one folder or document")}
	}
	for _, path := range s.Path {
		if isRoot(path) && (items > 1 || s.VersionID != 0) {
			return usageError{errors.New("--path / is the whole OneDrive: it needs no other path, and has no versions")}
		}
	}
	return s.withDrive(ctx, t, func(ctx context.Context, drive api.OneDrive) error {
		targets, err := s.targets(ctx, drive)
		if err != nil {
			return err
		}
		return work(ctx, drive.RestoreSession(), targets)
	})
}

// perform calls do for each target, or counts what it has if this is a dry run. prepare is called before. If a target
// fails, except for single items of it, the others are left.
func (s selection) perform(
	ctx context.Context, t terminal, prepare func(context.Context, api.RestoreSession, []chosen) error,
	do func(context.Context, chosen, *result, *progress) error,
) error {
	t.job.base.DryRun = s.DryRun
	return s.withTargets(ctx, t, func(ctx context.Context, session api.RestoreSession, targets []chosen) error {
		if err := prepare(ctx, session, targets); err != nil {
			return err
		}
		var all error
		for _, items := range targets {
			err := t.report(ctx, func(r *result) error {
				r.Owner, r.OneDriveID, r.Items = items.owner, items.drive.ID(), items.names
				if s.DryRun {
					return items.rehearse(ctx, r)
				}
				p := s.progress(t)
				defer p.end()
				return do(ctx, items, r, p)
			})
			all = both(all, err)
			if err != nil && !errors.Is(err, api.ErrIncomplete) {
				break
			}
		}
		return all
	})
}

// withFound calls work with the items of a search, which may be in several OneDrives.
func (s selection) withFound(
	ctx context.Context, t terminal, work func(context.Context, api.RestoreSession, []chosen) error,
) error {
	lines, err := readFound(s.from, t)
	if err != nil {
		return err
	}
	return s.withSession(ctx, t, func(ctx context.Context, session api.RestoreSession) error {
		var targets []chosen
		for len(lines) > 0 {
			all := chosen{drive: session.OneDrive(lines[0].OneDriveID), owner: lines[0].Owner}
			lines = slices.DeleteFunc(lines, func(line found) bool {
				if line.OneDriveID != all.drive.ID() {
					return false
				}
				if line.Kind == "folder" {
					all.add(api.Item{Folder: new(all.drive.Folder(line.ID))}, cmp.Or(line.Path, line.ID))
				} else {
					all.add(api.Item{Document: new(all.drive.Document(line.ID))}, cmp.Or(line.Path, line.ID))
				}
				return true
			})
			targets = append(targets, all.split()...)
		}
		if document, ok := targets[0].target.(*api.Document); ok && len(targets) == 1 {
			read, err := document.Get(ctx) // its size shows whether a save is complete
			if err != nil {
				return err
			}
			targets[0].target, targets[0].items[0].Document = &read, &read
		}
		return work(ctx, session, targets)
	})
}

// readFound reads the lines that the command find writes.
func readFound(name string, t terminal) (lines []found, err error) {
	in := t.in
	if name != "-" {
		if in, err = os.Open(name); err != nil {
			return nil, usageError{err}
		}
		defer func() { _ = in.Close() }()
	}
	decoder := json.NewDecoder(in)
	for {
		var read struct {
			Kind string `json:"kind"`
			found
		}
		err := decoder.Decode(&read)
		line := read.found
		line.Kind = read.Kind
		switch {
		case errors.Is(err, io.EOF) && len(lines) > 0:
			return lines, nil
		case errors.Is(err, io.EOF):
			return nil, usageError{fmt.Errorf("%s names no items", name)}
		case err == nil && line.Kind == "result":
			err = errors.New("it is an error, so that the list may not be complete")
		case err == nil && (line.ID == "" || line.OneDriveID == "" || line.Kind != "folder" && line.Kind != "document"):
			err = errors.New("it needs kind, oneDriveId and id")
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d is not one of find --json: %w", name, len(lines)+1, err)}
		}
		lines = append(lines, line)
	}
}

// isRoot reports whether a path is that of the whole OneDrive.
func isRoot(path string) bool { return path != "" && strings.Trim(path, `/\`) == "" }

func (s selection) targets(ctx context.Context, drive api.OneDrive) ([]chosen, error) {
	all := chosen{drive: drive, owner: drive.Properties.Name}
	for _, path := range s.Path {
		if isRoot(path) {
			all.target, all.names = drive, s.Path
			return []chosen{all}, nil
		}
		item, err := drive.ItemByPath(ctx, path)
		if err != nil {
			return nil, err
		}
		all.add(item, path)
	}
	for _, id := range s.Folder {
		all.add(api.Item{Folder: new(drive.Folder(id))}, id)
	}
	for _, id := range s.Document {
		document, err := drive.Document(id).Get(ctx) // its size shows whether a save is complete
		if err != nil {
			return nil, err
		}
		all.add(api.Item{Document: &document}, id)
	}
	if s.VersionID == 0 {
		return all.split(), nil
	}
	if folder := all.items[0].Folder; folder != nil {
		all.target = folder.Version(s.VersionID)
		return []chosen{all}, nil
	}
	version, err := all.items[0].Document.Version(s.VersionID).Get(ctx)
	all.target = version
	return []chosen{all}, err
}

func (c *chosen) add(item api.Item, name string) {
	c.items, c.names = append(c.items, item), append(c.names, name)
}

// split returns the targets for the items: a single folder or document, and sets of several.
func (c *chosen) split() (targets []chosen) {
	folders, documents := chosen{drive: c.drive, owner: c.owner}, chosen{drive: c.drive, owner: c.owner}
	var folderIDs, documentIDs []string
	for i, item := range c.items {
		if item.Folder != nil {
			folders.add(item, c.names[i])
			folders.target, folderIDs = item.Folder, append(folderIDs, item.Folder.ID())
		} else {
			documents.add(item, c.names[i])
			documents.target, documentIDs = item.Document, append(documentIDs, item.Document.ID())
		}
	}
	if len(folderIDs) > 1 {
		folders.target = c.drive.FolderSet(folderIDs...)
	}
	if len(documentIDs) > 1 {
		documents.target = c.drive.DocumentSet(documentIDs...)
	}
	return slices.DeleteFunc([]chosen{folders, documents}, func(c chosen) bool { return c.target == nil })
}
