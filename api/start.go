package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// stopTimeout is the maximum time for each step that cleans up a restore session after the end of the caller's context:
// the rest of its start, its stop, and the search for it.
const stopTimeout = 30 * time.Second

// LeftSessionError says that a restore session could not be stopped. It does not unwrap to Err, because that is not an
// error of the work in the session.
type LeftSessionError struct {
	// Session is the session that is left on the server.
	Session RestoreSession
	// Err is the error of the stop.
	Err error
}

// Error returns the id of the session, and the error of the stop.
func (e *LeftSessionError) Error() string {
	return fmt.Sprintf("restore session %s is left on the server: %v", e.Session.id, e.Err)
}

// leave stops a session, even if the context has ended. If that fails, it adds a LeftSessionError to err.
func (s RestoreSession) leave(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	stopErr := s.Stop(ctx)
	switch {
	case stopErr == nil:
		return err
	case err == nil:
		return &LeftSessionError{s, stopErr}
	}
	return fmt.Errorf("%w; %w", err, &LeftSessionError{s, stopErr})
}

// startSession sends a request that starts a restore session. If the context ends during the request, it stops the
// session. If the response is lost, the error lists the sessions that it may have started.
func (c *Client) startSession(ctx context.Context, request func(wire) (*http.Response, error)) (RestoreSession, error) {
	sent := sending{at: time.Now()}
	response, err := c.exchange(ctx, call{finished: true, sent: &sent}, request)
	if err != nil {
		if outcomeUnknown(err) {
			err = c.nameStarted(ctx, sent.at, err)
		}
		return RestoreSession{}, err
	}
	session := RestoreSession{client: c}
	err = readJSON(response, "", &session.Properties)
	session.id = session.Properties.ID
	if err == nil && checkID("restore session", session.id) != nil {
		err = unexpected("the response is not a restore session: it has no id")
	}
	if err != nil {
		return RestoreSession{}, c.nameStarted(ctx, sent.at, err)
	}
	c.started.Store(session.id, nil)
	if ctx.Err() != nil {
		return RestoreSession{}, session.leave(ctx, context.Cause(ctx))
	}
	return session, nil
}

// nameStarted adds the sessions that a request with a lost response may have started to err: those that have not ended,
// and were not started by this client. It stops none, because another program may have started them with the same
// account.
func (c *Client) nameStarted(ctx context.Context, at time.Time, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	sessions, _, listErr := c.startedSince(ctx, at)
	var ids []string
	for _, session := range sessions {
		if _, known := c.started.Load(session.id); !known && !session.stopped() {
			ids = append(ids, session.id)
		}
	}
	switch {
	case listErr != nil:
		// The error matches what err matches.
		const text = "%w; it is unknown whether a restore session was started: %v"
		return fmt.Errorf(text, err, listErr)
	case len(ids) == 0:
		return err
	}
	return fmt.Errorf("%w; a restore session may have been started: %s", err, strings.Join(ids, " or "))
}

// startedSince lists the sessions of the account that were started at a local time or later, and returns the earliest
// possible time of the server's clock at that time.
func (c *Client) startedSince(ctx context.Context, at time.Time) (sessions []RestoreSession, since time.Time, err error) {
	if since, err = c.earliest(ctx, at); err != nil {
		return nil, since, err
	}
	for session, err := range c.RestoreSessions(ctx) { // in no documented order
		if err != nil {
			return nil, since, err
		}
		if notBefore(session.Properties.CreationTime, since) {
			sessions = append(sessions, session)
		}
	}
	return sessions, since, nil
}
