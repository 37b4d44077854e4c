package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vbo365/vbo365-go/api"
)

type copyCommand struct {
	writing

	ToDrive  string `placeholder:"ID" xor:"to" help:"Id of the OneDrive to copy to."`
	ToURL    string `name:"to-url" placeholder:"URL" xor:"to" help:"Address of the OneDrive to copy to, instead of its id."`
	ToOwner  string `placeholder:"NAME" xor:"to" help:"Owner of the OneDrive to copy to: name or e-mail address of a user of the organization, whose OneDrive may not be backed up."`
	ToFolder string `placeholder:"PATH" help:"Folder in that OneDrive to copy into."`

	ChangedItems       *bool `negatable:"" help:"Copy all versions of the items."`
	DeletedItems       *bool `negatable:"" help:"Also copy items that were deleted before the point in time of the session."`
	RestorePermissions *bool `negatable:"" help:"Copy the permissions of the items."`

	SendSharedLinksNotification *bool `negatable:"" help:"Notify users by mail if they get access through a shared link (API v6 and later)."`

	DocumentVersion           string `enum:"all,last," default:"" placeholder:"all|last" help:"Versions of the documents to copy."`
	DocumentLastVersionAction string `enum:"overwrite,merge," default:"" placeholder:"overwrite|merge" help:"What to do with documents that exist in the target: replace the last version, or keep it as an earlier one."`
}

// Run copies items.
func (c *copyCommand) Run(ctx context.Context, t terminal) error {
	if c.ToDrive == "" && c.ToURL == "" && c.ToOwner == "" {
		return usageError{errors.New("--to-owner, --to-drive or --to-url is needed")}
	}
	to := api.OneDriveProperties{ID: c.ToDrive, URL: c.ToURL}
	find := func(ctx context.Context, session api.RestoreSession, _ []chosen) (err error) {
		if c.ToOwner != "" {
			to, err = findTarget(ctx, session, c.ToOwner)
		}
		t.job.base.Target = strings.TrimSuffix(cmp.Or(c.ToOwner, c.ToURL, c.ToDrive)+"/"+c.ToFolder, "/")
		return err
	}
	return c.write(ctx, t, find, func(
		ctx context.Context, items chosen, credentials credentials,
	) (api.Restore, error) {
		return items.StartCopyTo(ctx, api.CopyTo{
			UserName:                       credentials.userName,
			UserPassword:                   credentials.userPassword,
			UserCode:                       credentials.userCode,
			ApplicationID:                  credentials.applicationID,
			ApplicationCertificate:         credentials.certificate,
			ApplicationCertificatePassword: credentials.certificatePassword,
			OfficeRegion:                   api.OfficeRegion(c.OfficeRegion),
			OrganizationName:               c.OrganizationName,
			OneDrive:                       &to,
			Folder:                         c.ToFolder,
			ChangedItems:                   c.ChangedItems,
			DeletedItems:                   c.DeletedItems,
			RestorePermissions:             c.RestorePermissions,
			SendSharedLinksNotification:    c.SendSharedLinksNotification,
			DocumentVersion:                api.DocumentVersion(c.DocumentVersion),
			DocumentLastVersionAction:      api.DocumentLastVersionAction(c.DocumentLastVersionAction),
		})
	})
}

// findTarget returns the OneDrive of an owner: among those that are backed up, or those of the organization's users.
func findTarget(ctx context.Context, session api.RestoreSession, owner string) (api.OneDriveProperties, error) {
	drive, err := session.FindOneDrive(ctx, owner)
	if !errors.Is(err, api.ErrNotFound) {
		return api.OneDriveProperties{ID: drive.ID(), URL: drive.Properties.URL}, err
	}
	organization, err := session.Organization(ctx)
	if err != nil {
		return api.OneDriveProperties{}, err
	}
	user, err := organization.FindUser(ctx, owner)
	if err != nil {
		return api.OneDriveProperties{}, err
	}
	for drive, err := range user.OneDrives(ctx) {
		return api.OneDriveProperties{URL: drive.Properties.URL}, err
	}
	return api.OneDriveProperties{}, fmt.Errorf("%w: the user %s has no OneDrive", api.ErrNotFound, owner)
}
