package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// WithPause replaces the wait between two attempts, for tests that cannot wait so long.
func WithPause(pause func(context.Context, time.Duration) error) Option {
	return func(o *options) { o.retries.pause = pause }
}

// testLog has what the clients of all tests have logged, and the secrets that they had.
var testLog struct {
	mu      sync.Mutex
	text    bytes.Buffer
	secrets []string
}

// TestLogWriter appends to the log.
type TestLogWriter struct{}

func (TestLogWriter) Write(line []byte) (int, error) {
	testLog.mu.Lock()
	defer testLog.mu.Unlock()
	return testLog.text.Write(line)
}

// LogForTest returns a logger that takes everything, for a client with these secrets. CheckTestLog looks for them.
func LogForTest(secrets ...string) *slog.Logger {
	testLog.mu.Lock()
	defer testLog.mu.Unlock()
	testLog.secrets = append(testLog.secrets, secrets...)
	return slog.New(slog.NewTextHandler(TestLogWriter{}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// CheckTestLog fails if the log of any test has a secret of any test in it.
func CheckTestLog() error {
	testLog.mu.Lock()
	defer testLog.mu.Unlock()
	for _, secret := range append(testLog.secrets, "canary", "Bearer", "password", "access_token") {
		if at := bytes.Index(testLog.text.Bytes(), []byte(secret)); at >= 0 {
			before := testLog.text.Bytes()[:at]
			return fmt.Errorf("a secret is in the log, in line %d", 1+bytes.Count(before, []byte("\n")))
		}
	}
	return nil
}
