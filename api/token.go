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
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

const (
	// renewBefore is how long before its end a token is renewed, at most: a quarter of its lifetime if that is less.
	renewBefore = time.Minute
	// renewBeforeStream is the same for a token that opens a long stream: nobody knows whether a server ends a stream
	// whose token expires.
	renewBeforeStream = 10 * time.Minute
	// rememberRefused is how long refused credentials are not tried again. Not for ever: servers have been seen to
	// refuse right ones for a while (fact sheet, section 2).
	rememberRefused = time.Minute
	// maxTokenSize bounds the answer of the token endpoint.
	maxTokenSize = 1 << 20
)

// A tokenSource logs in when a token is needed, renews it, and is safe for concurrent use. One goroutine at a time talks
// to the token endpoint, with its own context; the others wait for what it brings.
type tokenSource struct {
	login   gen.TokenRequest
	request func(context.Context, gen.TokenRequest) (*http.Response, error)

	turn    chan struct{} // holds a value while somebody has the fields below
	access  gen.Secret
	refresh gen.Secret
	// lifetime is what the server gave the token, from renewed on; 0 if it did not say. Both times are monotonic, so
	// that setting the clock does no harm.
	lifetime time.Duration
	renewed  time.Time
	refused  error // of the last log-in, if the credentials were refused
	failedAt time.Time
}

func newTokenSource(
	login gen.TokenRequest, request func(context.Context, gen.TokenRequest) (*http.Response, error),
) *tokenSource {
	return &tokenSource{login: login, request: request, turn: make(chan struct{}, 1)}
}

// token returns an access token that is good for a while: until renewBefore ahead of its end, or more if a margin is
// given, as far as the server's lifetime of tokens allows. A refused token is forgotten, unless another has come in the
// meantime.
func (s *tokenSource) token(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer s.give()
	if refused != "" && s.access == refused {
		s.access, s.refresh = "", ""
	}
	if s.access == "" || s.expiring(max(margin, renewBefore)) {
		if err := s.renew(ctx); err != nil {
			return "", err
		}
	}
	return s.access, nil
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

func (s *tokenSource) expiring(margin time.Duration) bool {
	return s.lifetime > 0 && time.Since(s.renewed) >= s.lifetime-min(margin, s.lifetime/4)
}

// renew exchanges the refresh token, or logs in if there is none or the server refuses it.
func (s *tokenSource) renew(ctx context.Context) error {
	if s.refresh != "" {
		err := s.fetch(ctx, gen.TokenRequest{
			GrantType:    gen.GrantTypeRefreshToken,
			RefreshToken: string(s.refresh),
		})
		if !errors.Is(err, ErrUnauthorized) {
			return err
		}
		s.access, s.refresh = "", ""
	}
	if s.refused != nil && time.Since(s.failedAt) < rememberRefused {
		return fmt.Errorf("%w (not tried again before %v have passed)", s.refused, rememberRefused)
	}
	err := s.fetch(ctx, s.login)
	s.refused = nil
	if errors.Is(err, ErrUnauthorized) {
		s.refused, s.failedAt = err, time.Now()
	}
	return err
}

// fetch asks the token endpoint and keeps what it answers.
func (s *tokenSource) fetch(ctx context.Context, request gen.TokenRequest) error {
	asked := time.Now()
	response, err := s.request(ctx, request)
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
	s.access, s.refresh = answer.access, answer.refresh
	s.lifetime, s.renewed = answer.lifetime, asked
	return nil
}

// refusal says that the credentials were refused where the server does so with status 400 (fact sheet, section 2).
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
