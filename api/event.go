package api

import (
	"context"
	"errors"
	"iter"
	"time"
)

// FollowEvents lists what has happened in the session so far, and then what happens, until the session has been stopped
// or the context ends, which is an error. An event comes again whenever its status or its message has changed; when
// there are 1000 events or more, only until it has ended. It polls once in every interval, which must be positive.
func (s RestoreSession) FollowEvents(ctx context.Context, interval time.Duration) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		const op = "follow events"
		if interval <= 0 {
			yield(Event{}, failed(op, invalid("the interval is not positive")))
			return
		}
		type state struct{ status, message string }
		seen := make(map[string]state)
		left := errors.New("the iteration was left")
		see := func(event Event) error {
			now := state{string(event.Status), event.Message}
			if before, ok := seen[event.ID]; ok && before == now {
				return nil
			}
			seen[event.ID] = now
			if !yield(event, nil) {
				return left
			}
			return nil
		}
		events := s.eventReader()
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			// The session is read first: what happened before it was stopped is in the list then.
			session, err := s.Get(ctx)
			if err == nil {
				err = events.read(ctx, see)
			}
			if errors.Is(err, left) {
				return
			}
			if err != nil {
				yield(Event{}, failed(op, err))
				return
			}
			if session.Properties.State == RestoreSessionStopped {
				return
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				yield(Event{}, failed(op, ctx.Err()))
				return
			}
		}
	}
}
