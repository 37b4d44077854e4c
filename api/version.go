package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Version is a version of the REST API. Each release of the product added one, and also serves some earlier ones. The
// zero value is no version.
type Version int

// Versions returns the versions that a client supports, oldest first.
func Versions() []Version { return slices.Clone(versions) }

// ParseVersion returns the version with a name such as "v8", "V8" or "8". The error for another name matches
// [ErrInvalid].
func ParseVersion(name string) (Version, error) {
	number, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(name), "v"))
	if version := Version(number); err == nil && slices.Contains(versions, version) {
		return version, nil
	}
	return 0, invalid("API version %q is not supported, only %s", name, allVersions())
}

// String returns the version as in the paths of requests, such as "v8".
func (v Version) String() string { return "v" + strconv.Itoa(int(v)) }

// allVersions returns the range of versions for errors.
func allVersions() string {
	return fmt.Sprintf("%v to %v", versions[0], versions[len(versions)-1])
}

// exchange makes a request in the version of the client. If the server no longer serves it after an upgrade, exchange
// makes the request again in the newest version that the server serves. That is safe: the first request got status 404.
func (c *Client) exchange(ctx context.Context, call call, request requestFunc) (*http.Response, error) {
	version, err := c.versions.version(ctx)
	if err != nil {
		return nil, preparationError{failed(opFindVersion, err)}
	}
	response, err := request(c.in(version, call))
	if !errors.Is(err, ErrNotFound) {
		return response, err
	}
	// Either the resource does not exist, or the server does not serve the version.
	again, goneErr := c.versions.replace(ctx, version)
	switch {
	case again == 0:
		return nil, preparationError{failed(opFindVersion, goneErr)}
	case goneErr != nil, again == version:
		return nil, err
	}
	return request(c.in(again, call))
}

// APIVersion returns the version that the client uses: that of [WithAPIVersion], or the newest that the server serves.
// The first call detects it with requests without credentials.
func (c *Client) APIVersion(ctx context.Context) (Version, error) {
	version, err := c.versions.version(ctx)
	return version, failed(opFindVersion, err)
}

// wire returns the wire of the version that the client uses.
func (c *Client) wire(ctx context.Context) (wire, error) {
	version, err := c.APIVersion(ctx)
	return c.in(version, call{}), err
}

const opFindVersion = "find API version"

// A versionSource detects the version, and remembers it. It is safe for concurrent use. One goroutine at a time sends
// requests. Meanwhile, the others use the known version, or wait if there is none.
type versionSource struct {
	fixed bool
	known atomic.Int32 // the Version, 0 before it is detected
	// serves reports whether the server serves a version. It needs no credentials.
	serves func(context.Context, Version) (bool, error)

	turn semaphore // for requests, and for the field below
	// confirmed is the last time at which the server still served the version after a status 404.
	confirmed time.Time
}

// rememberServed is the time after confirmed during which a status 404 is taken to concern the resource, so that a
// series of them sends no further requests.
const rememberServed = time.Minute

// newVersionSource returns a source of the fixed version, or of the newest that the server serves if fixed is 0.
func newVersionSource(fixed Version, serves func(context.Context, Version) (bool, error)) *versionSource {
	s := &versionSource{fixed: fixed != 0, serves: serves, turn: make(semaphore, 1)}
	s.known.Store(int32(fixed)) //nolint:gosec // one of a few
	return s
}

// version returns the version to use.
func (s *versionSource) version(ctx context.Context) (Version, error) { return s.replace(ctx, 0) }

// replace returns the version to use after a status 404 in this version. It is another one if the server no longer
// serves this one. If the version is fixed, the result is then 0 and an error.
func (s *versionSource) replace(ctx context.Context, version Version) (Version, error) {
	if known := Version(s.known.Load()); known != version {
		return known, nil
	}
	if err := s.turn.take(ctx); err != nil {
		return 0, err
	}
	defer s.turn.give()
	if known := Version(s.known.Load()); known != version || version != 0 && time.Since(s.confirmed) < rememberServed {
		return known, nil // another goroutine has detected it, or it was just confirmed
	}
	if version != 0 {
		served, err := s.serves(ctx, version)
		if served && err == nil {
			s.confirmed = time.Now()
		}
		if served || err != nil {
			return version, err
		}
	}
	newest, err := s.newest(ctx)
	switch {
	case err != nil: // detection does not work with this server
		return version, err
	case s.fixed:
		return 0, fmt.Errorf("%w: the client is fixed to %v; the newest that the server serves is %v",
			ErrAPIVersion, version, newest)
	}
	s.known.Store(int32(newest)) //nolint:gosec // one of a few
	return newest, nil
}

// newest tries the versions, newest first.
func (s *versionSource) newest(ctx context.Context) (Version, error) {
	for _, version := range slices.Backward(versions) {
		served, err := s.serves(ctx, version)
		if err != nil {
			return 0, err
		}
		if served {
			return version, nil
		}
	}
	return 0, fmt.Errorf("%w: the server does not respond as one that serves any of %s; "+
		"is it the REST service of the backup server?", ErrAPIVersion, allVersions())
}

// serves requests a resource that all servers of the version have. Without credentials, the status is 401 if the server
// serves the version, and 404 if not (spec/FACTS.md#1.1).
func (c *Client) serves(ctx context.Context, version Version) (bool, error) {
	response, err := c.in(version, call{anonymous: true}).probe(ctx)
	switch {
	case err == nil:
		return true, readNothing(response)
	case errors.Is(err, ErrUnauthorized), errors.Is(err, ErrForbidden):
		return true, nil
	case errors.Is(err, ErrNotFound):
		return false, nil
	}
	return false, err
}
