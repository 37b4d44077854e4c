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
		err := s.follow(ctx, interval, func(event Event) error {
			if !yield(event, nil) {
				return errLeft
			}
			return nil
		})
		if err != nil && !errors.Is(err, errLeft) {
			yield(Event{}, failed("follow events", err))
		}
	}
}

// errLeft means that the caller has left the iteration.
var errLeft = errors.New("iteration left")

// follow calls see with each event that is new, or whose status or message has changed.
func (s RestoreSession) follow(ctx context.Context, interval time.Duration, see func(Event) error) error {
	if interval <= 0 {
		return invalid("the interval is not positive")
	}
	type state struct{ status, message string }
	seen := make(map[string]state)
	events := s.eventReader()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		// The session is read before its events: if it is stopped, the list is complete.
		session, err := s.Get(ctx)
		if err == nil {
			err = events.read(ctx, func(event Event) error {
				now := state{string(event.Status), event.Message}
				if before, ok := seen[event.ID]; ok && before == now {
					return nil
				}
				seen[event.ID] = now
				return see(event)
			})
		}
		if err != nil || session.Properties.State == RestoreSessionStopped {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
