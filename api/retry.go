package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// A retryPolicy says how often, and when, something is tried again.
type retryPolicy struct {
	attempts int
	// backoff is how long to wait after an attempt. Nil is the default.
	backoff func(attempt int) time.Duration
	// pause waits between two attempts. Nil waits by the clock.
	pause func(context.Context, time.Duration) error
	// notice is told of every wait. Nil is not.
	notice func(RetryNotice)
}

// RetryNotice tells that something has failed and is tried again after a while.
type RetryNotice struct {
	// Attempt is the number of the attempt that has failed, from 1 on, and Attempts how many there are at most.
	Attempt, Attempts int
	// Wait is how long the client waits before the next one.
	Wait time.Duration
	// Err is what the attempt has failed with.
	Err error
}

const (
	// defaultAttempts and the delays between them bridge a restart of the server, of about half a minute.
	defaultAttempts = 6
	firstDelay      = time.Second
	// maxDelay bounds the wait for the next attempt, also what a server may ask for with Retry-After.
	maxDelay = 2 * time.Minute
)

// run calls try until it succeeds, fails for good, or has been called often enough. It waits between the calls, longer each time,
// and not at all for a context that has ended.
func (p retryPolicy) run(ctx context.Context, retryable func(error) bool, try func(attempt int) error) error {
	for attempt := 1; ; attempt++ {
		err := try(attempt)
		if err == nil || !retryable(err) || ctx.Err() != nil {
			return attempted(err, attempt)
		}
		if attempt >= p.attempts {
			return attempted(err, attempt)
		}
		delay, err2 := p.delay(attempt, err)
		if err2 != nil {
			return attempted(err2, attempt)
		}
		if p.notice != nil {
			p.notice(RetryNotice{Attempt: attempt, Attempts: p.attempts, Wait: delay, Err: err})
		}
		if ended := p.wait(ctx, delay); ended != nil {
			return attempted(fmt.Errorf("%w, while waiting to try again after: %w", ended, err), attempt)
		}
	}
}

// wait waits, less long if the context ends.
func (p retryPolicy) wait(ctx context.Context, d time.Duration) error {
	if p.pause != nil {
		return p.pause(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// attempted notes in an error how often something was tried.
func attempted(err error, attempts int) error {
	if err == nil || attempts == 1 {
		return err
	}
	e := &Error{Attempts: attempts, Err: err}
	if inner, ok := errors.AsType[*Error](err); ok {
		e.StatusCode, e.Message, e.Code = inner.StatusCode, inner.Message, inner.Code
	}
	return e
}

// delay returns how long to wait after an attempt: as long as the server asks for, or the back-off.
func (p retryPolicy) delay(attempt int, err error) (time.Duration, error) {
	if e, ok := errors.AsType[*Error](err); ok && e.retryAfter > 0 {
		if e.retryAfter > maxDelay {
			return 0, fmt.Errorf("%w (the server asks to wait %v, which is more than %v)", err, e.retryAfter, maxDelay)
		}
		return e.retryAfter, nil
	}
	if p.backoff != nil {
		return p.backoff(attempt), nil
	}
	delay := min(firstDelay<<min(attempt-1, 20), maxDelay)
	return delay/2 + rand.N(delay/2+1), nil //nolint:gosec // so that many clients do not come back at once
}

// parseRetryAfter reads the header Retry-After: seconds, or a date, which is compared with the clock of the server if it sent one.
// 0 stands for a header that is missing, in the past or not readable.
func parseRetryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return max(0, at.Sub(now))
}

// transient reports whether a failure may pass by itself, as far as the context lives. A 500 is none: this API answers it for what
// stays as it is (spec/FACTS.md#3.3, #5). Neither is what comes before a request, which has been tried again by itself.
func transient(err error) bool {
	if errors.Is(err, ErrCertificate) || errors.Is(err, ErrInvalid) || isPreparation(err) {
		return false
	}
	if errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrTruncated) {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && !errors.Is(err, ErrUnexpected) && transientStatus(e.StatusCode)
}

// transientStatus reports whether a status says that the server, or something before it, cannot answer now. Those above 504 are of
// proxies.
func transientStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, 499,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 598:
		return true
	}
	return status >= 520 && status <= 527
}

// unsent reports whether a transient failure came before any byte of the request can have reached the server.
func unsent(err error) bool {
	_, ok := errors.AsType[unsentError](err)
	return ok && transient(err)
}

// retry sends a request again if that can do no harm: because the request is repeatable, or because nothing of it was sent.
func retry(policy retryPolicy, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		if call.once {
			return next(call, request)
		}
		retryable := unsent
		if call.Repeatable {
			retryable = transient
		}
		var response *http.Response
		//nolint:contextcheck // the request has the context
		err := policy.run(request.Context(), retryable, func(attempt int) (err error) {
			call.attempt = attempt
			again := request.Clone(request.Context())
			if again.Body, err = rewind(request); err != nil {
				return err
			}
			response, err = next(call, again)
			return err
		})
		return response, err
	}
}

// rewind returns the body of a request from its beginning. The generated client makes bodies that can be rewound.
func rewind(request *http.Request) (io.ReadCloser, error) {
	if request.GetBody == nil {
		return request.Body, nil
	}
	return request.GetBody()
}
