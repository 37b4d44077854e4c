package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/vbo365/vbo365-go/api"
)

// The exit status, documented in the package comment and docs/automate.md.
const (
	exitDone        = 0
	exitFailure     = 1
	exitUsage       = 2
	exitAuth        = 3
	exitNotFound    = 4
	exitTransient   = 5
	exitIncomplete  = 6
	exitUnknown     = 7
	exitInterrupted = 130
)

// usageError is a mistake in the arguments that the parser cannot find.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitStatus returns the exit status for an error.
func exitStatus(ctx context.Context, err error) int {
	_, status := classify(ctx, err)
	return status
}

// kinds has the kinds of errors that a result names, with their exit status. The first that matches decides.
var kinds = []struct {
	err    error
	kind   string
	status int
}{
	{api.ErrInvalid, "usage", exitUsage},
	{api.ErrUnauthorized, "unauthorized", exitAuth},
	{api.ErrForbidden, "forbidden", exitAuth},
	{api.ErrCertificate, "certificate", exitAuth},
	{api.ErrSessionEnded, "sessionEnded", exitNotFound},
	{api.ErrNotFound, "notFound", exitNotFound},
	{api.ErrAPIVersion, "apiVersion", exitNotFound},
	{api.ErrTruncated, "truncated", exitIncomplete},
	{api.ErrIncomplete, "incomplete", exitIncomplete},
	{api.ErrTimeout, "timeout", exitTransient},
	{api.ErrNoAnswer, "noResponse", exitTransient},
	{api.ErrServer, "server", exitTransient},
}

// classify returns the kind of an error, as in a result, and its exit status. An unknown outcome is first. The failures
// that a retry may help with are late: no restore, copy or send that may have started gets there, because each of its
// responses except a refusal is an unknown outcome. Failures of this computer, such as a full disk, match no case.
func classify(ctx context.Context, err error) (kind string, status int) {
	switch {
	case err == nil:
		return "", exitDone
	case errors.Is(err, api.ErrOutcomeUnknown):
		return "outcomeUnknown", exitUnknown
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return "interrupted", exitInterrupted
	case isUsage(err):
		return "usage", exitUsage
	}
	for _, row := range kinds {
		if errors.Is(err, row.err) {
			return row.kind, row.status
		}
	}
	switch {
	case isBusy(err):
		return "busy", exitTransient
	case errors.Is(err, api.ErrAmbiguous):
		return "ambiguous", exitFailure
	case errors.Is(err, api.ErrUnexpected):
		return "unexpected", exitFailure
	}
	return "other", exitFailure
}

// isBusy reports whether the server or a proxy responded with a status below 500 that says "not now".
func isBusy(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return false
	}
	switch e.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, 499:
		return true
	}
	return false
}

func isUsage(err error) bool {
	_, ok := errors.AsType[usageError](err)
	return ok
}
