package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A rate is a number of bytes a second. Zero means no limit.
type rate int64

// UnmarshalText reads a rate such as 500K, 20M or 1.5G: bytes a second, by powers of 1024.
func (r *rate) UnmarshalText(text []byte) error {
	number, factor := strings.ToUpper(strings.TrimSuffix(string(text), "/s")), 1.0
	for i, unit := range []string{"K", "M", "G"} {
		if rest, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(number, "B"), "I"), unit); ok {
			number, factor = rest, float64(int64(1)<<(10*(i+1)))
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if bytes := value * factor; err != nil || !(bytes >= minRate && bytes <= 1<<50) {
		return fmt.Errorf("%q is not a rate such as 20M, in bytes a second, of at least 1K", text)
	}
	*r = rate(value * factor)
	return nil
}

const minRate = 1 << 10

// limit wraps a transport: the bodies of all responses together arrive no faster than the rate. A read takes at most a
// tenth of a second longer for each response that is read, so that it is no silence of the server.
func (r rate) limit(own http.RoundTripper) http.RoundTripper {
	return &limitedTransport{own: own, budget: &budget{rate: r}}
}

type limitedTransport struct {
	own    http.RoundTripper
	budget *budget
}

func (l *limitedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.own.RoundTrip(request)
	if err == nil {
		response.Body = &limitedBody{ReadCloser: response.Body, ctx: request.Context(), budget: l.budget}
	}
	return response, err
}

// maxSaved is how much time that reads took, or that passed between them, may be made up for.
const maxSaved = 100 * time.Millisecond

// A budget says when the next bytes may be read.
type budget struct {
	rate rate
	mu   sync.Mutex
	next time.Time
}

// take returns how long to wait after a read of n bytes.
func (b *budget) take(n int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.next.IsZero() {
		b.next = now
	}
	if saved := now.Add(-maxSaved); b.next.Before(saved) {
		b.next = saved
	}
	b.next = b.next.Add(time.Duration(float64(n) / float64(b.rate) * float64(time.Second)))
	return b.next.Sub(now)
}

type limitedBody struct {
	io.ReadCloser

	ctx    context.Context
	budget *budget
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), int64(b.budget.rate/10))])
	if n > 0 {
		timer := time.NewTimer(b.budget.take(n))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-b.ctx.Done(): // the next read fails
		}
	}
	return n, err
}
