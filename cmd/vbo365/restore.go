package main

import (
	"context"
	"fmt"
	"io"

	"github.com/vbo365/vbo365-go/api"
)

type restoreCommand struct {
	folder
	account
	output

	DocumentVersion string `enum:"all,last," default:"" placeholder:"all|last" help:"Which versions of the documents."`
	DocumentAction  string `enum:"overwrite,keep," default:"" placeholder:"overwrite|keep" help:"What to do with documents that are still there: replace them, or keep them and restore beside them."`
}

// Run restores a folder.
func (c *restoreCommand) Run(ctx context.Context, t terminal) error {
	return c.report(ctx, t, "restore", func() (any, error) {
		credentials, err := c.credentials(t)
		if err != nil {
			return nil, err
		}
		var result api.RestoreResult
		err = c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
			result, err = folder.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
				UserName:                       credentials.userName,
				UserPassword:                   credentials.userPassword,
				UserCode:                       credentials.userCode,
				ApplicationID:                  credentials.applicationID,
				ApplicationCertificate:         credentials.certificate,
				ApplicationCertificatePassword: credentials.certificatePassword,
				OfficeRegion:                   api.OfficeRegion(c.OfficeRegion),
				OrganizationName:               c.OrganizationName,
				DocumentVersion:                api.DocumentVersion(c.DocumentVersion),
				DocumentAction:                 api.DocumentAction(c.DocumentAction),
			})
			return err
		})
		return restored{result}, err
	})
}

// restored shows the result of a restore or copy.
type restored struct{ api.RestoreResult }

func (r restored) print(out io.Writer, action string) {
	if !r.Reported {
		_, _ = fmt.Fprintf(out, "%s: done; the server gave no numbers\n", action)
		return
	}
	_, _ = fmt.Fprintf(out, "%s: %d of %d items written, %d unchanged, %d failed\n", action, r.RestoredItemsCount,
		r.TotalItemsCount, r.SkippedItemsByNoChangesCount,
		int64(r.FailedItemsCount)+r.SkippedItemsByErrorCount+r.FailedRestrictionsCount)
	for _, issue := range r.RestoreIssues {
		_, _ = fmt.Fprintf(out, "  %s: %s\n", issue.Path, issue.Error)
	}
}
