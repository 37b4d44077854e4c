package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

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
		func(o api.Organization) (any, []any) {
			p := o.Properties
			return p, []any{p.ID, stamp(p.FirstBackupTime), stamp(p.LastBackupTime), p.Name}
		})
}

type drivesCommand struct {
	scope
	output
}

// Run lists OneDrives.
func (c *drivesCommand) Run(ctx context.Context, t terminal) error {
	return c.withSession(ctx, t, func(ctx context.Context, session api.RestoreSession) error {
		return show(c.output, t, session.OneDrives(ctx), "%-72s  %-24s  %s\n", []any{"ID", "NAME", "URL"},
			func(d api.OneDrive) (any, []any) {
				return d.Properties, []any{d.ID(), d.Properties.Name, d.Properties.URL}
			})
	})
}

// show writes each item of a list as soon as it is read: columns for people, a line of JSON for programs.
func show[T any](
	o output, t terminal, list iter.Seq2[T, error], format string, head []any,
	line func(T) (properties any, columns []any),
) error {
	for item, err := range list {
		if err != nil {
			return err
		}
		properties, columns := line(item)
		if o.JSON {
			err = encode(t, properties)
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

// stamp formats a time. It returns "-" for none.
func stamp(t api.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04:05 MST")
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
		return show(c.output, t, items, "%12v  %-19s  %s\n", nil, func(item api.Item) (any, []any) {
			if item.Folder != nil {
				p := item.Folder.Properties
				return list(item, ""), []any{"-", p.ModificationTime.Format("2006-01-02 15:04:05"), p.Name + "/"}
			}
			p := item.Document.Properties
			return list(item, ""), []any{item.Document.Size(), p.ModificationTime.Format("2006-01-02 15:04:05"), p.Name}
		})
	})
}

// listed is the JSON form of an item.
type listed struct {
	Kind       string `json:"kind"`           // folder or document
	Path       string `json:"path"`           // relative to the listed folder
	Size       *int64 `json:"size,omitempty"` // of a document, in bytes
	Properties any    `json:"properties"`     // as the server's version of the API has them
}

// list returns the JSON form of an item. folder is the path of its parent, with a slash at the end.
func list(item api.Item, folder string) listed {
	if item.Folder != nil {
		return listed{Kind: "folder", Path: folder + item.Name(), Properties: item.Folder.Properties}
	}
	d := item.Document
	return listed{Kind: "document", Path: folder + item.Name(), Size: new(d.Size()), Properties: d.Properties}
}

type treeCommand struct {
	place

	Depth int `default:"-1" placeholder:"N" help:"Levels of subfolders to list. Default: all."`
}

// Run lists a folder and its subfolders.
func (c *treeCommand) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, t, func(ctx context.Context, items iter.Seq2[api.Item, error]) error {
		return c.walk(ctx, t, items, "", nil)
	})
}

// maxLevels exceeds the depth of any OneDrive, whose paths have at most 400 characters.
const maxLevels = 256

// walk lists items and, recursively, those of their folders. above has the ids of the folders that contain the items.
func (c *treeCommand) walk(
	ctx context.Context, t terminal, items iter.Seq2[api.Item, error], path string, above []string,
) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		name := item.Name()
		line := strings.Repeat("  ", len(above)) + name
		if item.Folder != nil {
			line += "/"
		}
		if c.JSON {
			err = encode(t, list(item, path))
		} else {
			err = printf(t.out, "%s\n", line)
		}
		if err != nil {
			return outputError(err)
		}
		if item.Folder == nil || len(above) == c.Depth {
			continue
		}
		id := item.Folder.ID()
		if slices.Contains(above, id) || len(above) == maxLevels {
			return fmt.Errorf("list %q: %w: the folder contains itself, or more than %d levels",
				path+name, api.ErrUnexpected, maxLevels)
		}
		if err := c.walk(ctx, t, item.Folder.Children(ctx), path+name+"/", append(above, id)); err != nil {
			return err
		}
	}
	return nil
}
