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
	// renewBefore is the time before its expiry at which a token is renewed, or a quarter of its lifetime if that is
	// less.
	renewBefore = time.Minute
	// renewBeforeStream is the same for a stream. It is not documented whether a server ends a stream when its token
	// expires.
	renewBeforeStream = 10 * time.Minute
	// refreshTimeout bounds the exchange of a refresh token. If it fails, the client logs in.
	refreshTimeout = 10 * time.Second
	// earlyTimeout bounds the renewal of a token that is still valid. After a failure, the token is used for earlyPause
	// before the next renewal.
	earlyTimeout = 10 * time.Second
	earlyPause   = 30 * time.Second
	// rememberRefused is the time for which refused credentials are not sent again. It is short, because servers have
	// been observed to refuse valid credentials temporarily (spec/FACTS.md#2).
	rememberRefused = time.Minute
	// maxTokenSize bounds the response of the token endpoint.
	maxTokenSize = 1 << 20
	// maxLifetime prevents an overflow of time.Duration.
	maxLifetime = 10 * 365 * 24 * time.Hour
)

// A semaphore bounds how many goroutines do something at a time by its capacity. With capacity 1, it is a mutex.
type semaphore chan struct{}

// take waits for a place, or until the context ends.
func (s semaphore) take(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s semaphore) give() { <-s }

// A tokenSource logs in when a token is needed, and renews it. It is safe for concurrent use. One goroutine at a time
// sends a request for a token, with its own context. Meanwhile, the others use the token if it is valid, and wait if
// not.
type tokenSource struct {
	login   gen.TokenRequest
	request tokenRequest

	current atomic.Pointer[token] // nil before the first log-in; only the holder of turn stores it

	turn semaphore // for requests to the endpoint, and for the two fields below
	// failed is the error of the last log-in, and failedAt its time.
	failed   error
	failedAt time.Time

	logins atomic.Int64 // how many have ended; times cannot tell their order, because the clock of Windows has long steps
}

// A tokenRequest sends a request to the token endpoint. With once, it does not retry.
type tokenRequest func(ctx context.Context, request gen.TokenRequest, once bool) (*http.Response, error)

func newTokenSource(login gen.TokenRequest, request tokenRequest) *tokenSource {
	return &tokenSource{login: login, request: request, turn: make(semaphore, 1)}
}

// A token is immutable.
type token struct {
	access, refresh gen.Secret
	// lifetime starts at renewed. It is 0 if the server did not send it. renewed has a monotonic clock reading, so
	// changes of the wall clock have no effect.
	lifetime time.Duration
	renewed  time.Time
	early    time.Time // of the last renewal that failed while the token was valid
}

// valid reports whether the token has not expired.
func (t token) valid() bool {
	return t.access != "" && (t.lifetime == 0 || time.Since(t.renewed) < t.lifetime)
}

// fresh reports whether the token is valid, and not due for renewal.
func (t token) fresh(margin time.Duration) bool {
	left := t.lifetime - time.Since(t.renewed)
	return t.valid() && (t.lifetime == 0 || left > min(max(margin, renewBefore), t.lifetime/4) ||
		time.Since(t.early) < earlyPause)
}

// known returns the current token, or an empty one if there is none or it was refused.
func (s *tokenSource) known(refused gen.Secret) token {
	if t := s.current.Load(); t != nil && t.access != refused {
		return *t
	}
	return token{}
}

