package main

import (
	"context"
	"errors"
	"iter"
	"path"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

type findCommand struct {
	scope
	output

	Drive     string `placeholder:"ID" xor:"drive" help:"Id of the OneDrive."`
	Owner     string `placeholder:"NAME" xor:"drive" help:"Owner of the OneDrive: name or e-mail address."`
	AllOwners bool   `xor:"drive" help:"All OneDrives."`
	Path      string `placeholder:"PATH" help:"Folder to search in. Default: the whole OneDrive."`

	Name           string `placeholder:"PATTERN" help:"Name of the items, with * for any characters and ? for one: '*.docx'."`
	ModifiedSince  string `placeholder:"TIME" help:"Only items that were changed at or after this time, in a form of --at."`
	ModifiedBefore string `placeholder:"TIME" help:"Only items that were changed before this time."`
	Documents      bool   `help:"Only documents."`
	Query          string `placeholder:"QUERY" help:"Query in the language of the server, in addition (API v4 and later)."`
}

// Run searches for items.
func (c *findCommand) Run(ctx context.Context, t terminal) error {
	query := api.Query{Name: c.Name, Raw: c.Query, Documents: c.Documents}
	var err error
	if query.ModifiedSince, err = parseTime("--modified-since", c.ModifiedSince, time.Now(), dayStart); err != nil {
		return err
	}
	if query.ModifiedBefore, err = parseTime("--modified-before", c.ModifiedBefore, time.Now(), dayStart); err != nil {
		return err
	}
	switch {
	case c.Drive == "" && c.Owner == "" && !c.AllOwners:
		return usageError{errors.New("--owner, --drive or --all-owners is needed")}
	case c.AllOwners && c.Path != "":
		return usageError{errors.New("--path is for one OneDrive")}
	case c.AllOwners:
		return c.withSession(ctx, t, func(ctx context.Context, session api.RestoreSession) error {
			return c.print(ctx, t, session, session.Search(ctx, query))
		})
	}
	one := drive{scope: c.scope, Drive: c.Drive, Owner: c.Owner}
	return one.withDrive(ctx, t, func(ctx context.Context, drive api.OneDrive) error {
		items := drive.Search(ctx, query)
		if c.Path != "" && !isRoot(c.Path) {
			folder, err := drive.FolderByPath(ctx, c.Path)
			if err != nil {
				return err
			}
			items = folder.Search(ctx, query)
		}
		return c.print(ctx, t, drive.RestoreSession(), items)
	})
}

// print writes each item as soon as it is found.
func (c *findCommand) print(
	ctx context.Context, t terminal, session api.RestoreSession, items iter.Seq2[api.Item, error],
) error {
	places := places{folders: make(map[string]string), owners: make(map[string]string)}
	for drive, err := range session.OneDrives(ctx) {
		if err != nil {
			return err
		}
		places.owners[drive.ID()] = drive.Properties.Name
	}
	located := func(yield func(found, error) bool) {
		for item, err := range items {
			var at found
			if err == nil {
				at, err = places.locate(ctx, item)
			}
			if !yield(at, err) || err != nil {
				return
			}
		}
	}
	return show(c.output, t, located, "%12v  %-23s  %-24s  %s\n", []any{"SIZE", "MODIFIED", "OWNER", "PATH"},
		func(f found) (string, any, []any) {
			return f.Kind, f, []any{f.size(), f.modified(), f.Owner, f.name()}
		})
}

// places has the paths of folders, and the owners of OneDrives, by their ids.
type places struct{ folders, owners map[string]string }

func (p places) locate(ctx context.Context, item api.Item) (f found, err error) {
	if item.Folder != nil {
		f = itemOf(item, "", p.owners[item.Folder.OneDrive().ID()])
		f.Path, err = p.path(ctx, item.Folder.OneDrive(), f.Path, item.Folder.Properties.Links["parent"].Href, 0)
		return f, err
	}
	d := item.Document
	f = itemOf(item, "", p.owners[d.OneDrive().ID()])
	f.Path, err = p.path(ctx, d.OneDrive(), f.Path, d.Properties.Links["parent"].Href, 0)
	return f, err
}

// path returns the path of an item in its OneDrive. parent is the link to its folder, empty at the root. Each folder is
// read once.
func (p places) path(ctx context.Context, drive api.OneDrive, name, parent string, level int) (string, error) {
	if parent == "" || level > maxLevels {
		return name, nil
	}
	id := path.Base(parent)
	if _, known := p.folders[id]; !known {
		folder, err := drive.Folder(id).Get(ctx)
		if err != nil {
			return "", err
		}
		properties := folder.Properties
		if p.folders[id], err = p.path(ctx, drive, properties.Name, properties.Links["parent"].Href, level+1); err != nil {
			return "", err
		}
	}
	return path.Join(p.folders[id], name), nil
}
