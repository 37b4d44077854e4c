package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// UnknownOutcome says that a restore, copy or send may or may not have been carried out: the connection was lost after
// the request had been sent, or the answer is not one to it. It was not sent again. It is found with [errors.As] in
// errors that match [ErrOutcomeUnknown]; LookUp asks the server what it knows.
type UnknownOutcome struct {
	// SentAt is when the request was sent, by this computer's clock. It is zero for a restore that another program has
	// begun.
	SentAt time.Time

	session RestoreSession
	kind    gen.EventType
	begun   bool                // by session
	since   time.Time           // by the server's clock; zero if all events of the session are the restore's
	clean   func(string) string // as that of a Restore
	err     error
}

// Begun reports whether the restore or copy is known to have begun: a server of v8 has said so. Its end was not seen,
// and [Client.Restore] with SessionID waits for it.
func (u *UnknownOutcome) Begun() bool { return u.begun }

// SessionID returns the id of the restore session whose events may tell what became of it: the one that carries it out,
// if it is known to have begun.
func (u *UnknownOutcome) SessionID() string { return u.session.id }

// Error says that the outcome is unknown, why, and how to find out.
func (u *UnknownOutcome) Error() string {
	if u.begun {
		return fmt.Sprintf("%v: it has begun, and its end was not seen: %v; look at restore session %s",
			ErrOutcomeUnknown, u.err, u.session.id)
	}
	return fmt.Sprintf("%v: %v; look at the events of restore session %s before trying again",
		ErrOutcomeUnknown, u.err, u.session.id)
}

// Unwrap returns [ErrOutcomeUnknown] and the error that the request met.
func (u *UnknownOutcome) Unwrap() []error { return []error{ErrOutcomeUnknown, u.err} }

// LookUp lists the events that may be the request's: those of its kind that are not older than the request. The
// difference between the clocks is measured with the same requests. An event without a time zone counts if it would in
// any zone. LookUp looks into the restore session, and with a server of v8, which restores in sessions of their own,
// into those that were started after the request, too.
//
// An event is no proof that it is this request's, and one that is still running may yet fail. None is no proof that the
// server has not carried it out, or will not: it may not have begun yet.
func (u *UnknownOutcome) LookUp(ctx context.Context) ([]Event, error) {
	sessions, since, err := []RestoreSession{u.session}, u.since, error(nil)
	if !u.begun {
		if sessions, since, err = u.sessions(ctx); err != nil {
			return nil, err
		}
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

// sessions returns those that may have events of the request, and the earliest time of the server's clock that they can
// have.
func (u *UnknownOutcome) sessions(ctx context.Context) (sessions []RestoreSession, since time.Time, err error) {
	version, err := u.session.client.APIVersion(ctx)
	if err != nil {
		return nil, since, err
	}
	clock, err := u.session.client.clock(ctx)
	if err != nil {
		return nil, since, err
	}
	since = clock.earliest(u.SentAt)
	sessions = []RestoreSession{u.session}
	if w := (wire{version: version}); !w.restoresInSessions() || u.kind != gen.EventTypeRestore {
		return sessions, since, nil
	}
	for session, err := range u.session.client.RestoreSessions(ctx) { // nobody promises an order
		if err != nil {
			return nil, since, err
		}
		if session.id != u.session.id && notBefore(session.Properties.CreationTime, since) {
			sessions = append(sessions, session)
		}
	}
	return sessions, since, nil
}

// outcomeUnknown reports whether an action that failed may have been carried out. Only a refusal says that it was not:
// a status from 400 to 499 that is not a gateway's. A failure of the server may come after a part of the work.
func outcomeUnknown(err error) bool {
	_, unsent := errors.AsType[unsentError](err)
	if unsent || errors.Is(err, ErrInvalid) || errors.Is(err, ErrSessionEnded) || isPreparation(err) {
		return false
	}
	e, ok := errors.AsType[*Error](err)
	return !ok || e.StatusCode < 400 || e.StatusCode >= 500 || transientStatus(e.StatusCode)
}
