package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

type orgsCommand struct {
	server
	output
}

// Run lists organizations.
func (c *orgsCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return show(c.output, t, client.Organizations(ctx), "%-36s  %-25s  %-25s  %s\n",
		[]any{"ID", "FIRST BACKUP", "LAST BACKUP", "NAME"},
		func(o api.Organization) (string, any, []any) {
			p := o.Properties
			return "organization", organization{
				p.ID, p.Name, p.OfficeName, p.Type, bool(p.IsBackedUp), optional(p.FirstBackupTime), optional(p.LastBackupTime),
			}, []any{p.ID, stamp(p.FirstBackupTime), stamp(p.LastBackupTime), p.Name}
		})
}

// organization is the JSON form of an organization.
type organization struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	OfficeName      string     `json:"officeName"`
	Type            string     `json:"type"`
	IsBackedUp      bool       `json:"isBackedup"`
	FirstBackupTime *time.Time `json:"firstBackupTime"`
	LastBackupTime  *time.Time `json:"lastBackupTime"`
}

// oneDrive is the JSON form of a OneDrive.
type oneDrive struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

type drivesCommand struct {
	scope
	output
}

// Run lists OneDrives.
func (c *drivesCommand) Run(ctx context.Context, t terminal) error {
	return c.withSession(ctx, t, func(ctx context.Context, session api.RestoreSession) error {
		return show(c.output, t, session.OneDrives(ctx), "%-72s  %-24s  %s\n", []any{"ID", "NAME", "URL"},
			func(d api.OneDrive) (string, any, []any) {
				p := d.Properties
				return "oneDrive", oneDrive{d.ID(), p.Name, p.URL}, []any{d.ID(), p.Name, p.URL}
			})
	})
}

// show writes each item of a list as soon as it is read: columns for people, a line of JSON for programs.
func show[T any](
	o output, t terminal, list iter.Seq2[T, error], format string, head []any,
	line func(T) (kind string, properties any, columns []any),
) error {
	for item, err := range list {
		if err != nil {
			return err
		}
		kind, properties, columns := line(item)
		if o.JSON {
			err = t.encode(kind, properties)
		} else {
			if head != nil {
				err = printf(t.out, format, head...)
				head = nil
			}
			if err == nil {
				err = printf(t.out, format, columns...)
			}
		}
		if err != nil {
			return outputError(err)
		}
	}
	return nil
}

// place holds the flags that select the folder to list. Without a path, that is the root of the OneDrive.
type place struct {
	folder
	output
}

func (c *place) with(
	ctx context.Context, t terminal, work func(context.Context, iter.Seq2[api.Item, error]) error,
) error {
	if c.Folder == "" && strings.Trim(c.Path, `/\`) == "" {
		return c.withDrive(ctx, t, func(ctx context.Context, drive api.OneDrive) error {
			return work(ctx, drive.Children(ctx))
		})
	}
	return c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
		return work(ctx, folder.Children(ctx))
	})
}

type lsCommand struct {
	place
}

// Run lists a folder.
func (c *lsCommand) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, t, func(_ context.Context, items iter.Seq2[api.Item, error]) error {
		return show(c.output, t, items, "%12v  %-23s  %s\n", nil, func(item api.Item) (string, any, []any) {
			l := itemOf(item, "", t.job.base.Owner)
			return l.Kind, l, []any{l.size(), l.modified(), l.name()}
		})
	})
}

// found is the JSON form of a folder or document, and of a line that --from reads.
type found struct {
	Kind       string     `json:"-"`    // folder or document
	Path       string     `json:"path"` // in its OneDrive, or relative to the folder that is listed
	Size       *int64     `json:"size"` // of a document, in bytes
	Modified   *time.Time `json:"modified"`
	Owner      string     `json:"owner"`
	OneDriveID string     `json:"oneDriveId"`
	ID         string     `json:"id"`
}

// itemOf returns the JSON form of an item. folder is the path of its parent, with a slash at the end.
func itemOf(item api.Item, folder, owner string) found {
	if f := item.Folder; f != nil {
		return found{
			"folder", folder + item.Name(), nil, optional(f.Properties.ModificationTime), owner, f.OneDrive().ID(), f.ID(),
		}
	}
	d := item.Document
	return found{
		"document", folder + item.Name(), new(d.Size()), optional(d.Properties.ModificationTime), owner, d.OneDrive().ID(),
		d.ID(),
	}
}

// size, modified and name are the columns of an item.
func (f found) size() any {
	if f.Size == nil {
		return "-"
	}
	return *f.Size
}

func (f found) modified() string {
	if f.Modified == nil {
		return "-"
	}
	return f.Modified.Format(stampLayout)
}

func (f found) name() string {
	if f.Kind == "folder" {
		return f.Path + "/"
	}
	return f.Path
}

type treeCommand struct {
	place

	Depth int `default:"-1" placeholder:"N" help:"Levels of subfolders to list. Default: all."`
}

// Run lists a folder and its subfolders.
func (c *treeCommand) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, t, func(ctx context.Context, items iter.Seq2[api.Item, error]) error {
		return walk(ctx, items, "", nil, c.Depth, func(item api.Item, path string, level int) error {
			f := itemOf(item, path, t.job.base.Owner)
			if c.JSON {
				return outputError(t.encode(f.Kind, f))
			}
			f.Path = item.Name()
			return outputError(printf(t.out, "%s\n", strings.Repeat("  ", level)+f.name()))
		})
	})
}

// maxLevels exceeds the depth of any OneDrive, whose paths have at most 400 characters.
const maxLevels = 256

// walk visits items and, recursively, those of their folders, down to a number of levels, -1 for all. above has the ids
// of the folders that contain the items.
func walk(
	ctx context.Context, items iter.Seq2[api.Item, error], path string, above []string, depth int,
	visit func(item api.Item, path string, level int) error,
) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := visit(item, path, len(above)); err != nil {
			return err
		}
		if item.Folder == nil || len(above) == depth {
			continue
		}
		id, name := item.Folder.ID(), item.Name()
		if slices.Contains(above, id) || len(above) == maxLevels {
			return fmt.Errorf("list %q: %w: the folder contains itself, or more than %d levels",
				path+name, api.ErrUnexpected, maxLevels)
		}
		err := walk(ctx, item.Folder.Children(ctx), path+name+"/", append(above, id), depth, visit)
		if err != nil {
			return err
		}
	}
	return nil
}
