package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/vbo365/vbo365-go/api"
)

func TestExitStatus(t *testing.T) {
	t.Parallel()
	answered := func(status int, kind error) error {
		return &api.Error{Op: "save folder", StatusCode: status, Err: kind}
	}
	full := &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	left := &api.LeftSessionError{Err: answered(http.StatusUnauthorized, api.ErrUnauthorized)}
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	type row struct {
		name string
		err  error
		want int
	}
	rows := []row{
		{"nothing", nil, exitDone},
		{"something else", errors.New("else"), exitFailure},
		{"usage", usageError{errors.New("no")}, exitUsage},
		{"argument", answered(0, api.ErrInvalid), exitUsage},
		{"credentials", answered(401, api.ErrUnauthorized), exitAuth},
		{"permission", answered(403, api.ErrForbidden), exitAuth},
		{"certificate", fmt.Errorf("%w: %w", api.ErrNoAnswer, api.ErrCertificate), exitAuth},
		{"not there", answered(404, api.ErrNotFound), exitNotFound},
		{"session", fmt.Errorf("%w: %w", api.ErrSessionEnded, answered(500, api.ErrServer)), exitNotFound},
		{"version", api.ErrAPIVersion, exitNotFound},
		{"cut", answered(200, api.ErrTruncated), exitIncomplete},
		{"cut by the network", fmt.Errorf("%w: %w", api.ErrTruncated, api.ErrNoAnswer), exitIncomplete},
		{"in part", answered(200, api.ErrIncomplete), exitIncomplete},
		{"silence", answered(0, api.ErrTimeout), exitTransient},
		{"no answer", answered(0, fmt.Errorf("%w: %w", api.ErrNoAnswer, syscall.ECONNREFUSED)), exitTransient},
		{"server", answered(500, api.ErrServer), exitTransient},
		{"another service", answered(200, api.ErrUnexpected), exitFailure},

		// An unknown outcome takes precedence over all other errors.
		{"unknown, no answer", fmt.Errorf("%w: %w", api.ErrOutcomeUnknown, answered(0, api.ErrNoAnswer)), exitUnknown},
		{"unknown, server", fmt.Errorf("%w: %w", api.ErrOutcomeUnknown, answered(500, api.ErrServer)), exitUnknown},
		{
			"unknown, credentials",
			fmt.Errorf("%w: %w", api.ErrOutcomeUnknown, answered(401, api.ErrUnauthorized)),
			exitUnknown,
		},
		{"unknown, interrupted", fmt.Errorf("%w: %w", api.ErrOutcomeUnknown, context.Canceled), exitUnknown},

		// A failure of this computer is not a failure of the server.
		{"full disk", answered(0, full), exitFailure},
		{"no directory", &os.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, exitFailure},
		{"closed output", errOutputClosed, exitFailure},
		{"full output", outputError(full), exitFailure},
		{"closed pipe", fmt.Errorf("the result could not be written: %w", syscall.EPIPE), exitFailure},

		// A session that is left does not change the status of another error.
		{"left session beside no answer", fmt.Errorf("%w; %w", answered(0, api.ErrNoAnswer), left), exitTransient},
		{"left session beside a failure", fmt.Errorf("%w; %w", errors.New("else"), left), exitFailure},
	}
	for _, status := range []int{408, 425, 429, 499, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 598} {
		kind := error(nil)
		if status >= 500 {
			kind = api.ErrServer
		}
		rows = append(rows, row{http.StatusText(status), answered(status, kind), exitTransient})
	}
	for _, row := range rows {
		if got := exitStatus(t.Context(), row.err); got != row.want {
			t.Errorf("%s (%v): %d, not %d", row.name, row.err, got, row.want)
		}
	}
	if got := exitStatus(interrupted, fmt.Errorf("%w: %w", api.ErrNoAnswer, context.Canceled)); got != exitInterrupted {
		t.Errorf("interrupted: %d", got)
	}
}