// token returns a valid access token. It renews a token that expires within renewBefore, or within margin if that is
// longer. If the renewal of a valid token fails, it returns that token. It does not return the refused token.
func (s *tokenSource) token(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error) {
	logins := s.logins.Load()
	now := s.known(refused)
	if now.fresh(margin) {
		return now.access, nil
	}
	if now.valid() && margin <= renewBefore {
		select {
		case s.turn <- struct{}{}:
		default: // another goroutine renews it
			return now.access, nil
		}
	} else if err := s.turn.take(ctx); err != nil {
		return "", err
	}
	defer s.turn.give()
	now = s.known(refused)
	switch {
	case now.fresh(margin): // another goroutine has renewed it
	case now.valid():
		early, cancel := context.WithTimeout(ctx, earlyTimeout)
		defer cancel()
		if s.renew(early, true) != nil { // the token is still valid
			now = s.known(refused)
			now.early = time.Now()
			s.current.Store(&now)
		}
	case s.failed != nil && s.logins.Load() > logins: // the log-in failed while this goroutine waited
		return "", s.failed
	default:
		s.current.Store(&now) // without the refused token
		if err := s.renew(ctx, false); err != nil {
			return "", err
		}
	}
	return s.current.Load().access, nil
}

// renew exchanges the refresh token. It logs in if there is none, or if the exchange fails.
func (s *tokenSource) renew(ctx context.Context, once bool) error {
	if now := *s.current.Load(); now.refresh != "" {
		brief, cancel := context.WithTimeout(ctx, refreshTimeout)
		defer cancel()
		err := s.fetch(brief, gen.TokenRequest{GrantType: gen.GrantTypeRefreshToken, RefreshToken: string(now.refresh)}, true)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if errors.Is(err, ErrUnauthorized) {
			now.refresh = ""
			s.current.Store(&now)
		}
	}
	if errors.Is(s.failed, ErrUnauthorized) && time.Since(s.failedAt) < rememberRefused {
		return fmt.Errorf("%w (not retried before %v have passed)", s.failed, rememberRefused)
	}
	err := s.fetch(ctx, s.login, once)
	if err == nil || ctx.Err() == nil { // the end of a context concerns only this goroutine
		s.failed, s.failedAt = err, time.Now()
		s.logins.Add(1)
	}
	return err
}

// fetch sends a request to the token endpoint, and stores the token of the response.
func (s *tokenSource) fetch(ctx context.Context, request gen.TokenRequest, once bool) error {
	asked := time.Now()
	response, err := s.request(ctx, request, once)
	if e, ok := errors.AsType[*Error](err); ok && e.StatusCode == http.StatusBadRequest {
		refused := *e // servers send 400 for refused credentials (spec/FACTS.md#2)
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

// parseToken reads the response of the token endpoint. expires_in may be a number or a string. Without it, the lifetime
// is the difference between .issued and .expires. The errors do not quote the response.
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
		return token{}, unexpected("the token response is longer than %d bytes", maxTokenSize)
	case json.Unmarshal(body, &response) != nil:
		return token{}, unexpected("the response is not a token")
	case response.AccessToken == "":
		return token{}, unexpected("the response has no access token")
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

// tokens returns an access token that is valid for at least margin, if the server issues such tokens. refused is a
// token that the server has just refused, or empty. It is not returned again.
type tokens func(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error)

// authorise adds the token to a request. After status 401, it sends the request once more, with a new token. That is
// safe for all operations, because status 401 means that the request was not carried out.
func authorise(tokens tokens, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		ctx := request.Context()
		margin := renewBefore
		if call.Stream {
			margin = renewBeforeStream
		}
		var refused gen.Secret
		for second := false; ; second = true {
			access, err := tokens(ctx, margin, refused)
			if err != nil {
				return nil, preparationError{failed("log in", err)}
			}
			authorised := request.Clone(ctx)
			authorised.Header.Set("Authorization", "Bearer "+string(access))
			if authorised.Body, err = rewind(request); err != nil {
				return nil, err
			}
			response, err := next(call, authorised)
			if second || statusOf(err) != http.StatusUnauthorized {
				return response, err
			}
			refused = access
		}
	}
}

// preparationError is the failure of a step before a request: version detection or log-in. The request was not sent.
// The step has been retried on its own.
type preparationError struct{ error }

func (e preparationError) Unwrap() error { return e.error }
