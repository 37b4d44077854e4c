package main

import (
	"context"
	"iter"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

type versionsCommand struct {
	drive
	output

	Path string `arg:"" help:"Path of the folder or document."`
}

// version is the JSON form of a version.
type version struct {
	VersionID int32      `json:"versionId"`
	Size      *int64     `json:"size"` // of a document, in bytes
	Modified  *time.Time `json:"modified"`
}

// Run lists the previous versions of an item.
func (c *versionsCommand) Run(ctx context.Context, t terminal) error {
	c.ShowAllVersions = c.Session == ""
	return c.withDrive(ctx, t, func(ctx context.Context, drive api.OneDrive) error {
		item, err := drive.ItemByPath(ctx, c.Path)
		if err != nil {
			return err
		}
		var versions iter.Seq2[version, error]
		if item.Folder != nil {
			versions = each(item.Folder.Versions(ctx), func(f api.PreviousFolder) version {
				return version{f.ID(), nil, optional(f.Properties.ModificationTime)}
			})
		} else {
			versions = each(item.Document.Versions(ctx), func(d api.PreviousDocument) version {
				return version{d.ID(), new(d.Size()), optional(d.Properties.ModificationTime)}
			})
		}
		return show(c.output, t, versions, "%10v  %12v  %s\n", []any{"VERSION", "SIZE", "MODIFIED"},
			func(v version) (string, any, []any) {
				columns := found{Size: v.Size, Modified: v.Modified}
				return "version", v, []any{v.VersionID, columns.size(), columns.modified()}
			})
	})
}

// each converts the items of a list.
func each[T, U any](list iter.Seq2[T, error], convert func(T) U) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for item, err := range list {
			if !yield(convert(item), err) {
				return
			}
		}
	}
}

type restorePointsCommand struct {
	server
	output

	Org   string `placeholder:"NAME" help:"Name of the organization. Not needed if there is only one."`
	Owner string `placeholder:"NAME" help:"Only restore points with data of this user: e-mail address or name (API v8)."`
	From  string `placeholder:"TIME" help:"Only restore points of this time or later, in a form of --at of the other commands."`
	To    string `placeholder:"TIME" help:"Only restore points of this time or earlier."`
}

// listedPoint is the JSON form of a restore point in a list.
type listedPoint struct {
	ID         string     `json:"id"`
	BackupTime *time.Time `json:"backupTime"`
	Type       string     `json:"type"` // backup, copy, archived or retrieved
}

// Run lists restore points.
func (c *restorePointsCommand) Run(ctx context.Context, t terminal) error {
	from, err := parseTime("--from", c.From, time.Now(), dayStart)
	if err != nil {
		return err
	}
	options := api.RestorePointOptions{From: from}
	if options.To, err = parseTime("--to", c.To, time.Now(), dayEnd); err != nil {
		return err
	}
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	organization, err := scope{Org: c.Org}.organization(ctx, client)
	if err != nil {
		return err
	}
	if c.Owner != "" {
		user, err := organization.FindUser(ctx, c.Owner)
		if err != nil {
			return err
		}
		options.UserID = user.ID()
	}
	return show(c.output, t, organization.RestorePoints(ctx, options), "%-23s  %-9s  %s\n",
		[]any{"TIME", "KIND", "ID"}, func(p api.RestorePoint) (string, any, []any) {
			kind := "backup"
			switch {
			case p.IsRetrieved:
				kind = "retrieved"
			case p.IsLongTermCopy:
				kind = "archived"
			case p.IsCopy:
				kind = "copy"
			}
			return "restorePoint", listedPoint{p.ID, optional(p.BackupTime), kind}, []any{stamp(p.BackupTime), kind, p.ID}
		})
}
