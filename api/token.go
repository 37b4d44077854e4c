package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

const (
	// renewBefore is how long before its end a token is renewed, at most: a quarter of its lifetime if that is less.
	renewBefore = time.Minute
	// renewBeforeStream is the same for a token that opens a long stream: nobody knows whether a server ends a stream
	// whose token expires.
	renewBeforeStream = 10 * time.Minute
	// refreshTimeout bounds the exchange of a refresh token: the log-in comes after it.
	refreshTimeout = 10 * time.Second
	// earlyTimeout bounds the renewal of a token that is still valid. After a failure, it is not tried again for
	// earlyPause: requests go on with the token that there is.
	earlyTimeout = 10 * time.Second
	earlyPause   = 30 * time.Second
	// rememberRefused is how long refused credentials are not tried again. Not for ever: servers have been seen to
	// refuse right ones for a while (spec/FACTS.md#2).
	rememberRefused = time.Minute
	// maxTokenSize bounds the response of the token endpoint.
	maxTokenSize = 1 << 20
	// maxLifetime keeps the arithmetic of times from overflowing.
	maxLifetime = 10 * 365 * 24 * time.Hour
)

// A turn is taken by one goroutine at a time. Make it with room for one value.
type turn chan struct{}

// take waits for the turn, or for the end of the context.
func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) give() { <-t }

// A tokenSource logs in when a token is needed, renews it, and is safe for concurrent use. One goroutine at a time
// talks to the token endpoint, with its own context. The others use the token while it is valid, and wait if it is not.
type tokenSource struct {
	login gen.TokenRequest
	// request asks the token endpoint; once does not try again.
	request func(ctx context.Context, request gen.TokenRequest, once bool) (*http.Response, error)

	current atomic.Pointer[token] // nil before the first log-in; changed by the one who has the turn

	turn turn // of talking to the endpoint, and of the two fields below
	// failed is the error of the last log-in, and failedAt its time.
	failed   error
	failedAt time.Time
}

func newTokenSource(
	login gen.TokenRequest, request func(context.Context, gen.TokenRequest, bool) (*http.Response, error),
) *tokenSource {
	return &tokenSource{login: login, request: request, turn: make(turn, 1)}
}

// A token is not changed, but replaced.
type token struct {
	access, refresh gen.Secret
	// lifetime is what the server gave the token, from renewed on; 0 if it did not say. Both times are monotonic, so
	// that setting the clock does no harm.
	lifetime time.Duration
	renewed  time.Time
	early    time.Time // of the last renewal that has failed while the token was valid
}

// valid reports whether the token has not expired.
func (t token) valid() bool {
	return t.access != "" && (t.lifetime == 0 || time.Since(t.renewed) < t.lifetime)
}

// fresh reports whether the token is valid and need not be renewed yet.
func (t token) fresh(margin time.Duration) bool {
	left := t.lifetime - time.Since(t.renewed)
	return t.valid() && (t.lifetime == 0 || left > min(max(margin, renewBefore), t.lifetime/4) ||
		time.Since(t.early) < earlyPause)
}

// known returns the token, an empty one if there is none or it was refused.
func (s *tokenSource) known(refused gen.Secret) token {
	if t := s.current.Load(); t != nil && t.access != refused {
		return *t
	}
	return token{}
}

// token returns an access token that is good for a while: until renewBefore ahead of its end, or more if a margin is
// given, as far as the server's lifetime of tokens allows. If it cannot be renewed, it is good until its end. A refused
// token is forgotten, unless another has come in the meantime.
func (s *tokenSource) token(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error) {
	asked := time.Now()
	now := s.known(refused)
	if now.fresh(margin) {
		return now.access, nil
	}
	if now.valid() && margin <= renewBefore {
		select {
		case s.turn <- struct{}{}:
		default: // somebody renews it
			return now.access, nil
		}
	} else if err := s.turn.take(ctx); err != nil {
		return "", err
	}
	defer s.turn.give()
	now = s.known(refused)
	switch {
	case now.fresh(margin): // somebody has renewed it meanwhile
	case now.valid():
		early, cancel := context.WithTimeout(ctx, earlyTimeout)
		defer cancel()
		if s.renew(early, true) != nil { // which does no harm yet
			now = s.known(refused)
			now.early = time.Now()
			s.current.Store(&now)
		}
	case s.failed != nil && !s.failedAt.Before(asked): // while this caller was waiting for it
		return "", s.failed
	default:
		s.current.Store(&now) // a refused one is forgotten
		if err := s.renew(ctx, false); err != nil {
			return "", err
		}
	}
	return s.current.Load().access, nil // the server says whether it is good
}

