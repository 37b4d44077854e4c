package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

const (
	// renewBefore is how long before its end a token is renewed, at most: a quarter of its lifetime if that is less.
	renewBefore = time.Minute
	// renewBeforeStream is the same for a token that opens a long stream: nobody knows whether a server ends a stream
	// whose token expires.
	renewBeforeStream = 10 * time.Minute
	// refreshTimeout bounds the exchange of a refresh token: there is the log-in after it.
	refreshTimeout = 10 * time.Second
	// earlyTimeout bounds the renewal of a token that is still valid, and earlyPause is how long it is not tried again after it has
	// failed: requests go on with the token that there is.
	earlyTimeout = 10 * time.Second
	earlyPause   = 30 * time.Second
	// rememberRefused is how long refused credentials are not tried again. Not for ever: servers have been seen to
	// refuse right ones for a while (spec/FACTS.md#2).
	rememberRefused = time.Minute
	// maxTokenSize bounds the answer of the token endpoint.
	maxTokenSize = 1 << 20
)

// A tokenSource logs in when a token is needed, renews it, and is safe for concurrent use. One goroutine at a time talks
// to the token endpoint, with its own context. The others go on with the token as long as it is valid, and wait if it is not.
type tokenSource struct {
	login gen.TokenRequest
	// request asks the token endpoint; once does not try again.
	request func(ctx context.Context, request gen.TokenRequest, once bool) (*http.Response, error)

	turn chan struct{} // holds a value while somebody talks to the endpoint, and has the two fields below
	// failed is the error of the last log-in, and failedAt its time.
	failed   error
	failedAt time.Time

	mu      sync.Mutex
	access  gen.Secret
	refresh gen.Secret
	// lifetime is what the server gave the token, from renewed on; 0 if it did not say. Both times are monotonic, so
	// that setting the clock does no harm.
	lifetime time.Duration
	renewed  time.Time
	early    time.Time // when the renewal of the token has failed last, while it was valid
}

func newTokenSource(
	login gen.TokenRequest, request func(context.Context, gen.TokenRequest, bool) (*http.Response, error),
) *tokenSource {
	return &tokenSource{login: login, request: request, turn: make(chan struct{}, 1)}
}

// token returns an access token that is good for a while: until renewBefore ahead of its end, or more if a margin is
// given, as far as the server's lifetime of tokens allows. If it cannot be renewed, it is good until its end. A refused token is
// forgotten, unless another has come in the meantime.
func (s *tokenSource) token(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error) {
	asked := time.Now()
	s.forget(refused)
	access, state := s.current(margin)
	if state == tokenFresh {
		return access, nil
	}
	if state == tokenValid && margin <= renewBefore {
		select {
		case s.turn <- struct{}{}:
		default: // somebody renews it
			return access, nil
		}
	} else if err := s.take(ctx); err != nil {
		return "", err
	}
	defer s.give()
	switch access, state = s.current(margin); state {
	case tokenFresh: // somebody has renewed it meanwhile
		return access, nil
	case tokenValid:
		s.renewEarly(ctx)
	case tokenNone:
		if s.failed != nil && !s.failedAt.Before(asked) { // while this caller was waiting for it
			return "", s.failed
		}
		if err := s.renew(ctx, false); err != nil {
			return "", err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.access, nil // the server says whether it is good
}

func (s *tokenSource) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *tokenSource) give() { <-s.turn }

func (s *tokenSource) forget(refused gen.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused != "" && s.access == refused {
		s.access, s.refresh = "", ""
	}
}

// What a token is good for.
type tokenState int

const (
	tokenNone  tokenState = iota // there is none, or it has expired
	tokenValid                   // it should be renewed
	tokenFresh
)

// current returns the token, and whether it is good for a margin.
func (s *tokenSource) current(margin time.Duration) (gen.Secret, tokenState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.lifetime - time.Since(s.renewed)
	switch {
	case s.access == "" || s.lifetime > 0 && left <= 0:
		return "", tokenNone
	case s.lifetime == 0, left > min(max(margin, renewBefore), s.lifetime/4),
		!s.early.IsZero() && time.Since(s.early) < earlyPause:
		return s.access, tokenFresh
	}
	return s.access, tokenValid
}

// renewEarly renews a token that is still valid. If it fails, nobody is the worse for it.
func (s *tokenSource) renewEarly(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, earlyTimeout)
	defer cancel()
	if err := s.renew(ctx, true); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.early = time.Now()
	}
}

