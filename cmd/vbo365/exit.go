package main

import (
	"context"
	"errors"
	"net"

	"github.com/vbo365/vbo365-go/api"
)

// The exit status, documented in the package comment and the README.
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

// usageError is a mistake in the arguments that only the command can find.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitStatus(ctx context.Context, err error) int {
	var network net.Error
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
	case errors.Is(err, api.ErrServer), errors.Is(err, api.ErrTimeout), errors.As(err, &network):
		return exitTransient
	}
	return exitFailure
}

func isUsage(err error) bool {
	_, ok := errors.AsType[usageError](err)
	return ok
}
