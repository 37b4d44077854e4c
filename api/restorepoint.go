package api

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// RestorePointOptions limits a list of restore points.
type RestorePointOptions struct {
	// From and To limit the time of the backup. Both are included. Zero: no limit.
	From, To time.Time
	// UserID is the id of a user whose data a restore point must have. Only v8 supports it.
	UserID string
}

// RestorePoints lists the restore points of the organization that have OneDrives. Before v6, servers do not list them:
// the list then has the first and the last backup of the organization, without ids.
func (o Organization) RestorePoints(ctx context.Context, options RestorePointOptions) iter.Seq2[RestorePoint, error] {
	const op = "list restore points"
	return func(yield func(RestorePoint, error) bool) {
		o, w, err := o.known(ctx)
		points := o.bounds()
		if w.hasRestorePoints() {
			points = o.points(op, options).all(ctx)
		} else if err == nil && options.UserID != "" {
			err = invalid("API %v does not list the restore points of users", w.version)
		}
		if err != nil {
			yield(RestorePoint{}, failed(op, err))
			return
		}
		for point, err := range points {
			wanted := point.IsOneDrive && !point.BackupTime.Before(options.From) &&
				(options.To.IsZero() || !point.BackupTime.After(options.To))
			if (err != nil || wanted) && !yield(point, err) {
				return
			}
		}
	}
}

// points lists the restore points of the organization on the server.
func (o Organization) points(op string, options RestorePointOptions) list[RestorePoint, RestorePoint] {
	return list[RestorePoint, RestorePoint]{
		op:      op,
		session: o.client.RestoreSession(""),
		bare:    true, // in v6
		request: func(ctx context.Context, w wire, page PageOptions) (*http.Response, error) {
			params := gen.ListRestorePointsParams{
				OrganizationID: &o.Properties.ID, UserID: given(options.UserID), OrderAsc: new(true),
				From: given(options.From), To: given(options.To), Limit: given(page.Limit), Offset: given(page.Offset),
			}
			if !options.From.IsZero() { // in v6, points of the very time are not included
				params.BackupTime = new(options.From.Add(-time.Second))
			}
			return w.ListRestorePoints(ctx, &params)
		},
		id:   func(p RestorePoint) string { return p.ID },
		item: func(p RestorePoint) RestorePoint { return p },
	}
}

// known returns the organization with its properties, and the wire of the API version.
func (o Organization) known(ctx context.Context) (Organization, wire, error) {
	if err := o.check(); err != nil {
		return o, wire{}, err
	}
	w, err := o.client.wire(ctx)
	if err == nil && o.Properties.ID == "" {
		o, err = o.Get(ctx)
	}
	return o, w, err
}

// bounds lists the first and the last backup.
func (o Organization) bounds() iter.Seq2[RestorePoint, error] {
	return func(yield func(RestorePoint, error) bool) {
		first, last := o.Properties.FirstBackupTime, o.Properties.LastBackupTime
		if !first.IsZero() && !yield(RestorePoint{BackupTime: first, IsOneDrive: true}, nil) {
			return
		}
		if last.After(first.Time) {
			yield(RestorePoint{BackupTime: last, IsOneDrive: true}, nil)
		}
	}
}

// RestorePointAt returns the restore point that a session as of a time shows: the newest that has OneDrives, and is not
// later. The zero time means now. If there is none, the error matches [ErrNotFound]. Before v6, only the first and the
// last backup are known: for a time between the two, the error matches ErrNotFound, too.
func (o Organization) RestorePointAt(ctx context.Context, at time.Time) (newest RestorePoint, err error) {
	const op = "find restore point"
	o, w, err := o.known(ctx)
	if err != nil {
		return newest, failed(op, err)
	}
	for point, err := range o.RestorePoints(ctx, RestorePointOptions{To: at}) {
		if err != nil {
			return newest, failed(op, err)
		}
		if point.BackupTime.After(newest.BackupTime.Time) {
			newest = point
		}
	}
	last := o.Properties.LastBackupTime
	if newest.BackupTime.IsZero() || !w.hasRestorePoints() && newest.BackupTime.Before(last.Time) {
		return RestorePoint{}, failed(op, fmt.Errorf("%w: no known restore point is the newest at that time", ErrNotFound))
	}
	return newest, nil
}

// explored says how a restore session was started.
type explored struct {
	organization Organization
	at           time.Time
	point        RestorePoint
}

// RestorePoint returns the restore point that a session shows, if this client has started it: the one in
// [ExploreOptions], or that of [Organization.RestorePointAt]. For other sessions, the error matches [ErrInvalid].
func (s RestoreSession) RestorePoint(ctx context.Context) (RestorePoint, error) {
	switch {
	case s.explored == nil:
		return RestorePoint{}, failed("find restore point", invalid("the session was not started by this client"))
	case !s.explored.point.BackupTime.IsZero():
		return s.explored.point, nil
	}
	return s.explored.organization.RestorePointAt(ctx, s.explored.at)
}
