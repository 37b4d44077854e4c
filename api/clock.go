package api

import (
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// A serverClock is a lower bound of the difference between the server's clock and the local clock, measured with one
// exchange.
type serverClock time.Duration

// clockTolerance is the assumed difference if the response has no Date header.
const clockTolerance = 2 * time.Minute

// readClock returns the difference by the Date header of a response, which is in whole seconds.
func (s sending) readClock(response *http.Response) serverClock {
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil || s.responded.IsZero() {
		return serverClock(-clockTolerance)
	}
	return serverClock(date.Sub(s.responded))
}

// earliest returns the earliest possible time of the server's clock at a local time.
func (c serverClock) earliest(at time.Time) time.Time { return at.Add(time.Duration(c)) }

// onServer returns the earliest possible time of the server's clock at which the request was sent.
func (s sending) onServer(response *http.Response) time.Time {
	return s.readClock(response).earliest(s.at)
}

// clock measures the difference with a request.
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

// furthestBehind is the time zone furthest behind UTC.
const furthestBehind = 12 * time.Hour

// notBefore reports whether t is at or after since. A time without a zone could be of any zone: it counts if it is at
// or after since in at least one.
func notBefore(t gen.Time, since time.Time) bool {
	if !t.HasZone() {
		since = since.Add(-furthestBehind)
	}
	return !t.Before(since)
}
