package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// OwnOrganization returns the organization of the account, for accounts of an organization. Administrators of the
// backup server name the organization.
func (c *Client) OwnOrganization() Organization { return Organization{client: c, id: ownOrganization} }

// ownOrganization stands for an id that is not needed. No id has a slash unescaped.
const ownOrganization = "/"

// ID returns the id of the organization, usually a GUID; it is empty for the account's own.
func (o Organization) ID() string {
	if o.id == ownOrganization {
		return ""
	}
	return o.id
}

// FindOrganization returns the organization with this name or Microsoft 365 name, whatever the letter case. If there is
// none, the error matches [ErrNotFound] and names similar ones.
func (c *Client) FindOrganization(ctx context.Context, name string) (Organization, error) {
	organization, err := search("organization", name, false, c.Organizations(ctx), func(o Organization) []string {
		return []string{o.Properties.Name, o.Properties.OfficeName}
	})
	return organization, failed("find organization", err)
}

// ExploreOptions says what a restore session shows.
type ExploreOptions struct {
	// At is the point in time: the session shows the latest backup at or before it. Zero is now. It is sent as UTC with a
	// zone, because a server takes a time without one as its own local time.
	At time.Time
	// ShowDeleted and ShowAllVersions show items, too, that had been deleted before that time, and all versions of the
	// items. v2 does not support them.
	ShowDeleted, ShowAllVersions bool
}

// StartRestoreSession starts a restore session for the OneDrives of the organization. The caller stops it, with
// [RestoreSession.Stop]: one that is left behind may lock later work. [Organization.Explore] does both.
//
// If ctx ends while the server works on the request, StartRestoreSession waits for the response for up to 30 seconds,
// and stops the session. If the response is lost, the error names the sessions that may be the one: those of the
// account that were started since, and not by this client.
//
// A time before the organization's first backup is refused before anything is sent, if the organization came from
// [Client.Organizations], [Client.FindOrganization] or [Organization.Get]; a server would start a session without data.
func (o Organization) StartRestoreSession(ctx context.Context, options ExploreOptions) (RestoreSession, error) {
	const op = "start restore session"
	if err := cmp.Or(o.check(), o.checkTime(options.At)); err != nil {
		return RestoreSession{}, failed(op, err)
	}
	if options.At.IsZero() {
		options.At = time.Now()
	}
	body := gen.ExploreOptions{
		Datetime: options.At.UTC().Format(explorerTime), Type: gen.RestoreSessionTypeVeod,
		ShowDeleted: given(options.ShowDeleted), ShowAllVersions: given(options.ShowAllVersions),
	}
	session, err := o.client.startSession(ctx, func(w wire) (*http.Response, error) { return w.explore(ctx, o, body) })
	return session, failed(op, err)
}

// explorerTime is the form of ISO 8601 that the vendor's examples have.
const explorerTime = "2006-01-02T15:04:05.0000000Z"

// given returns an optional property: nil, which is not sent, for zero.
func given[T comparable](value T) *T {
	if value == *new(T) {
		return nil
	}
	return &value
}

func (o Organization) checkTime(at time.Time) error {
	known := o.Properties
	switch {
	case known.ID == "":
		return nil
	case known.FirstBackupTime.IsZero() && !bool(known.IsBackedUp):
		return invalid("organization %s has never been backed up", known.Name)
	case !at.IsZero() && at.Before(known.FirstBackupTime.Time):
		return invalid("organization %s has no backup of %s or before: its first is of %s",
			known.Name, at.UTC().Format(time.RFC3339), known.FirstBackupTime.UTC().Format(time.RFC3339))
	}
	return nil
}

// Explore starts a restore session, calls work with it, and stops it, also if the context has ended, or work panics. It
// returns the error of work. If the session cannot be stopped, a [LeftSessionError] says so: alone if work has
// succeeded, and otherwise after the error of work, which decides what the error matches.
//
// If the context ends while the session is being started, Explore waits for it for up to 30 seconds, and stops it.
// Errors of the start are those of [Organization.StartRestoreSession].
func (o Organization) Explore(
	ctx context.Context, options ExploreOptions, work func(context.Context, RestoreSession) error,
) (err error) {
	session, err := o.StartRestoreSession(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = session.leave(ctx, err) }()
	return work(ctx, session)
}
