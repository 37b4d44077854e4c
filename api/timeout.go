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
//	FirstByte     12 hours    save, restore, copy and send: from the request to the first byte of the answer. The server builds
//	                          the whole archive, or does the whole work, before it answers (fact sheet, section 5).
//	Stall         5 minutes   every other wait for the server: for the first byte of other answers, and for the next byte of all
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

// watch ends a request when the server is silent for too long, and finds out whether any of it was sent.
func watch(timeouts Timeouts, next handler) handler {
	return func(request *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithCancelCause(request.Context())
		dog := &watchdog{cancel: cancel, stall: timeouts.Stall, bound: timeouts.Stall}
		if traitsOf(ctx).slow {
			dog.bound = timeouts.FirstByte
		}
		connected := false
		var mu sync.Mutex
		trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
			mu.Lock()
			defer mu.Unlock()
			connected = true
			dog.start() // the wait for a connection is not the server's
		}}
		response, err := next(request.WithContext(httptrace.WithClientTrace(ctx, trace)))
		dog.stop()
		if err != nil {
			cause := context.Cause(ctx)
			cancel(nil)
			if cause != nil && request.Context().Err() == nil {
				err = cause // the watchdog's
			}
			mu.Lock()
			defer mu.Unlock()
			if !connected {
				err = unsentError{err}
			}
			return nil, err
		}
		response.Body = &watchedBody{body: response.Body, dog: dog, ctx: ctx, caller: request.Context()}
		return response, nil
	}
}

// A watchdog cancels a request after a time of silence.
type watchdog struct {
	cancel context.CancelCauseFunc
	stall  time.Duration

	mu    sync.Mutex
	bound time.Duration // of the silence that is watched now; 0 is none
	timer *time.Timer
}

func (d *watchdog) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.bound <= 0:
	case d.timer == nil:
		bound := d.bound
		d.timer = time.AfterFunc(bound, func() { d.bite(bound) })
	default:
		d.timer.Reset(d.bound)
	}
}

func (d *watchdog) bite(bound time.Duration) {
	d.cancel(fmt.Errorf("%w: the server sent nothing for %v", ErrTimeout, bound))
}

func (d *watchdog) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
}

// alive notes that the server has sent something: from now on it may be silent for stall.
func (d *watchdog) alive() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bound == d.stall {
		return
	}
	d.bound = d.stall
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil // the next one has another bound
	}
}

// watchedBody is a body whose reads are watched. The time between reads is the caller's own.
type watchedBody struct {
	body        io.ReadCloser
	dog         *watchdog
	ctx, caller context.Context
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
	return err
}
