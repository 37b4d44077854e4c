package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// stopTimeout bounds what is done for a restore session whose caller does not wait any more: its start, its stop, and
// the search for it.
const stopTimeout = 30 * time.Second

// LeftSessionError says that a restore session could not be stopped. It does not match what Err matches: the failure of
// the stop is not one of the work that was done in the session.
type LeftSessionError struct {
	// Session is the one that is left on the server.
	Session RestoreSession
	// Err is what stopping it has failed with.
	Err error
}

// Error says which session is left, and why.
func (e *LeftSessionError) Error() string {
	return fmt.Sprintf("restore session %s is left on the server: %v", e.Session.id, e.Err)
}

// leave stops a session that is no longer needed, even if the context has ended, and adds to err that it could not.
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

// startSession sends a request that starts a restore session. None is left behind unseen: not one whose caller has left
// meanwhile, and not one whose response is lost.
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

// nameStarted looks for the session of a request whose response is lost, and adds to err which it may be. It stops
// none: another program of the account may have started it.
func (c *Client) nameStarted(ctx context.Context, at time.Time, err error) error {
	ids, listErr := c.startedSince(ctx, at)
	switch {
	case listErr != nil:
		// err decides what the error matches.
		const text = "%w; whether a restore session was started all the same is not known: %v"
		return fmt.Errorf(text, err, listErr)
	case len(ids) == 0:
		return err
	}
	return fmt.Errorf("%w; a restore session may have been started all the same: %s", err, strings.Join(ids, " or "))
}

// startedSince lists the sessions of the account that were started since a time, are not stopped, and are not known to
// be this client's.
func (c *Client) startedSince(ctx context.Context, at time.Time) (ids []string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	clock, err := c.clock(ctx)
	if err != nil {
		return nil, err
	}
	since := clock.earliest(at)
	for session, err := range c.RestoreSessions(ctx) {
		if err != nil {
			return nil, err
		}
		_, known := c.started.Load(session.id)
		if !known && !session.stopped() && notBefore(session.Properties.CreationTime, since) {
			ids = append(ids, session.id)
		}
	}
	return ids, nil
}