// renew exchanges the refresh token, and logs in if there is none or that fails, for whatever reason.
func (s *tokenSource) renew(ctx context.Context, once bool) error {
	if now := *s.current.Load(); now.refresh != "" {
		bounded, cancel := context.WithTimeout(ctx, refreshTimeout)
		defer cancel()
		request := gen.TokenRequest{GrantType: gen.GrantTypeRefreshToken, RefreshToken: string(now.refresh)}
		err := s.fetch(bounded, request, true)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if errors.Is(err, ErrUnauthorized) {
			now.refresh = ""
			s.current.Store(&now)
		}
	}
	if errors.Is(s.failed, ErrUnauthorized) && time.Since(s.failedAt) < rememberRefused {
		return fmt.Errorf("%w (not tried again before %v have passed)", s.failed, rememberRefused)
	}
	err := s.fetch(ctx, s.login, once)
	if err == nil || ctx.Err() == nil { // otherwise it failed for this caller only
		s.failed, s.failedAt = err, time.Now()
	}
	return err
}

// fetch asks the token endpoint and keeps the token of its response.
func (s *tokenSource) fetch(ctx context.Context, request gen.TokenRequest, once bool) error {
	asked := time.Now()
	response, err := s.request(ctx, request, once)
	if e, ok := errors.AsType[*Error](err); ok && e.StatusCode == http.StatusBadRequest {
		refused := *e // the credentials were, which the status does not say (spec/FACTS.md#2)
		refused.Err = ErrUnauthorized
		err = &refused
	}
	if err != nil {
		return err
	}
	renewed := token{}
	body, err := readText(response)
	if err == nil {
		renewed, err = parseToken(body)
	}
	if err == nil {
		renewed.renewed = asked
		s.current.Store(&renewed)
	}
	return failedWith(response.StatusCode, err)
}

// parseToken reads the response of the token endpoint. It takes the lifetime as a number or as a string, and from the
// two times if it is missing. Its errors never quote the response.
func parseToken(body []byte) (token, error) {
	var response struct {
		AccessToken  gen.Secret      `json:"access_token"`
		RefreshToken gen.Secret      `json:"refresh_token"`
		ExpiresIn    json.RawMessage `json:"expires_in"`
		Issued       string          `json:".issued"`
		Expires      string          `json:".expires"`
	}
	notSendable := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	switch {
	case len(body) > maxTokenSize:
		return token{}, unexpected("the token is longer than %d bytes", maxTokenSize)
	case json.Unmarshal(body, &response) != nil:
		return token{}, unexpected("the answer is not a token")
	case response.AccessToken == "":
		return token{}, unexpected("the answer has no access token")
	case strings.ContainsFunc(string(response.AccessToken), notSendable):
		return token{}, unexpected("the access token has characters that cannot be sent")
	}
	seconds, err := strconv.ParseFloat(strings.Trim(string(response.ExpiresIn), `" `), 64)
	if err != nil || !(seconds > 0) {
		seconds = 0
		issued, issuedErr := time.Parse(time.RFC3339, response.Issued)
		expires, expiresErr := time.Parse(time.RFC3339, response.Expires)
		if issuedErr == nil && expiresErr == nil {
			seconds = max(0, expires.Sub(issued).Seconds())
		}
	}
	lifetime := time.Duration(min(seconds, maxLifetime.Seconds()) * float64(time.Second))
	return token{access: response.AccessToken, refresh: response.RefreshToken, lifetime: lifetime}, nil
}
