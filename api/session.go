package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Stop ends the session, and frees its resources on the server. If the session has ended already, Stop returns nil.
func (s RestoreSession) Stop(ctx context.Context) error {
	err := s.read(ctx, "stop restore session", s.check(), "", nil,
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
	err := s.read(ctx, "get organization of restore session", s.check(), "id", &organization.Properties,
		func(w wire) (*http.Response, error) { return w.GetRestoreSessionOrganization(ctx, s.id, acceptJSON) })
	organization.id = organization.Properties.ID
	return organization, err
}

// read makes a request, and decodes the object in the response, which must have the property due. If object is nil, the
// response must be empty. read returns wrong if that is not nil.
func (s RestoreSession) read(
	ctx context.Context, op string, wrong error, due string, object any, request func(wire) (*http.Response, error),
) error {
	if wrong != nil {
		return failed(op, wrong)
	}
	response, err := s.client.exchange(ctx, call{}, request)
	switch {
	case err != nil:
	case object == nil:
		err = readNothing(response)
	default:
		err = readJSON(response, due, object)
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