// renew exchanges the refresh token, and logs in if there is none or that fails, for whatever reason.
func (s *tokenSource) renew(ctx context.Context, once bool) error {
	s.mu.Lock()
	refresh := s.refresh
	s.mu.Unlock()
	if refresh != "" {
		bounded, cancel := context.WithTimeout(ctx, refreshTimeout)
		defer cancel()
		err := s.fetch(bounded, gen.TokenRequest{
			GrantType:    gen.GrantTypeRefreshToken,
			RefreshToken: string(refresh),
		}, true)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if errors.Is(err, ErrUnauthorized) {
			s.mu.Lock()
			s.refresh = ""
			s.mu.Unlock()
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

// fetch asks the token endpoint and keeps what it answers.
func (s *tokenSource) fetch(ctx context.Context, request gen.TokenRequest, once bool) error {
	asked := time.Now()
	response, err := s.request(ctx, request, once)
	if err != nil {
		return refusal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTokenSize+1))
	if err != nil {
		return fmt.Errorf("read token: %w: %w", ErrTruncated, err)
	}
	answer, err := parseToken(body)
	if err != nil {
		return &Error{StatusCode: response.StatusCode, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access, s.refresh = answer.access, answer.refresh
	s.lifetime, s.renewed, s.early = answer.lifetime, asked, time.Time{}
	return nil
}

// refusal says that the credentials were refused where the server does so with status 400 (spec/FACTS.md#2).
func refusal(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.StatusCode == http.StatusBadRequest {
		refused := *e
		refused.Err = ErrUnauthorized
		return &refused
	}
	return err
}

type token struct {
	access, refresh gen.Secret
	lifetime        time.Duration // 0 if the server did not say
}

// parseToken reads the answer of the token endpoint. It takes the lifetime as a number or as a string, and from the two
// times if it is missing. Its errors never quote the answer.
func parseToken(body []byte) (token, error) {
	if len(body) > maxTokenSize {
		return token{}, unexpected("the token is longer than %d bytes", maxTokenSize)
	}
	var answer struct {
		AccessToken  gen.Secret      `json:"access_token"`
		RefreshToken gen.Secret      `json:"refresh_token"`
		ExpiresIn    json.RawMessage `json:"expires_in"`
		Issued       string          `json:".issued"`
		Expires      string          `json:".expires"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return token{}, unexpected("the answer is not a token")
	}
	if answer.AccessToken == "" {
		return token{}, unexpected("the answer has no access token")
	}
	if strings.ContainsFunc(string(answer.AccessToken), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return token{}, unexpected("the access token has characters that cannot be sent")
	}
	t := token{access: answer.AccessToken, refresh: answer.RefreshToken}
	seconds, err := strconv.ParseFloat(string(bytes.Trim(answer.ExpiresIn, `" `)), 64)
	switch {
	case err == nil && seconds > 0 && seconds < maxLifetime.Seconds():
		t.lifetime = time.Duration(seconds * float64(time.Second))
	case err == nil && seconds >= maxLifetime.Seconds():
		t.lifetime = maxLifetime
	default:
		issued, issuedErr := time.Parse(time.RFC3339, answer.Issued)
		expires, expiresErr := time.Parse(time.RFC3339, answer.Expires)
		if issuedErr == nil && expiresErr == nil && expires.After(issued) {
			t.lifetime = min(expires.Sub(issued), maxLifetime)
		}
	}
	return t, nil
}

// maxLifetime keeps the arithmetic of times from overflowing.
const maxLifetime = 10 * 365 * 24 * time.Hour
