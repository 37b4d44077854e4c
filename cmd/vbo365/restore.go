package main

import (
	"context"
	"errors"

	"github.com/vbo365/vbo365-go/api"
)

type restoreCommand struct {
	writing
	asking

	DocumentVersion string `enum:"all,last," default:"" placeholder:"all|last" help:"Versions of the documents to restore (API v2 to v5, and with --login operator)."`
	DocumentAction  string `enum:"overwrite,keep," default:"" placeholder:"overwrite|keep" help:"What to do with documents that still exist: replace them, or keep them and restore beside them."`
}

// Run restores items.
func (c *restoreCommand) Run(ctx context.Context, t terminal) error {
	check := func(ctx context.Context, _ api.RestoreSession, targets []chosen) error {
		if c.DocumentAction == "keep" || c.DryRun {
			return nil
		}
		return c.allow(ctx, t, targets)
	}
	return c.write(ctx, t, check, func(
		ctx context.Context, items chosen, credentials credentials,
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
	ctx context.Context, t terminal, prepare func(context.Context, api.RestoreSession, []chosen) error,
	start func(context.Context, chosen, credentials) (api.Restore, error),
) error {
	if w.Detach && w.Session == "" {
		return usageError{errors.New("--detach needs --session: the command stops a session that it has started")}
	}
	var credentials credentials
	// A dry run needs none, and restore operators have none.
	if !w.DryRun && (t.job.base.Action != "restore" || w.Login != "operator") {
		var err error
		if credentials, err = w.credentials(ctx, t); err != nil {
			return err
		}
	}
	confirm := func(ctx context.Context, session api.RestoreSession, targets []chosen) (err error) {
		if err := prepare(ctx, session, targets); err != nil {
			return err
		}
		if w.DeviceCode != "" && !w.DryRun {
			credentials.userCode, err = w.confirm(ctx, t, session)
		}
		return err
	}
	w.from = w.From
	return w.perform(ctx, t, confirm, func(ctx context.Context, items chosen, r *result, p *progress) error {
		restore, err := start(ctx, items, credentials)
		if err != nil {
			return err
		}
		r.WorkSession = restore.SessionID()
		if w.Detach && r.WorkSession != "" {
			r.summary = "started in session " + r.WorkSession
			return nil
		}
		return r.follow(ctx, restore, p)
	})
}

// follow waits for the end of a restore or copy.
func (r *result) follow(ctx context.Context, restore api.Restore, p *progress) error {
	done, err := restore.Wait(ctx, api.WithRestoreProgress(func(now api.RestoreProgress) {
		if restore.SessionID() != "" && now.Total > 0 {
			p.update(now.Restored+now.Failed+now.Skipped, now.Total)
		}
	}))
	if err == nil || errors.Is(err, api.ErrIncomplete) {
		r.restored(done)
	}
	return err
}
