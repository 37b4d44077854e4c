package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// OwnOrganization returns the organization of the account. Only accounts of an organization have one; administrators of
// the backup server use [Client.Organization] or [Client.FindOrganization].
func (c *Client) OwnOrganization() Organization { return Organization{client: c, id: ownOrganization} }

// ownOrganization stands in place of an id. No id is a slash.
const ownOrganization = "/"

// ID returns the id of the organization, usually a GUID. It is empty for [Client.OwnOrganization].
func (o Organization) ID() string {
	if o.id == ownOrganization {
		return ""
	}
	return o.id
}

// FindOrganization returns the organization with this name or Microsoft 365 name. Letter case does not count. If there
// is no such organization, the error matches [ErrNotFound], and lists similar names. If there are several, it matches
// [ErrAmbiguous]. Without a name, the only organization is returned; if there are several, the error lists them.
func (c *Client) FindOrganization(ctx context.Context, name string) (Organization, error) {
	if name == "" {
		organization, err := c.onlyOrganization(ctx)
		return organization, failed("find organization", err)
	}
	organization, err := search("organization", name, false, c.Organizations(ctx), func(o Organization) []string {
		return []string{o.Properties.Name, o.Properties.OfficeName}
	})
	return organization, failed("find organization", err)
}

func (c *Client) onlyOrganization(ctx context.Context) (only Organization, err error) {
	var names []string
	for only, err = range c.Organizations(ctx) {
		if err != nil {
			return only, err
		}
		names = append(names, strconv.Quote(only.Properties.Name))
	}
	switch len(names) {
	case 0:
		return only, fmt.Errorf("%w: there is no organization", ErrNotFound)
	case 1:
		return only, nil
	}
	return Organization{}, fmt.Errorf("%w: there are several: %s", ErrAmbiguous, strings.Join(names, ", "))
}

// ExploreOptions has the options of a restore session.
type ExploreOptions struct {
	// At is the point in time. The session shows the latest backup at or before it. The default is now.
	At time.Time
	// RestorePoint is the restore point that the session shows, instead of At: one of [Organization.RestorePoints].
	RestorePoint RestorePoint
	// ShowDeleted includes items that had been deleted before that time. ShowAllVersions includes all versions of
	// items. v2 does not support them.
	ShowDeleted, ShowAllVersions bool
	// User is for restore operators, with [Client.OwnOrganization]: the e-mail address of a user whom the operator
	// manages. Without it, the session shows what is the operator's own.
	User string
}

// StartRestoreSession starts a restore session for the OneDrives of the organization. The caller stops it with
// [RestoreSession.Stop], because a session that is left may block later work. [Organization.Explore] does both.
//
// If ctx ends after the request was sent, StartRestoreSession waits up to 30 seconds for the response, and stops the
// session. If the response is lost, the error lists the sessions that the request may have started: those of the
// account that were started since, and not by this client.
//
// If At is before the first backup of the organization, the error matches [ErrInvalid], and nothing is sent: the
// session would have no data. This check needs the properties of the organization, from [Client.Organizations],
// [Client.FindOrganization] or [Organization.Get].
func (o Organization) StartRestoreSession(ctx context.Context, options ExploreOptions) (RestoreSession, error) {
	const op = "start restore session"
	if !options.RestorePoint.BackupTime.IsZero() {
		options.At = options.RestorePoint.BackupTime.Time
	}
	if err := cmp.Or(o.check(), o.checkTime(options.At)); err != nil {
		return RestoreSession{}, failed(op, err)
	}
	if options.At.IsZero() {
		options.At = time.Now()
	}
	body := propertiesOf(gen.ExploreOptions{
		Datetime: options.At.UTC().Format(explorerTime), Type: gen.RestoreSessionTypeVeod,
		ShowDeleted: given(options.ShowDeleted), ShowAllVersions: given(options.ShowAllVersions),
		RepositoryID: options.RestorePoint.RepositoryID,
	})
	if options.User != "" {
		scope, err := o.scope(ctx, options.User)
		if err != nil {
			return RestoreSession{}, failed(op, err)
		}
		body["scope"] = scope
	}
	session, err := o.client.startSession(ctx, func(w wire) (*http.Response, error) {
		switch {
		case o.id != ownOrganization:
			return w.explore(ctx, o.id, body)
		case o.client.operator:
			return w.exploreAsOperator(ctx, body)
		}
		return w.exploreOwn(ctx, body)
	})
	session.explored = &explored{o, options.At, options.RestorePoint}
	return session, failed(op, err)
}

// explorerTime is the format of times in the vendor's examples. A server reads a time without a zone as local time.
const explorerTime = "2006-01-02T15:04:05.0000000Z"

// given returns an optional property. It is nil for a zero value, which is not sent.
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
		return invalid("organization %s has no backup at or before %s: its first is of %s",
			known.Name, at.UTC().Format(time.RFC3339), known.FirstBackupTime.UTC().Format(time.RFC3339))
	}
	return nil
}

// Explore starts a restore session, calls work with it, and stops it, also if the context has ended or work panics. It
// returns the error of work. If the session cannot be stopped, it returns a [LeftSessionError], joined to the error of
// work if there is one. The joined error matches what the error of work matches.
//
// The errors of the start, and the behaviour if the context ends during it, are those of
// [Organization.StartRestoreSession].
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
