package main

import (
	"context"
	"errors"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/gen"
)

type sessionsCommand struct {
	List   sessionsListCommand   `cmd:"" default:"withargs" help:"List the restore sessions (the default)."`
	Start  sessionsStartCommand  `cmd:"" help:"Start a restore session. Stop it when it is no longer needed."`
	Stop   sessionsStopCommand   `cmd:"" help:"Stop restore sessions: by id, or those that were left."`
	Events sessionsEventsCommand `cmd:"" help:"List the events of a restore session."`
	Wait   sessionsWaitCommand   `cmd:"" help:"Wait for the end of a restore or copy that was started with --detach (API v8)."`
}

type sessionsListCommand struct {
	server
	output
}

// session is the JSON form of a restore session.
type session struct {
	ID           string     `json:"id"`
	State        string     `json:"state"`
	Result       string     `json:"result"`
	CreationTime *time.Time `json:"creationTime"`
	EndTime      *time.Time `json:"endTime"`
	InitiatedBy  string     `json:"initiatedBy"`
	Organization string     `json:"organization"`
	Details      string     `json:"details"`
}

// Run lists restore sessions.
func (c *sessionsListCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return show(c.output, t, client.RestoreSessions(ctx), "%-36s  %-8s  %-23s  %-24s  %s\n",
		[]any{"ID", "STATE", "STARTED", "BY", "ORGANIZATION"},
		func(s api.RestoreSession) (string, any, []any) {
			p := s.Properties
			return "session", session{
				p.ID, string(p.State), string(p.Result), optional(p.CreationTime), optional(p.EndTime), p.InitiatedBy,
				p.Organization, p.Details,
			}, []any{p.ID, p.State, stamp(p.CreationTime), p.InitiatedBy, p.Organization}
		})
}

type sessionsStartCommand struct {
	server
	output

	Org             string `placeholder:"NAME" xor:"org" help:"Name of the organization. Not needed if there is only one."`
	OwnOrganization bool   `xor:"org" help:"The organization of the account, for accounts that are not administrators."`
	ManagedUser     string `placeholder:"ADDRESS" help:"User whom the restore operator of --login operator manages. Default: what is the operator's own (API v6 and later)."`
	At              string `placeholder:"TIME" help:"Point in time, or id of a restore point, as in the other commands. Default: now."`
	ShowDeleted     bool   `help:"Also show items that were deleted before that time (API v3 and later)."`
	ShowAllVersions bool   `help:"Show all versions of the items (API v3 and later)."`
}

// Run starts a restore session.
func (c *sessionsStartCommand) Run(ctx context.Context, t terminal) error {
	when := moment{options: api.ExploreOptions{User: c.ManagedUser}}
	if err := when.read(c.At, c.ShowDeleted, c.ShowAllVersions); err != nil {
		return err
	}
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	organization, err := scope{
		server: c.server, Org: c.Org, OwnOrganization: c.OwnOrganization,
	}.organization(ctx, client)
	if err != nil {
		return err
	}
	if err := when.resolve(ctx, organization); err != nil {
		return err
	}
	session, err := organization.StartRestoreSession(ctx, when.options)
	if err != nil {
		return err
	}
	when.tell(ctx, t, c.At, organization, session)
	return t.report(ctx, func(r *result) error {
		r.bare, r.summary = true, session.ID()
		return nil
	})
}

type sessionsStopCommand struct {
	server
	output

	IDs       []string `arg:"" optional:"" name:"id" help:"Ids of the sessions."`
	OlderThan timeout  `placeholder:"DURATION" help:"Stop, instead, the sessions of this account that were started longer ago than this and are still working. A session is left alone if its events show running work. Nothing else shows that a session of API v8 carries out a restore: choose a longer time than your longest restore."`
}

// Run stops restore sessions.
func (c *sessionsStopCommand) Run(ctx context.Context, t terminal) error {
	if (len(c.IDs) > 0) == (c.OlderThan > 0) {
		return usageError{errors.New("either ids of sessions or --older-than is needed")}
	}
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	var sessions []api.RestoreSession
	for _, id := range c.IDs {
		sessions = append(sessions, client.RestoreSession(id))
	}
	if c.OlderThan > 0 {
		if sessions, err = leftBehind(ctx, t, client, time.Now().Add(-time.Duration(c.OlderThan))); err != nil {
			return err
		}
	}
	for _, session := range sessions { // continue if one cannot be stopped
		err = both(err, t.report(ctx, func(r *result) error {
			r.Session, r.summary = session.ID(), session.ID()
			return session.Stop(ctx)
		}))
	}
	return err
}

// leftBehind returns the working sessions that were started before a time and have no running event.
func leftBehind(ctx context.Context, t terminal, client *api.Client, before time.Time) ([]api.RestoreSession, error) {
	var left []api.RestoreSession
	for session, err := range client.RestoreSessions(ctx) {
		if err != nil {
			return nil, err
		}
		p := session.Properties
		// A session without a start time may be new.
		if p.State != api.RestoreSessionWorking || p.CreationTime.IsZero() || !p.CreationTime.Before(before) {
			continue
		}
		running, err := isRunning(ctx, session)
		switch {
		case errors.Is(err, api.ErrSessionEnded), errors.Is(err, api.ErrNotFound): // it ended since the list was read
		case err != nil:
			return nil, err
		case running:
			t.say("session %s is left alone: something is running in it", session.ID())
		default:
			left = append(left, session)
		}
	}
	return left, nil
}

// isRunning reports whether an event of the session is running.
func isRunning(ctx context.Context, session api.RestoreSession) (bool, error) {
	for event, err := range session.Events(ctx) {
		if err != nil || event.Status == gen.EventStatusRunning {
			return err == nil, err
		}
	}
	return false, nil
}

type sessionsEventsCommand struct {
	server
	output

	ID       string        `arg:"" help:"Id of the session."`
	Follow   bool          `short:"f" help:"Wait for new events until the session is stopped."`
	Interval time.Duration `default:"2s" help:"How often to poll with --follow (${default})."`
}

// event is the JSON form of an event.
type event struct {
	ID        string     `json:"id"`
	Type      string     `json:"type"`
	Status    string     `json:"status"`
	Title     string     `json:"title"`
	Message   string     `json:"message"`
	StartTime *time.Time `json:"startTime"`
	EndTime   *time.Time `json:"endTime"`
}

// Run lists events.
func (c *sessionsEventsCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(ctx, t)
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
		func(e api.Event) (string, any, []any) {
			return "event", event{
				e.ID, string(e.Type), string(e.Status), e.Title, e.Message, optional(e.StartTime), optional(e.EndTime),
			}, []any{stamp(e.StartTime), e.Type, e.Status, e.Title, e.Message}
		})
}

type sessionsWaitCommand struct {
	server
	output
	watching

	ID string `arg:"" help:"Id of the session that does the work."`
}

// Run waits for the end of a restore or copy.
func (c *sessionsWaitCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return t.report(ctx, func(r *result) error {
		r.WorkSession = c.ID
		p := c.progress(t)
		defer p.end()
		return r.follow(ctx, client.Restore(c.ID), p)
	})
}
