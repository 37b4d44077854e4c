package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// UnknownOutcome is the error of a restore, copy or send that the server may or may not have carried out: the
// connection was lost after the request was sent, or the response was unexpected. The request was not retried.
// [errors.As] finds an UnknownOutcome in the errors of actions that match [ErrOutcomeUnknown]. Its methods are safe for
// concurrent use.
type UnknownOutcome struct {
	// SentAt is the time at which the request was sent, by the local clock. It is zero for a restore of
	// [Client.Restore].
	SentAt time.Time

	session RestoreSession
	kind    gen.EventType
	begun   bool                // in session
	since   time.Time           // by the server's clock; zero if all events of the session belong to the restore
	clean   func(string) string // removes secrets, as in Restore
	err     error
}

// Begun reports whether the server confirmed the start of the restore or copy, which only v8 does. Then
// [Client.Restore] with SessionID and [Restore.Wait] wait for its end.
func (u *UnknownOutcome) Begun() bool { return u.begun }

// SessionID returns the id of a restore session with events of the request: the session that carries it out if Begun is
// true, else the session of the items.
func (u *UnknownOutcome) SessionID() string { return u.session.id }

// Error returns the cause, and the id of the restore session to check.
func (u *UnknownOutcome) Error() string {
	if u.begun {
		return fmt.Sprintf("%v: it has started, and its end was not observed: %v; check restore session %s",
			ErrOutcomeUnknown, u.err, u.session.id)
	}
	return fmt.Sprintf("%v: %v; check the events of restore session %s before retrying",
		ErrOutcomeUnknown, u.err, u.session.id)
}

// Unwrap returns [ErrOutcomeUnknown] and the error of the request.
func (u *UnknownOutcome) Unwrap() []error { return []error{ErrOutcomeUnknown, u.err} }

// LookUp queries the server for events that may belong to the request: events of its kind that did not start before it
// was sent. LookUp measures the difference between the clocks. An event without a time zone counts if it could be one
// of them in any zone. LookUp reads the events of the restore session. With v8, which restores in separate sessions, it
// also reads those of the sessions that were started after the request.
//
// An event may belong to another request, and a running one may still fail. Without an event, the server may still
// carry the request out later.
func (u *UnknownOutcome) LookUp(ctx context.Context) ([]Event, error) {
	sessions, since, err := u.sessions(ctx)
	if err != nil {
		return nil, err
	}
	var events []Event
	for _, session := range sessions {
		for event, err := range session.Events(ctx) {
			if err != nil {
				return nil, err
			}
			if event.Type == u.kind && notBefore(event.StartTime, since) && indexOf(events, event.ID) < 0 {
				event.Title, event.Message = u.clean(event.Title), u.clean(event.Message)
				events = append(events, event)
			}
		}
	}
	return events, nil
}

// sessions returns the sessions that may have events of the request, and the earliest possible time of these events by
// the server's clock.
func (u *UnknownOutcome) sessions(ctx context.Context) (sessions []RestoreSession, since time.Time, err error) {
	if u.begun {
		return []RestoreSession{u.session}, u.since, nil
	}
	client := u.session.client
	w, err := client.wire(ctx)
	if err == nil && w.restoresInSessions() && u.kind == gen.EventTypeRestore {
		sessions, since, err = client.startedSince(ctx, u.SentAt)
		sessions = slices.DeleteFunc(sessions, func(s RestoreSession) bool { return s.id == u.session.id })
	} else if err == nil {
		since, err = client.earliest(ctx, u.SentAt)
	}
	return append([]RestoreSession{u.session}, sessions...), since, err
}

// outcomeUnknown reports whether the server may have carried out an action that failed. A status from 400 to 499,
// unless it is transient, means that it did not. A status from 500 on may follow after a part of the work.
func outcomeUnknown(err error) bool {
	unsent := is[unsentError](err) || is[preparationError](err) || errors.Is(err, ErrInvalid)
	status := statusOf(err)
	return !unsent && !errors.Is(err, ErrSessionEnded) &&
		(status < 400 || status >= 500 || transientStatus(status))
}

// clockTolerance is the assumed difference between the clocks if the response has no Date header.
const clockTolerance = 2 * time.Minute

// earliest returns the earliest possible time of the server's clock at a local time. It measures the difference between
// the clocks by the Date header of the response, which is in whole seconds.
func (s sending) earliest(response *http.Response, at time.Time) time.Time {
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil || s.responded.IsZero() {
		return at.Add(-clockTolerance)
	}
	return at.Add(date.Sub(s.responded))
}

// earliest returns the earliest possible time of the server's clock at a local time. It measures the difference between
// the clocks with a request.
func (c *Client) earliest(ctx context.Context, at time.Time) (time.Time, error) {
	var sent sending
	response, err := c.exchange(ctx, call{sent: &sent}, func(w wire) (*http.Response, error) {
		return w.ListRestoreSessions(ctx, &gen.ListRestoreSessionsParams{Limit: new(int32(1))})
	})
	if err != nil {
		return at, failed("read clock", err)
	}
	_ = response.Body.Close()
	return sent.earliest(response, at), nil
}

// furthestBehind is the time zone furthest behind UTC.
const furthestBehind = 12 * time.Hour

// notBefore reports whether t is at or after since. A time without a zone could be of any zone: it counts if it is at
// or after since in at least one.
func notBefore(t gen.Time, since time.Time) bool {
	if !t.HasZone() {
		since = since.Add(-furthestBehind)
	}
	return !t.Before(since)
}
