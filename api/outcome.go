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

// UnknownOutcome says that a restore, copy or send may or may not have been carried out: the connection was lost after the request
// had been sent, or the answer came from a proxy that had lost the server. It was not sent again. It is found with [errors.As] in
// errors that match [ErrOutcomeUnknown]; LookUp asks the server what it knows.
type UnknownOutcome struct {
	// SentAt is when the request was sent, by this computer's clock.
	SentAt time.Time

	session RestoreSession
	kind    gen.EventType
	// begun says that the session is the one that carries it out.
	begun bool
	err   error
}

// Error says that the outcome is unknown, why, and how to find out.
func (u *UnknownOutcome) Error() string {
	return fmt.Sprintf("%v: %v; look at the events of restore session %s before trying again", ErrOutcomeUnknown, u.err, u.session.id)
}

// Unwrap returns [ErrOutcomeUnknown] and the error that the request met.
func (u *UnknownOutcome) Unwrap() []error { return []error{ErrOutcomeUnknown, u.err} }

// clockTolerance is how far the clocks of this computer and of the server may be apart for LookUp.
const clockTolerance = 2 * time.Minute

// LookUp lists the events that may be the request's: those of its kind that began after it was sent, with two minutes of tolerance
// between the clocks. It looks into the restore session, and with a server of v8, which restores in sessions of their own, into those
// that were started after the request, too. None means that the server has not begun to carry it out, and an event
// that is still running may yet fail.
func (u *UnknownOutcome) LookUp(ctx context.Context) ([]Event, error) {
	sessions := []RestoreSession{u.session}
	version, err := u.session.client.APIVersion(ctx)
	if err != nil {
		return nil, err
	}
	if version >= V8 && u.kind == gen.EventTypeRestore && !u.begun {
		for session, err := range u.session.client.RestoreSessions(ctx) {
			if err != nil {
				return nil, err
			}
			if session.Properties.CreationTime.Before(u.earliest()) {
				break // the newest come first
			}
			if session.id != u.session.id {
				sessions = append(sessions, session)
			}
		}
	}
	var events []Event
	for _, session := range sessions {
		for event, err := range session.Events(ctx) {
			if err != nil {
				return nil, err
			}
			same := func(other Event) bool { return other.ID == event.ID }
			if event.Type == u.kind && !event.StartTime.Before(u.earliest()) && !slices.ContainsFunc(events, same) {
				events = append(events, event)
			}
		}
	}
	return events, nil
}

func (u *UnknownOutcome) earliest() time.Time { return u.SentAt.Add(-clockTolerance) }

// change sends an action that must not happen twice.
func (f Folder) change(ctx context.Context, kind gen.EventType, request folderRequest) (*http.Response, time.Time, error) {
	sentAt := time.Now()
	response, err := f.run(withTraits(ctx, traits{slow: true}), "application/json", request)
	if err == nil && isPage(response.Header.Get("Content-Type")) { // of something between, whatever its status
		failure := errorFromResponse(response)
		failure.Err = unexpected("content type %q", oneLine(response.Header.Get("Content-Type")))
		return nil, sentAt, &UnknownOutcome{SentAt: sentAt, session: f.drive.session, kind: kind, err: failure}
	}
	if err != nil && outcomeUnknown(err) {
		err = &UnknownOutcome{SentAt: sentAt, session: f.drive.session, kind: kind, err: err}
	}
	return response, sentAt, err
}

// outcomeUnknown reports whether a request that failed may have been carried out. An answer of the server itself says that it was
// not, or that it failed; a gateway's says nothing.
func outcomeUnknown(err error) bool {
	if _, ok := errors.AsType[unsentError](err); ok || errors.Is(err, ErrInvalid) {
		return false
	}
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return true
	case e.Op == opLogIn, e.Op == opFindVersion:
		return false
	case e.StatusCode == http.StatusTooManyRequests:
		return false
	}
	return e.StatusCode == 0 || transientStatus(e.StatusCode)
}
