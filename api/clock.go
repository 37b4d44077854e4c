package api

import (
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// clockTolerance is the assumed difference between the clocks if the response has no Date header.
const clockTolerance = 2 * time.Minute

// earliest returns the earliest possible time of the server's clock at a local time. It measures the difference between
// the clocks by the Date header of the response, which is in whole seconds.
func (s sending) earliest(response *http.Response, at time.Time) time.Time {
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil || s.responded.IsZero() {
		return at.Add(-clockTolerance)
	}
	return at.Add(date.Sub(s.responded))
}

// earliest returns the earliest possible time of the server's clock at a local time. It measures the difference between
// the clocks with a request.
func (c *Client) earliest(ctx context.Context, at time.Time) (time.Time, error) {
	var sent sending
	response, err := c.exchange(ctx, call{sent: &sent}, func(w wire) (*http.Response, error) {
		return w.ListRestoreSessions(ctx, &gen.ListRestoreSessionsParams{Limit: new(int32(1))}, acceptJSON)
	})
	if err != nil {
		return at, failed("read clock", err)
	}
	_ = response.Body.Close()
	return sent.earliest(response, at), nil
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
