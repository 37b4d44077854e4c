package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Stop ends the session, and frees its resources on the server. If the session has ended already, Stop returns nil.
func (s RestoreSession) Stop(ctx context.Context) error {
	err := s.read(ctx, "stop restore session", s.check(), readNothing,
		func(w wire) (*http.Response, error) { return w.stop(ctx, s.id) })
	if err != nil && !errors.Is(err, ErrSessionEnded) {
		return err
	}
	s.client.started.Delete(s.id)
	return nil
}

// Organization reads the organization of the session from the server.
func (s RestoreSession) Organization(ctx context.Context) (Organization, error) {
	organization := Organization{client: s.client}
	err := s.read(ctx, "get organization of restore session", s.check(), readJSON("id", &organization.Properties),
		func(w wire) (*http.Response, error) { return w.GetRestoreSessionOrganization(ctx, s.id) })
	organization.id = organization.Properties.ID
	return organization, err
}

// read makes a request, and decodes the response. It returns wrong if that is not nil.
func (s RestoreSession) read(
	ctx context.Context, op string, wrong error, decode func(*http.Response) error, request requestFunc,
) error {
	if wrong != nil {
		return failed(op, wrong)
	}
	response, err := s.client.exchange(ctx, call{}, request)
	if err == nil {
		err = decode(response)
	}
	return failed(op, s.explain(ctx, err))
}

// statusesOfEnded are the statuses of requests in a session that has ended (spec/FACTS.md#3.3).
var statusesOfEnded = []int{http.StatusBadRequest, http.StatusNotFound, http.StatusInternalServerError}

// stopped reports whether the session is stopped or stopping, by its properties.
func (s RestoreSession) stopped() bool {
	return s.Properties.State == RestoreSessionStopped || s.Properties.State == RestoreSessionStopping
}

// explain adds [ErrSessionEnded] to the error of a request if the session has ended. It reads the session, because the
// status of the failure is ambiguous.
func (s RestoreSession) explain(ctx context.Context, err error) error {
	if is[preparationError](err) || !slices.Contains(statusesOfEnded, statusOf(err)) {
		return err
	}
	if now, getErr := s.Get(ctx); getErr == nil && now.stopped() {
		return fmt.Errorf("%w: %w", ErrSessionEnded, err)
	}
	return err
}

// check refuses a nil client.
func (c *Client) check() error {
	if c == nil {
		return invalid("the value was not made by a client")
	}
	return nil
}

// checkID refuses ids that would change the path of a request: package url resolves dot segments, and an empty segment
// is another resource. Other ids are escaped.
func checkID(resource, id string) error {
	switch id {
	case "":
		return invalid("the %s id is empty", resource)
	case ".", "..":
		return invalid("the %s id is %q", resource, id)
	}
	return nil
}

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
	err = readJSON("", &session.Properties)(response)
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
