package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// UnknownOutcome says that a restore, copy or send may or may not have been carried out: the connection was lost after the request
// had been sent, or the answer is not one to it. It was not sent again. It is found with [errors.As] in errors that match
// [ErrOutcomeUnknown]; LookUp asks the server what it knows.
type UnknownOutcome struct {
	// SentAt is when the request was sent, by this computer's clock. It is zero for a restore that another program has begun.
	SentAt time.Time

	session RestoreSession
	kind    gen.EventType
	begun   bool                // by session
	since   time.Time           // by the server's clock; zero if all events of the session are the restore's
	clean   func(string) string // as that of a Restore
	err     error
}

// Begun reports whether the restore or copy is known to have begun: a server of v8 has said so. Its end was not seen, and
// [Client.Restore] with SessionID waits for it.
func (u *UnknownOutcome) Begun() bool { return u.begun }

// SessionID returns the id of the restore session whose events may tell what became of it: the one that carries it out, if it is
// known to have begun.
func (u *UnknownOutcome) SessionID() string { return u.session.id }

// Error says that the outcome is unknown, why, and how to find out.
func (u *UnknownOutcome) Error() string {
	if u.begun {
		return fmt.Sprintf("%v: it has begun, and its end was not seen: %v; look at restore session %s", ErrOutcomeUnknown, u.err, u.session.id)
	}
	return fmt.Sprintf("%v: %v; look at the events of restore session %s before trying again", ErrOutcomeUnknown, u.err, u.session.id)
}

// Unwrap returns [ErrOutcomeUnknown] and the error that the request met.
func (u *UnknownOutcome) Unwrap() []error { return []error{ErrOutcomeUnknown, u.err} }

// LookUp lists the events that may be the request's: those of its kind that are not older than the request. The difference between
// the clocks is measured with the same requests. An event without a time zone counts if it would in any zone. LookUp looks into the
// restore session, and with a server of v8, which restores in sessions of their own, into those that were started after the request,
// too.
//
// An event is no proof that it is this request's, and one that is still running may yet fail. None is no proof that the
// server has not carried it out, or will not: it may not have begun yet.
func (u *UnknownOutcome) LookUp(ctx context.Context) ([]Event, error) {
	events, err := u.lookUp(ctx)
	for i, event := range events {
		events[i].Title, events[i].Message = u.clean(event.Title), u.clean(event.Message)
	}
	return events, err
}

func (u *UnknownOutcome) lookUp(ctx context.Context) ([]Event, error) {
	if u.begun {
		return u.session.eventsSince(ctx, u.kind, u.since)
	}
	version, err := u.session.client.APIVersion(ctx)
	if err != nil {
		return nil, err
	}
	clock, err := u.session.client.clock(ctx)
	if err != nil {
		return nil, err
	}
	since := clock.earliest(u.SentAt)
	sessions := []RestoreSession{u.session}
	if w := (wire{version: version}); w.restoresInSessions() && u.kind == gen.EventTypeRestore {
		for session, err := range u.session.client.RestoreSessions(ctx) { // nobody promises an order
			if err != nil {
				return nil, err
			}
			if session.id != u.session.id && notBefore(session.Properties.CreationTime, since) {
				sessions = append(sessions, session)
			}
		}
	}
	var all []Event
	for _, session := range sessions {
		events, err := session.eventsSince(ctx, u.kind, since)
		if err != nil {
			return nil, err
		}
		for _, event := range events {
			if !slices.ContainsFunc(all, func(other Event) bool { return other.ID == event.ID }) {
				all = append(all, event)
			}
		}
	}
	return all, nil
}

// eventsSince lists the events of a kind that are not older than a time.
func (s RestoreSession) eventsSince(ctx context.Context, kind gen.EventType, since time.Time) ([]Event, error) {
	var events []Event
	for event, err := range s.Events(ctx) {
		if err != nil {
			return nil, err
		}
		if event.Type == kind && notBefore(event.StartTime, since) {
			events = append(events, event)
		}
	}
	return events, nil
}

// outcomeUnknown reports whether an action that failed may have been carried out. Only a refusal says that it was not: a status
// from 400 to 499 that is not a gateway's. A failure of the server may come after a part of the work.
func outcomeUnknown(err error) bool {
	if _, ok := errors.AsType[unsentError](err); ok || errors.Is(err, ErrInvalid) || errors.Is(err, ErrSessionEnded) || isPreparation(err) {
		return false
	}
	e, ok := errors.AsType[*Error](err)
	return !ok || e.StatusCode < 400 || e.StatusCode >= 500 || transientStatus(e.StatusCode)
}
