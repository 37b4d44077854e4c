package api

import (
	"context"
	"errors"
	"iter"
	"time"
)

// FollowEvents lists the events of the session, and polls for new ones once in each interval, which must be positive.
// The iteration ends when the session has been stopped. If the context ends, that is an error. An event is listed again
// when its status or message changes. In a session of 1000 events or more, changes of an event that has ended may be
// missed.
func (s RestoreSession) FollowEvents(ctx context.Context, interval time.Duration) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		const op = "follow events"
		if interval <= 0 {
			yield(Event{}, failed(op, invalid("the interval is not positive")))
			return
		}
		type state struct{ status, message string }
		seen := make(map[string]state)
		left := errors.New("iteration left")
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
			// The session is read before its events: if it is stopped, the list is complete.
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
