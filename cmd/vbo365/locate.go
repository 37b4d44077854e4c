package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/vbo365/vbo365-go/api"
)

// scope holds the flags that select a backup: an existing restore session, or an organization and a point in time. For
// the latter, the command starts a restore session and stops it.
type scope struct {
	server

	Session         string `placeholder:"ID" xor:"org" help:"Id of a restore session. Default: start one, and stop it afterwards."`
	Org             string `placeholder:"NAME" xor:"org" help:"Name of the organization. Not needed if there is only one."`
	OwnOrganization bool   `xor:"org" help:"The organization of the account, for accounts that are not administrators."`
	ManagedUser     string `placeholder:"ADDRESS" help:"User whom the restore operator of --login operator manages. Default: what is the operator's own (API v6 and later)."`
	At              string `placeholder:"TIME" help:"Point in time: 2026-11-22 (the end of that day), 'yesterday 18:00', '2026-11-22 22:00 Europe/Berlin', or 2026-11-22T22:00:00Z; local without a zone. The latest backup at or before it counts. Or the id of a restore point. Default: now."`
	ShowDeleted     bool   `help:"Also show items that were deleted before that time (API v3 and later)."`
	ShowAllVersions bool   `help:"Show all versions of the items (API v3 and later)."`
}

// drive holds the flags that select a OneDrive.
type drive struct {
	scope

	Drive string `placeholder:"ID" xor:"drive" help:"Id of the OneDrive."`
	Owner string `placeholder:"NAME" xor:"drive" help:"Owner of the OneDrive: name or e-mail address."`
}

// folder holds the flags that select a folder.
type folder struct {
	drive

	Folder string `placeholder:"ID" xor:"folder" help:"Id of the folder."`
	Path   string `placeholder:"PATH" xor:"folder" help:"Path of the folder: Documents/Invoices."`
}

// withSession calls work with the selected restore session.
func (s scope) withSession(
	ctx context.Context, t terminal, work func(context.Context, api.RestoreSession) error,
) error {
	when := moment{options: api.ExploreOptions{User: s.ManagedUser}}
	if err := when.read(s.At, s.ShowDeleted, s.ShowAllVersions); err != nil {
		return err
	}
	if s.Session != "" && (s.At != "" || s.ShowDeleted || s.ShowAllVersions || s.ManagedUser != "") {
		return usageError{errors.New("--session has a point in time: --at, --show-deleted, --show-all-versions and " +
			"--managed-user are for the start of one")}
	}
	client, err := s.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	if s.Session != "" {
		t.job.base.Session = s.Session
		return work(ctx, client.RestoreSession(s.Session))
	}
	organization, err := s.organization(ctx, client)
	if err != nil {
		return err
	}
	if err := when.resolve(ctx, organization); err != nil {
		return err
	}
	err = organization.Explore(ctx, when.options, func(ctx context.Context, session api.RestoreSession) error {
		when.tell(ctx, t, s.At, organization, session)
		return work(ctx, session)
	})
	if left, ok := errors.AsType[*api.LeftSessionError](err); ok {
		id := left.Session.ID()
		if err == error(left) { //nolint:errorlint // not wrapped: the work succeeded
			t.warn("%v", left)
			err = nil
		}
		t.warn("to stop the session: vbo365 sessions stop %s", id)
	}
	return err
}

func (s scope) organization(ctx context.Context, client *api.Client) (api.Organization, error) {
	if s.OwnOrganization || s.Login == "operator" { // an operator may not list the organizations
		return client.OwnOrganization(), nil
	}
	organization, err := client.FindOrganization(ctx, cmp.Or(s.Org, s.org))
	if errors.Is(err, api.ErrAmbiguous) {
		err = usageError{fmt.Errorf("%w; name one with --org", err)}
	}
	return organization, err
}

// withDrive calls work with the selected OneDrive.
func (d drive) withDrive(ctx context.Context, t terminal, work func(context.Context, api.OneDrive) error) error {
	if d.Drive == "" && d.Owner == "" {
		return usageError{errors.New("--owner or --drive is needed")}
	}
	return d.withSession(ctx, t, func(ctx context.Context, session api.RestoreSession) error {
		if d.Drive != "" {
			return work(ctx, session.OneDrive(d.Drive))
		}
		drive, err := session.FindOneDrive(ctx, d.Owner)
		if err != nil {
			return err
		}
		t.job.base.Owner = drive.Properties.Name
		return work(ctx, drive)
	})
}

// withFolder calls work with the selected folder.
func (f folder) withFolder(ctx context.Context, t terminal, work func(context.Context, api.Folder) error) error {
	if f.Folder == "" && f.Path == "" {
		return usageError{errors.New("--path or --folder is needed")}
	}
	return f.withDrive(ctx, t, func(ctx context.Context, drive api.OneDrive) error {
		if f.Folder != "" {
			return work(ctx, drive.Folder(f.Folder))
		}
		folder, err := drive.FolderByPath(ctx, f.Path)
		if err != nil {
			return err
		}
		return work(ctx, folder)
	})
}
