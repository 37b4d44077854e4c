package api

import (
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// A serverClock is how far the server's clock is ahead of this computer's, at least, as far as one exchange tells.
type serverClock time.Duration

// clockTolerance is how far the clocks may be apart if the server does not tell its time.
const clockTolerance = 2 * time.Minute

// readClock takes the difference from the Date header of a response, which counts whole seconds.
func (s sending) readClock(response *http.Response) serverClock {
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil || s.answered.IsZero() {
		return serverClock(-clockTolerance)
	}
	return serverClock(date.Sub(s.answered))
}

// earliest returns the earliest time that the server's clock can have shown at a time of this computer's.
func (c serverClock) earliest(at time.Time) time.Time { return at.Add(time.Duration(c)) }

// onServer returns the earliest time of the server's clock at which the request can have arrived.
func (s sending) onServer(response *http.Response) time.Time {
	return s.readClock(response).earliest(s.at)
}

// clock asks the server for its time.
func (c *Client) clock(ctx context.Context) (serverClock, error) {
	var sent sending
	response, err := c.exchange(ctx, call{sent: &sent}, func(w wire) (*http.Response, error) {
		return w.ListRestoreSessions(ctx, &gen.ListRestoreSessionsParams{Limit: new(int32(1))}, acceptJSON)
	})
	if err != nil {
		return 0, failed("read clock", err)
	}
	_ = response.Body.Close()
	return sent.readClock(response), nil
}

// Times are between 12 hours behind and 14 hours ahead of UTC.
const furthestBehind = 12 * time.Hour

// notBefore reports whether a time of the server is not before another, or may not be: one without a zone is that of
// any.
func notBefore(t gen.Time, since time.Time) bool {
	if !t.HasZone() {
		since = since.Add(-furthestBehind)
	}
	return !t.Before(since)
}
