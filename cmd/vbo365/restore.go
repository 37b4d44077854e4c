package main

import (
	"context"
	"errors"
	"io"

	"github.com/vbo365/vbo365-go/api"
)

type restoreCommand struct {
	writing

	DocumentVersion string `enum:"all,last," default:"" placeholder:"all|last" help:"Versions of the documents to restore (API v2 to v5, and with --login operator)."`
	DocumentAction  string `enum:"overwrite,keep," default:"" placeholder:"overwrite|keep" help:"What to do with documents that still exist: replace them, or keep them and restore beside them."`
}

// Run restores items.
func (c *restoreCommand) Run(ctx context.Context, t terminal) error {
	return c.write(ctx, t, "restore", nothing, func(
		ctx context.Context, items target, credentials credentials,
	) (api.Restore, error) {
		return items.StartRestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
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
	})
}

// writing holds the flags that restore and copy share.
type writing struct {
	selection
	account
	output

	From   string `placeholder:"FILE" help:"File with the items: lines of 'find --json'. - is standard input."`
	Detach bool   `help:"Do not wait for the end. Print the id of the session that does the work, for 'sessions wait'. Servers before API v8 respond at the end. Needs --session."`
}

// write performs a restore or copy.
func (w writing) write(
	ctx context.Context, t terminal, action string, prepare func(context.Context, api.RestoreSession) error,
	start func(context.Context, target, credentials) (api.Restore, error),
) error {
	if w.Detach && w.Session == "" {
		err := errors.New("--detach needs --session: the command stops a session that it has started")
		return w.publish(t, action, nil, usageError{err})
	}
	var credentials credentials
	if action != "restore" || w.Login != "operator" { // who has none of Microsoft 365
		var err error
		if credentials, err = w.credentials(ctx, t); err != nil {
			return w.publish(t, action, nil, err)
		}
	}
	confirm := func(ctx context.Context, session api.RestoreSession) (err error) {
		if err := prepare(ctx, session); err != nil {
			return err
		}
		if w.DeviceCode != "" {
			credentials.userCode, err = w.confirm(ctx, t, session)
		}
		return err
	}
	w.from = w.From
	return w.perform(ctx, t, w.output, action, confirm, func(ctx context.Context, items target) (any, error) {
		restore, err := start(ctx, items, credentials)
		if err != nil {
			return nil, err
		}
		if w.Detach && restore.SessionID() != "" {
			return begun{restore.SessionID()}, nil
		}
		done, err := w.follow(ctx, t, restore)
		return restored{done}, err
	})
}

// follow waits for the end, and shows the progress.
func (o output) follow(ctx context.Context, t terminal, restore api.Restore) (api.RestoreResult, error) {
	bar := o.progress(t, "", false)
	defer bar.end()
	return restore.Wait(ctx, api.WithRestoreProgress(func(p api.RestoreProgress) {
		if restore.SessionID() != "" && p.Total > 0 {
			bar.update(p.Restored+p.Failed+p.Skipped, p.Total)
		}
	}))
}

// begun is the result of a restore or copy that continues without the command.
type begun struct {
	SessionID string `json:"sessionId"`
}

func (b begun) print(out io.Writer, action string) {
	_ = printf(out, "%s: started in session %s\n", action, b.SessionID)
}

// restored is the result of a restore or copy.
type restored struct{ api.RestoreResult }

func (r restored) print(out io.Writer, action string) {
	if !r.Reported {
		_ = printf(out, "%s: done; the server reported no numbers\n", action)
		return
	}
	_ = printf(out, "%s: %d of %d items written, %d unchanged, %d failed\n", action, r.RestoredItemsCount,
		r.TotalItemsCount, r.SkippedItemsByNoChangesCount,
		int64(r.FailedItemsCount)+r.SkippedItemsByErrorCount+r.FailedRestrictionsCount)
	for _, issue := range r.RestoreIssues {
		_ = printf(out, "  %s: %s\n", issue.Path, issue.Error)
	}
}
