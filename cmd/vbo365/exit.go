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

// exitStatus returns the exit status for an error. The first case that matches decides. An unknown outcome is first.
// The failures that a retry may help with are last: no restore, copy or send that may have started gets there, because
// each of its responses except a refusal is an unknown outcome. Failures of this computer, such as a full disk, match
// no case.
func exitStatus(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, api.ErrOutcomeUnknown):
		return exitUnknown
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return exitInterrupted
	case isUsage(err), errors.Is(err, api.ErrInvalid):
		return exitUsage
	case errors.Is(err, api.ErrUnauthorized), errors.Is(err, api.ErrForbidden), errors.Is(err, api.ErrCertificate):
		return exitAuth
	case errors.Is(err, api.ErrNotFound), errors.Is(err, api.ErrSessionEnded), errors.Is(err, api.ErrAPIVersion):
		return exitNotFound
	case errors.Is(err, api.ErrTruncated), errors.Is(err, api.ErrIncomplete):
		return exitIncomplete
	case errors.Is(err, api.ErrServer), errors.Is(err, api.ErrNoAnswer), errors.Is(err, api.ErrTimeout), isBusy(err):
		return exitTransient
	}
	return exitFailure
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
