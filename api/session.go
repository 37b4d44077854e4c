package api

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/vbo365/vbo365-go/gen"
)

// What a restore session says of itself.
type (
	// RestoreSessionResult tells how a restore session has ended.
	RestoreSessionResult = gen.RestoreSessionResult
	// RestoreSessionState tells whether a restore session can be used.
	RestoreSessionState = gen.RestoreSessionState
)

// The states of a restore session. Servers may name others.
const (
	RestoreSessionStarting = gen.RestoreSessionStateStarting
	RestoreSessionWorking  = gen.RestoreSessionStateWorking
	RestoreSessionStopping = gen.RestoreSessionStateStopping
	RestoreSessionStopped  = gen.RestoreSessionStateStopped
)

// RestoreSession is a restore session of a client: a view of a backup as of one point in time. It is a value without
// any I/O, safe for concurrent use. The id is checked when an operation needs it.
type RestoreSession struct {
	// Properties is what the server said of it. It is zero unless the value came from the server.
	Properties RestoreSessionProperties

	client *Client
	id     string
}

// RestoreSession returns the restore session with this id, which must have been started by the same account.
func (c *Client) RestoreSession(id string) RestoreSession {
	return RestoreSession{client: c, id: id}
}

// ID returns the id of the restore session, usually a GUID.
func (s RestoreSession) ID() string { return s.id }

func (c *Client) restoreSessions() list[RestoreSessionProperties, RestoreSession] {
	return list[RestoreSessionProperties, RestoreSession]{
		op:      "list restore sessions",
		session: RestoreSession{client: c},
		request: func(ctx context.Context, w wire, limit *int32, offset *int64) (*http.Response, error) {
			return w.ListRestoreSessions(ctx, &gen.ListRestoreSessionsParams{Limit: limit, Offset: offset}, acceptJSON)
		},
		id: func(p RestoreSessionProperties) string { return p.ID },
		item: func(p RestoreSessionProperties) RestoreSession {
			return RestoreSession{Properties: p, client: c, id: p.ID}
		},
	}
}

// RestoreSessions lists the restore sessions of the account, stopped ones among them.
func (c *Client) RestoreSessions(ctx context.Context) iter.Seq2[RestoreSession, error] {
	return c.restoreSessions().all(ctx)
}

// RestoreSessionsPage reads one page of what [Client.RestoreSessions] lists.
func (c *Client) RestoreSessionsPage(ctx context.Context, page PageOptions) (Page[RestoreSession], error) {
	return c.restoreSessions().page(ctx, page)
}

// Get reads the session's properties from the server.
func (s RestoreSession) Get(ctx context.Context) (RestoreSession, error) {
	const op = "get restore session"
	if err := s.check(); err != nil {
		return s, failed(op, err)
	}
	err := s.client.read(ctx, call{}, "id", &s.Properties, func(w wire) (*http.Response, error) {
		return w.GetRestoreSession(ctx, s.id, acceptJSON)
	})
	return s, failed(op, err)
}

// Stop ends the session and frees what it holds on the server. To stop one that has ended is no error.
func (s RestoreSession) Stop(ctx context.Context) error {
	const op = "stop restore session"
	if err := s.check(); err != nil {
		return failed(op, err)
	}
	response, err := s.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) { return w.stop(ctx, s.id) })
	switch {
	case err == nil:
		err = readNothing(response)
	case errors.Is(s.explain(ctx, err), ErrSessionEnded):
		err = nil
	}
	if err == nil {
		s.client.started.Delete(s.id)
	}
	return failed(op, err)
}

// Organization reads the organization that the session shows.
func (s RestoreSession) Organization(ctx context.Context) (Organization, error) {
	organization := Organization{client: s.client}
	err := s.read(ctx, "get organization of restore session", s.check(), "id", &organization.Properties,
		func(w wire) (*http.Response, error) { return w.GetRestoreSessionOrganization(ctx, s.id, acceptJSON) })
	organization.id = organization.Properties.ID
	return organization, err
}

// read makes a request and decodes the object that is responded, which has the property that is due.
func (c *Client) read(
	ctx context.Context, call call, due string, object any, request func(wire) (*http.Response, error),
) error {
	response, err := c.exchange(ctx, call, request)
	if err != nil {
		return err
	}
	return readJSON(response, due, object)
}

// read makes a request in the session, unless something is wrong with it, as [Client.read] does.
func (s RestoreSession) read(
	ctx context.Context, op string, wrong error, due string, object any, request func(wire) (*http.Response, error),
) error {
	if wrong != nil {
		return failed(op, wrong)
	}
	return failed(op, s.explain(ctx, s.client.read(ctx, call{}, due, object, request)))
}

// check refuses a session that no request can be made for.
func (s RestoreSession) check() error {
	if s.client == nil {
		return invalid("the restore session does not come from a client")
	}
	return checkID("restore session", s.id)
}

// explain finds out whether a request failed because its session has ended, by reading the session: the status of the failure
// does not tell (spec/FACTS.md#3.3).
func (s RestoreSession) explain(ctx context.Context, err error) error {
	failure, ok := errors.AsType[*Error](err)
	if !ok || isPreparation(err) {
		return err
	}
	switch failure.StatusCode {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusInternalServerError:
	default:
		return err
	}
	if now, getErr := s.Get(ctx); getErr == nil &&
		(now.Properties.State == RestoreSessionStopped || now.Properties.State == RestoreSessionStopping) {
		return fmt.Errorf("%w: %w", ErrSessionEnded, err)
	}
	return err
}

// checkID refuses ids that would change the path of a request: package url resolves dot segments, and an empty segment
// is another resource. All others are escaped.
func checkID(resource, id string) error {
	switch id {
	case "":
		return invalid("the %s id is empty", resource)
	case ".", "..":
		return invalid("the %s id is %q", resource, id)
	}
	return nil
}
