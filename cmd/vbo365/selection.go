package main

import (
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

// selection holds the flags that select folders and documents of a OneDrive, or all of it.
type selection struct {
	drive

	Path      []string `sep:"none" placeholder:"PATH" xor:"item" help:"Path of a folder or document: Documents/Invoices. Repeatable. / is the whole OneDrive."`
	Folder    []string `sep:"none" placeholder:"ID" xor:"item" help:"Id of a folder, instead of a path. Repeatable."`
	Document  []string `sep:"none" placeholder:"ID" xor:"item" help:"Id of a document, instead of a path. Repeatable."`
	VersionID int32    `placeholder:"N" help:"Number of a previous version of the folder or document, from the command versions (API v6 and later)."`

	from string // file with items that were found, - for standard input: the flag --from of some commands
}

// withTargets calls work with the selected items: those of one kind are one target.
func (s selection) withTargets(
	ctx context.Context, t terminal, work func(context.Context, api.RestoreSession, []target) error,
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

// perform calls do for each target, and writes the results. prepare is called before. If a target fails,
// except for single items of it, the others are left.
func (s selection) perform(
	ctx context.Context, t terminal, o output, action string, prepare func(context.Context, api.RestoreSession) error,
	do func(context.Context, target) (any, error),
) error {
	reported := false
	err := s.withTargets(ctx, t, func(ctx context.Context, session api.RestoreSession, targets []target) error {
		if err := prepare(ctx, session); err != nil {
			return err
		}
		var all error
		for _, items := range targets {
			reported = true
			err := o.report(ctx, t, action, func() (any, error) { return do(ctx, items) })
			all = both(all, err)
			if err != nil && !errors.Is(err, api.ErrIncomplete) {
				break
			}
		}
		return all
	})
	if !reported {
		return o.publish(t, action, nil, err)
	}
	return err
}

// nothing is the preparation of actions that need none.
func nothing(context.Context, api.RestoreSession) error { return nil }

// withFound calls work with the items of a search, which may be in several OneDrives.
func (s selection) withFound(
	ctx context.Context, t terminal, work func(context.Context, api.RestoreSession, []target) error,
) error {
	lines, err := readFound(s.from, t)
	if err != nil {
		return err
	}
	return s.withSession(ctx, t, func(ctx context.Context, session api.RestoreSession) error {
		var targets []target
		for len(lines) > 0 {
			drive := session.OneDrive(lines[0].OneDriveID)
			var items []api.Item
			lines = slices.DeleteFunc(lines, func(line found) bool {
				if line.OneDriveID != drive.ID() {
					return false
				}
				if line.Kind == "folder" {
					items = append(items, api.Item{Folder: new(drive.Folder(line.ID))})
				} else {
					items = append(items, api.Item{Document: new(drive.Document(line.ID))})
				}
				return true
			})
			targets = append(targets, group(drive, items)...)
		}
		if document, ok := targets[0].(*api.Document); ok && len(targets) == 1 {
			read, err := document.Get(ctx) // its size shows whether a save is complete
			if err != nil {
				return err
			}
			targets[0] = &read
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
		var line found
		err := decoder.Decode(&line)
		switch {
		case errors.Is(err, io.EOF) && len(lines) > 0:
			return lines, nil
		case errors.Is(err, io.EOF):
			return nil, usageError{fmt.Errorf("%s names no items", name)}
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

func (s selection) targets(ctx context.Context, drive api.OneDrive) ([]target, error) {
	var items []api.Item
	for _, path := range s.Path {
		if isRoot(path) {
			return []target{drive}, nil
		}
		item, err := drive.ItemByPath(ctx, path)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	for _, id := range s.Folder {
		items = append(items, api.Item{Folder: new(drive.Folder(id))})
	}
	for _, id := range s.Document {
		document, err := drive.Document(id).Get(ctx) // its size shows whether a save is complete
		if err != nil {
			return nil, err
		}
		items = append(items, api.Item{Document: &document})
	}
	if s.VersionID != 0 {
		if items[0].Folder != nil {
			return []target{items[0].Folder.Version(s.VersionID)}, nil
		}
		version, err := items[0].Document.Version(s.VersionID).Get(ctx)
		return []target{version}, err
	}
	return group(drive, items), nil
}

// group returns the targets for items: a single folder or document, and sets of several.
func group(drive api.OneDrive, items []api.Item) (targets []target) {
	var folder, document target
	var folders, documents []string
	for _, item := range items {
		if item.Folder != nil {
			folder, folders = item.Folder, append(folders, item.Folder.ID())
		} else {
			document, documents = item.Document, append(documents, item.Document.ID())
		}
	}
	if len(folders) > 1 {
		folder = drive.FolderSet(folders...)
	}
	if len(documents) > 1 {
		document = drive.DocumentSet(documents...)
	}
	return slices.DeleteFunc([]target{folder, document}, func(t target) bool { return t == nil })
}
