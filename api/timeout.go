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

// Timeouts bounds what a request may wait for. Nothing bounds a whole transfer: a save may take days. A field that is zero has
// its default, a negative one no bound.
//
//	field         default     bounds
//	Connect       30 seconds  connecting to the server
//	TLSHandshake  30 seconds  the TLS handshake after that
//	FirstByte     12 hours    save, restore, copy and send: from the call to the first byte of the answer's body. The server builds
//	                          the whole archive, or does the whole work, before it answers.
//	Stall         5 minutes   every other wait for the server: for the first byte of other answers, and for the next byte of all
//
// To wait for a connection, where [WithMaxTransfers] bounds them, counts as waiting for the first byte.
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

// unsentError says that a request failed before any byte of it can have reached the server.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// watch ends a request when the server is silent for too long, and finds out whether any of it was sent. Slow calls take one of the
// transfers: there are fewer of these than connections, so that they cannot keep others from the server.
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
			call.sent.at, call.sent.answered = at, time.Now()
		}
		if err != nil {
			leave()
			return nil, dog.failed(ctx, caller, err)
		}
		response.Body = &watchedBody{body: response.Body, dog: dog, ctx: ctx, caller: caller, leave: sync.OnceFunc(leave)}
		return response, nil
	}
}

// A watchdog cancels a request after a time of silence.
type watchdog struct {
	cancel context.CancelCauseFunc
	stall  time.Duration

	mu      sync.Mutex
	sent    time.Time     // when there was a connection to send on; zero before
	bound   time.Duration // of the silence that is watched now; 0 is none
	left    time.Duration // of it
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
		d.timer = time.AfterFunc(d.left, d.bite)
		return
	}
	d.timer.Reset(d.left)
}

func (d *watchdog) bite() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sent.IsZero() {
		d.cancel(fmt.Errorf("%w: no connection to the server was free for %v", ErrTimeout, d.bound))
		return
	}
	d.cancel(fmt.Errorf("%w: the server sent nothing for %v", ErrTimeout, d.bound))
}

// stop ends a wait. What it took is taken from the bound: the wait for the first byte has several parts.
func (d *watchdog) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.left = max(d.left-time.Since(d.started), 1)
	}
}

// alive notes that the server has sent a part of the body: from now on it may be silent for stall.
func (d *watchdog) alive() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bound, d.left = d.stall, d.stall
}

// connected notes that there is a connection: from now on, bytes of the request may have been sent.
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

// ended notes that nobody waits for the answer any more: it may take its time only to be cleaned up after.
func (d *watchdog) ended(cause error) {
	if d.since().IsZero() {
		d.cancel(cause)
		return
	}
	time.AfterFunc(stopTimeout, func() { d.cancel(cause) })
}

// failed says why a request has failed, and whether any of it was sent.
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

// watchedBody is a body whose reads are watched. The time between reads is the caller's own.
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
