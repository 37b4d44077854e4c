package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// Timeouts bounds the waits for the server. The duration of a whole transfer is not bounded: a save may take days. A
// zero field has its default. A negative field means no bound.
//
//	field         default     bounds
//	Connect       30 seconds  connecting to the server
//	TLSHandshake  30 seconds  the TLS handshake
//	FirstByte     12 hours    save, restore, copy and send: from the call to the first byte of the body of the
//	                          response. The server builds the whole archive, or does the whole work, before it responds.
//	Stall         5 minutes   all other waits: for the first byte of other responses, and for the next byte of all
//
// FirstByte includes the wait for another transfer to end, see [WithMaxTransfers].
type Timeouts struct {
	Connect, TLSHandshake, FirstByte, Stall time.Duration
}

// complete fills in the defaults. In the result, 0 means no bound.
func (t Timeouts) complete() Timeouts {
	bound := func(given, standard time.Duration) time.Duration { return max(cmp.Or(given, standard), 0) }
	return Timeouts{
		Connect:      bound(t.Connect, 30*time.Second),
		TLSHandshake: bound(t.TLSHandshake, 30*time.Second),
		FirstByte:    bound(t.FirstByte, 12*time.Hour),
		Stall:        bound(t.Stall, 5*time.Minute),
	}
}

// unsentError is the error of a request of which no byte was sent.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// watch cancels a request if the server is silent for too long. Slow calls take a place in transfers. There are fewer
// places than connections, so that slow calls do not block other requests.
func watch(timeouts Timeouts, transfers semaphore, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		caller := request.Context()
		parent := caller
		if call.finished {
			parent = context.WithoutCancel(caller)
		}
		ctx, cancel := context.WithCancelCause(parent)
		dog := &watchdog{ctx: ctx, caller: caller, cancel: cancel, stall: timeouts.Stall, bound: timeouts.Stall}
		if call.Slow {
			dog.bound = timeouts.FirstByte
		}
		dog.left = dog.bound
		if call.finished {
			defer context.AfterFunc(caller, dog.callerEnded)()
		}
		defer dog.wait()()
		dog.leave = func() {}
		if call.Slow {
			if err := transfers.take(ctx); err != nil {
				defer cancel(nil)
				return nil, dog.cause(unsentError{err})
			}
			dog.leave = sync.OnceFunc(transfers.give)
		}
		trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { dog.sent.Store(new(time.Now())) }}
		response, err := next(call, request.WithContext(httptrace.WithClientTrace(ctx, trace)))
		if at := dog.sent.Load(); call.sent != nil && at != nil {
			call.sent.at, call.sent.responded = *at, time.Now()
		}
		if err != nil {
			defer cancel(nil)
			dog.leave()
			return nil, dog.cause(err)
		}
		dog.body, response.Body = response.Body, dog
		return response, nil
	}
}

// A watchdog cancels a request after a period of silence. It is also the body of the response. The time between reads
// does not count.
type watchdog struct {
	ctx, caller context.Context // of the request, and of its caller
	cancel      context.CancelCauseFunc
	leave       func()                    // gives back the place in transfers
	sent        atomic.Pointer[time.Time] // when the request got a connection; from then on, bytes may have been sent
	stall       time.Duration
	bound, left time.Duration // of the current silence, which may have several parts; bound 0 is no bound
	body        io.ReadCloser
}

// wait starts a part of a silence. The returned function ends it.
func (d *watchdog) wait() (end func()) {
	if d.bound <= 0 {
		return func() {}
	}
	started, bound := time.Now(), d.bound
	timer := time.AfterFunc(d.left, func() {
		silence := "the server sent nothing"
		if d.sent.Load() == nil {
			silence = "no connection to the server was free"
		}
		d.cancel(fmt.Errorf("%w: %s for %v", ErrTimeout, silence, bound))
	})
	return func() {
		timer.Stop()
		d.left = max(d.left-time.Since(started), 1)
	}
}

// callerEnded cancels a request whose caller has left: at once if no byte of it was sent, else after stopTimeout, so
// that the client can clean up.
func (d *watchdog) callerEnded() {
	left := stopTimeout
	if d.sent.Load() == nil {
		left = 0
	}
	time.AfterFunc(left, func() { d.cancel(context.Cause(d.caller)) })
}

// cause returns the cause of the cancellation of a request that failed with err, or err if it was not cancelled. If err
// is an unsentError, so is the result.
func (d *watchdog) cause(err error) error {
	cause := context.Cause(d.ctx)
	switch {
	case cause == nil, d.caller.Err() != nil && !errors.Is(cause, d.caller.Err()):
		return err
	case is[unsentError](err):
		return unsentError{cause}
	}
	return cause
}

func (d *watchdog) Read(p []byte) (int, error) {
	end := d.wait()
	n, err := d.body.Read(p)
	end()
	if n > 0 {
		d.bound, d.left = d.stall, d.stall
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.cause(err)
	}
	return n, err
}

func (d *watchdog) Close() error {
	err := d.body.Close()
	d.cancel(nil)
	d.leave()
	return err
}
