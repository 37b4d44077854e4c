package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
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

func (t Timeouts) complete() Timeouts {
	for field, standard := range map[*time.Duration]time.Duration{
		&t.Connect:      30 * time.Second,
		&t.TLSHandshake: 30 * time.Second,
		&t.FirstByte:    12 * time.Hour,
		&t.Stall:        5 * time.Minute,
	} {
		switch {
		case *field == 0:
			*field = standard
		case *field < 0:
			*field = 0
		}
	}
	return t
}

// unsentError is the error of a request of which no byte was sent.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// watch cancels a request if the server is silent for too long. Slow calls take a place in transfers. There are fewer
// places than connections, so that slow calls do not block other requests.
func watch(timeouts Timeouts, transfers chan struct{}, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		caller := request.Context()
		parent := caller
		if call.finished {
			parent = context.WithoutCancel(caller)
		}
		ctx, cancel := context.WithCancelCause(parent)
		dog := &watchdog{cancel: cancel, stall: timeouts.Stall, bound: timeouts.Stall}
		if call.Slow {
			dog.bound = timeouts.FirstByte
		}
		dog.left = dog.bound
		if call.finished {
			defer context.AfterFunc(caller, func() { dog.ended(context.Cause(caller)) })()
		}
		dog.start()
		leave := func() {}
		if call.Slow {
			select {
			case transfers <- struct{}{}:
				leave = func() { <-transfers }
			case <-ctx.Done():
				dog.stop()
				return nil, dog.failed(ctx, caller, unsentError{context.Cause(ctx)})
			}
		}
		trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { dog.connected() }}
		response, err := next(call, request.WithContext(httptrace.WithClientTrace(ctx, trace)))
		dog.stop()
		if at := dog.since(); call.sent != nil && !at.IsZero() {
			call.sent.at, call.sent.responded = at, time.Now()
		}
		if err != nil {
			leave()
			return nil, dog.failed(ctx, caller, err)
		}
		leave = sync.OnceFunc(leave)
		response.Body = &watchedBody{body: response.Body, dog: dog, ctx: ctx, caller: caller, leave: leave}
		return response, nil
	}
}

// A watchdog cancels a request after a period of silence.
type watchdog struct {
	cancel context.CancelCauseFunc
	stall  time.Duration

	mu      sync.Mutex
	sent    time.Time     // when the request got a connection; zero before
	bound   time.Duration // of the current silence; 0 is no bound
	left    time.Duration // of bound
	started time.Time
	timer   *time.Timer
}

func (d *watchdog) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bound <= 0 {
		return
	}
	d.started = time.Now()
	if d.timer == nil {
		d.timer = time.AfterFunc(d.left, d.expire)
		return
	}
	d.timer.Reset(d.left)
}

func (d *watchdog) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sent.IsZero() {
		d.cancel(fmt.Errorf("%w: no connection to the server was free for %v", ErrTimeout, d.bound))
		return
	}
	d.cancel(fmt.Errorf("%w: the server sent nothing for %v", ErrTimeout, d.bound))
}

// stop ends a wait, and subtracts its duration from the bound: the wait for the first byte has several parts.
func (d *watchdog) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.left = max(d.left-time.Since(d.started), 1)
	}
}

// alive records that the server has sent a part of the body. From now on, the bound is stall.
func (d *watchdog) alive() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bound, d.left = d.stall, d.stall
}

// connected records that the request has a connection. From now on, bytes of it may have been sent.
func (d *watchdog) connected() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = time.Now()
}

func (d *watchdog) since() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent
}

// ended cancels a request whose caller has left: at once if no byte of it was sent, else after stopTimeout, so that the
// client can clean up.
func (d *watchdog) ended(cause error) {
	if d.since().IsZero() {
		d.cancel(cause)
		return
	}
	time.AfterFunc(stopTimeout, func() { d.cancel(cause) })
}

// failed returns the error of a request: the cause of its cancellation if there is one, as an unsentError if no byte
// was sent.
func (d *watchdog) failed(ctx, caller context.Context, err error) error {
	cause := context.Cause(ctx)
	d.cancel(nil)
	_, unsent := errors.AsType[unsentError](err)
	if cause != nil && (caller.Err() == nil || errors.Is(cause, caller.Err())) {
		err = cause // the watchdog's
	}
	if unsent {
		err = unsentError{err}
	}
	return err
}

// watchedBody is a body whose reads are watched. The time between reads does not count.
type watchedBody struct {
	body        io.ReadCloser
	dog         *watchdog
	ctx, caller context.Context
	leave       func()
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.dog.start()
	n, err := b.body.Read(p)
	b.dog.stop()
	if n > 0 {
		b.dog.alive()
	}
	if err != nil && !errors.Is(err, io.EOF) && b.caller.Err() == nil {
		if cause := context.Cause(b.ctx); cause != nil {
			err = cause // the watchdog's
		}
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.dog.stop()
	err := b.body.Close()
	b.dog.cancel(nil)
	b.leave()
	return err
}
