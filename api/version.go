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

	"github.com/vbo365/vbo365-go/gen"
)

// Version is a version of the REST API. Each product release brought one, and serves some of the earlier ones, too. The
// zero value is none. A value is safe for concurrent use.
type Version int

// Versions returns all versions that a client can speak, oldest first.
func Versions() []Version {
	versions := make([]Version, len(gen.APIVersions))
	for i, version := range gen.APIVersions {
		versions[i] = Version(version)
	}
	return versions
}

// ParseVersion returns the version of a name such as "v8", in any letter case and also without the letter. The error
// matches [ErrInvalid].
func ParseVersion(name string) (Version, error) {
	number, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(name), "v"))
	if version := Version(number); err == nil && slices.Contains(Versions(), version) {
		return version, nil
	}
	return 0, invalid("there is no API version %q: it is %s", name, allVersions())
}

// String returns the version as it stands in the addresses of requests, "v8" for example.
func (v Version) String() string { return "v" + strconv.Itoa(int(v)) }

// allVersions names them in errors.
func allVersions() string {
	versions := Versions()
	return fmt.Sprintf("%v to %v", versions[0], versions[len(versions)-1])
}

// exchange makes a request in the version that the server speaks. If the server does not serve it any more, because it
// has been upgraded meanwhile, the request is made in the newest that it serves now: nothing has come of the first one.
func (c *Client) exchange(
	ctx context.Context, call call, request func(wire) (*http.Response, error),
) (*http.Response, error) {
	version, err := c.versions.version(ctx)
	if err != nil {
		return nil, preparationError{failed(opFindVersion, err)}
	}
	response, err := request(c.in(version, call))
	if !errors.Is(err, ErrNotFound) {
		return response, err
	}
	// It may be what was asked for that is not there, or everything in this version.
	again, goneErr := c.versions.replace(ctx, version)
	switch {
	case again == 0:
		return nil, preparationError{failed(opFindVersion, goneErr)}
	case goneErr != nil, again == version:
		return nil, err
	}
	return request(c.in(again, call))
}

// APIVersion returns the version that the client speaks: the one of [WithAPIVersion], or the newest that the server
// serves. If that is not known yet, the server is asked, without credentials.
func (c *Client) APIVersion(ctx context.Context) (Version, error) {
	version, err := c.versions.version(ctx)
	return version, failed(opFindVersion, err)
}

const opFindVersion = "find API version"

// A versionSource finds out which version to speak, once. It is safe for concurrent use: one goroutine at a time asks
// the server. The others use the version that is known, or wait if there is none.
type versionSource struct {
	fixed bool
	known atomic.Int32 // the Version, 0 before it was found
	// serves asks the server whether it serves a version, without credentials.
	serves func(context.Context, Version) (bool, error)

	turn turn // of asking, and of the field below
	// confirmed is when the server has said that what was not found is not the version.
	confirmed time.Time
}

// rememberServed is how long the server is not asked again whether it serves the version: it is not upgraded every
// minute, and what is not there is often asked for in a row.
const rememberServed = time.Minute

// newVersionSource returns a source that finds the newest version that the server serves, unless another is given.
func newVersionSource(fixed Version, serves func(context.Context, Version) (bool, error)) *versionSource {
	s := &versionSource{fixed: fixed != 0, serves: serves, turn: make(turn, 1)}
	s.known.Store(int32(fixed)) //nolint:gosec // one of a few
	return s
}

// version returns the version to speak.
func (s *versionSource) version(ctx context.Context) (Version, error) { return s.replace(ctx, 0) }

// replace returns the version to speak now that something was not found in this one: another, if the server does not
// serve that any more; none, if it does not, and the version is fixed.
func (s *versionSource) replace(ctx context.Context, version Version) (Version, error) {
	if known := Version(s.known.Load()); known != version {
		return known, nil
	}
	if err := s.turn.take(ctx); err != nil {
		return 0, err
	}
	defer s.turn.give()
	if known := Version(s.known.Load()); known != version || version != 0 && time.Since(s.confirmed) < rememberServed {
		return known, nil // somebody else has asked
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
	case err != nil: // nothing is served, as it seems: this server does not respond as others do
		return version, err
	case s.fixed:
		return 0, fmt.Errorf("%w: %v, which the client is fixed to; the newest that the server serves is %v",
			ErrAPIVersion, version, newest)
	}
	s.known.Store(int32(newest)) //nolint:gosec // one of a few
	return newest, nil
}

// newest asks for one version after the other.
func (s *versionSource) newest(ctx context.Context) (Version, error) {
	for _, version := range slices.Backward(Versions()) {
		served, err := s.serves(ctx, version)
		if err != nil {
			return 0, err
		}
		if served {
			return version, nil
		}
	}
	return 0, fmt.Errorf("%w: the server serves none of %s, or does not say so; "+
		"is it the REST service of the backup server?", ErrAPIVersion, allVersions())
}

// serves asks for a resource that every server of the version has. Without credentials, the answer is 401 where the
// version is served, and 404 where it is not (spec/FACTS.md#1.1).
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
