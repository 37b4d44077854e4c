package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

type sessionsCommand struct {
	List   sessionsListCommand   `cmd:"" default:"withargs" help:"List the restore sessions (the default)."`
	Start  sessionsStartCommand  `cmd:"" help:"Start a restore session. Stop it when it is no longer needed."`
	Stop   sessionsStopCommand   `cmd:"" help:"Stop a restore session."`
	Events sessionsEventsCommand `cmd:"" help:"List what has happened in a restore session."`
	Wait   sessionsWaitCommand   `cmd:"" help:"Wait for the end of a restore or copy that was begun with --detach (API v8)."`
}

type sessionsListCommand struct {
	server
	output
}

// Run lists restore sessions.
func (c *sessionsListCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return show(c.output, t, client.RestoreSessions(ctx), "%-36s  %-8s  %-23s  %-24s  %s\n",
		[]any{"ID", "STATE", "STARTED", "BY", "ORGANIZATION"},
		func(s api.RestoreSession) (any, []any) {
			p := s.Properties
			return p, []any{p.ID, p.State, stamp(p.CreationTime), p.InitiatedBy, p.Organization}
		})
}

type sessionsStartCommand struct {
	server
	output

	Org             string `placeholder:"NAME" xor:"org" help:"Name of the organization. Not needed if there is only one."`
	OwnOrganization bool   `xor:"org" help:"The organization of the account, for accounts that are not administrators."`
	At              string `placeholder:"TIME" help:"Point in time. Default: now."`
	ShowDeleted     bool   `help:"Show items, too, that had been deleted before that time (API v3 and later)."`
	ShowAllVersions bool   `help:"Show all versions of the items (API v3 and later)."`
}

// Run starts a restore session.
func (c *sessionsStartCommand) Run(ctx context.Context, t terminal) error {
	at, err := parseAt(c.At, time.Local)
	if err != nil {
		return err
	}
	client, err := c.client(t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	organization, err := scope{Org: c.Org, OwnOrganization: c.OwnOrganization}.organization(ctx, client)
	if err != nil {
		return err
	}
	session, err := organization.StartRestoreSession(ctx, api.ExploreOptions{
		At: at, ShowDeleted: c.ShowDeleted, ShowAllVersions: c.ShowAllVersions,
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(t.out).Encode(session.Properties)
	}
	_, err = fmt.Fprintln(t.out, session.ID())
	return err
}

type sessionsStopCommand struct {
	server

	ID string `arg:"" help:"Id of the session."`
}

// Run stops a restore session.
func (c *sessionsStopCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return client.RestoreSession(c.ID).Stop(ctx)
}

type sessionsEventsCommand struct {
	server
	output

	ID       string        `arg:"" help:"Id of the session."`
	Follow   bool          `short:"f" help:"Go on until the session is stopped."`
	Interval time.Duration `default:"2s" help:"How often to look, with --follow (${default})."`
}

// Run lists events.
func (c *sessionsEventsCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	session := client.RestoreSession(c.ID)
	events := session.Events(ctx)
	if c.Follow {
		events = session.FollowEvents(ctx, c.Interval)
	}
	return show(c.output, t, events, "%-23s  %-8s  %-8s  %s  %s\n", []any{"STARTED", "TYPE", "STATUS", "TITLE", "MESSAGE"},
		func(e api.Event) (any, []any) {
			return e, []any{stamp(e.StartTime), e.Type, e.Status, e.Title, e.Message}
		})
}

type sessionsWaitCommand struct {
	server
	output

	ID string `arg:"" help:"Id of the session that carries it out."`
}

// Run waits for the end of a restore or copy.
func (c *sessionsWaitCommand) Run(ctx context.Context, t terminal) error {
	return c.report(ctx, t, "restore", func() (any, error) {
		client, err := c.client(t)
		if err != nil {
			return nil, err
		}
		defer client.CloseIdleConnections()
		result, err := c.follow(ctx, t, client.Restore(c.ID))
		return restored{result}, err
	})
}
