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

// A retryPolicy says how often and when a request is retried.
type retryPolicy struct {
	attempts int
	// backoff returns the wait after an attempt. The default doubles it.
	backoff func(attempt int) time.Duration
	// pause waits between two attempts. The default uses the clock.
	pause func(context.Context, time.Duration) error
	// notice is called before each wait, unless it is nil.
	notice func(RetryNotice)
}

// RetryNotice describes a failed attempt that is retried.
type RetryNotice struct {
	// Attempt is the number of the failed attempt, from 1 on. Attempts is the maximum.
	Attempt, Attempts int
	// Wait is the time until the next attempt.
	Wait time.Duration
	// Err is the error of the attempt.
	Err error
}

const (
	// defaultAttempts and the waits between them last about half a minute, as long as a restart of the server.
	defaultAttempts = 6
	firstDelay      = time.Second
	// maxDelay is the longest wait for the next attempt, also by Retry-After.
	maxDelay = 2 * time.Minute
)

// run calls try until it succeeds, its error is not retryable, the attempts are used up, or the context ends. It waits
// between the calls.
func (p retryPolicy) run(ctx context.Context, retryable func(error) bool, try func(attempt int) error) error {
	for attempt := 1; ; attempt++ {
		err := try(attempt)
		if err == nil || !retryable(err) || ctx.Err() != nil || attempt >= p.attempts {
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
			return attempted(fmt.Errorf("%w while waiting to retry after: %w", ended, err), attempt)
		}
	}
}

// wait waits for a duration, or until the context ends.
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

// attempted adds the number of attempts to an error.
func attempted(err error, attempts int) error {
	if err == nil || attempts == 1 {
		return err
	}
	e := around(err)
	e.Attempts = attempts
	return e
}

// delay returns the wait after an attempt: that of Retry-After, or the back-off.
func (p retryPolicy) delay(attempt int, err error) (time.Duration, error) {
	if e, ok := errors.AsType[*Error](err); ok && e.retryAfter > 0 {
		if e.retryAfter > maxDelay {
			return 0, fmt.Errorf("%w (Retry-After is %v, more than %v)", err, e.retryAfter, maxDelay)
		}
		return e.retryAfter, nil
	}
	if p.backoff != nil {
		return p.backoff(attempt), nil
	}
	delay := min(firstDelay<<min(attempt-1, 20), maxDelay)
	return delay/2 + rand.N(delay/2+1), nil //nolint:gosec // no secret: it spreads the retries of many clients
}

// parseRetryAfter returns the wait of the header Retry-After, which has seconds or a date. The date is compared with
// the header Date, or with the local clock. The result is 0 if the header is missing, in the past, or not valid.
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

// transient reports whether a retry may succeed. Status 500 is not transient: this API sends it for permanent failures
// (spec/FACTS.md#3.3, #5). A failure of a step before the request is not transient either, because that step has been
// retried on its own.
func transient(err error) bool {
	if errors.Is(err, ErrCertificate) || errors.Is(err, ErrInvalid) || is[preparationError](err) {
		return false
	}
	if errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrTruncated) {
		return true
	}
	return !errors.Is(err, ErrUnexpected) && transientStatus(statusOf(err))
}

// transientStatus reports whether a status means that the server, or a proxy before it, cannot respond at the moment.
// Those above 504 are from proxies.
func transientStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, 499,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 598:
		return true
	}
	return status >= 520 && status <= 527
}

// retry retries a request if it is repeatable, or if no byte of it was sent.
func retry(policy retryPolicy, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		if call.once {
			return next(call, request)
		}
		retryable := func(err error) bool { return transient(err) && (call.Repeatable || is[unsentError](err)) }
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

// rewind returns a new reader of the body of a request. The generated client makes requests with GetBody.
func rewind(request *http.Request) (io.ReadCloser, error) {
	if request.GetBody == nil {
		return request.Body, nil
	}
	return request.GetBody()
}
