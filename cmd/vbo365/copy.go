package main

import (
	"context"
	"errors"

	"github.com/vbo365/vbo365-go/api"
)

type copyCommand struct {
	writing

	ToDrive  string `placeholder:"ID" xor:"to" help:"Id of the OneDrive to copy to."`
	ToURL    string `name:"to-url" placeholder:"URL" xor:"to" help:"Address of the OneDrive to copy to, instead of its id."`
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
	if c.ToDrive == "" && c.ToURL == "" {
		return c.report(ctx, t, "copy", func() (any, error) {
			return nil, usageError{errors.New("--to-drive or --to-url is needed")}
		})
	}
	return c.write(ctx, t, "copy", func(
		ctx context.Context, items target, credentials credentials,
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
			OneDrive:                       &api.OneDriveProperties{ID: c.ToDrive, URL: c.ToURL},
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
