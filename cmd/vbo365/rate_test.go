package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestLimitRate reads two bodies at a time. Together they arrive at the rate, and no read is a long silence.
func TestLimitRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const each = 3 << 20
		transport := rate(1 << 20).limit(bodies(each))
		began := time.Now()
		read := make(chan time.Duration)
		for range 2 {
			go func() {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com", http.NoBody)
				if err != nil {
					t.Error(err)
				}
				response, err := transport.RoundTrip(request)
				if err != nil {
					t.Error(err)
				}
				defer response.Body.Close()
				var longest time.Duration
				total, buffer := 0, make([]byte, 1<<20)
				for err == nil {
					var n int
					start := time.Now()
					n, err = response.Body.Read(buffer)
					total += n
					longest = max(longest, time.Since(start))
				}
				if total != each {
					t.Errorf("%d bytes, %v", total, err)
				}
				read <- longest
			}()
		}
		for range 2 {
			if longest := <-read; longest > 250*time.Millisecond {
				t.Errorf("a read took %v", longest)
			}
		}
		if took := time.Since(began).Round(time.Millisecond); took != 6*time.Second {
			t.Errorf("6 MiB at 1 MiB/s took %v", took)
		}
	})
}

// bodies is a transport whose responses have a number of bytes.
type bodies int

func (b bodies) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{Body: io.NopCloser(bytes.NewReader(make([]byte, b)))}, nil
}

func TestRates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rate{
		"1K": 1 << 10, "20M": 20 << 20, "1.5G": 3 << 29, "500KiB/s": 500 << 10, "2MB": 2 << 20, "65536": 1 << 16,
	} {
		var got rate
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "1", "-1M", "NaN", "Inf", "1e300G", "fast", "20T"} {
		if err := new(rate).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a rate", text)
		}
	}
}

// TestSaveAtARate saves for longer than the stall timeout.
func TestSaveAtARate(t *testing.T) {
	t.Parallel()
	content := make([]byte, 128<<10)
	if _, err := rand.Read(content); err != nil {
		t.Fatal(err)
	}
	server := apitest.NewServer(t, apitest.Config{Organizations: []apitest.Organization{{
		Name: "example.onmicrosoft.com",
		OneDrives: []apitest.OneDrive{{Owner: "alice@example.com", Backup: []apitest.RestorePoint{{
			Time: time.Now().Add(-time.Hour), FS: fstest.MapFS{"large.bin": {Data: content}},
		}}}},
	}}})
	name := filepath.Join(t.TempDir(), "large.bin")
	var messages bytes.Buffer
	began := time.Now()
	status := run(t.Context(), append([]string{
		"save", "--owner", "alice@example.com", "--path", "large.bin", "-o", name, "--limit-rate", "64K",
		"--stall-timeout", "1500ms", "--first-byte-timeout", "1m", "--attempts", "1",
	}, flags(t, server)...), terminal{in: os.Stdin, out: io.Discard, err: &messages})
	got, err := os.ReadFile(name)
	if status != 0 || err != nil || !bytes.Equal(got, content) {
		t.Errorf("exit status %d, %v, %s", status, err, messages.String())
	}
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("128 KiB at 64 KiB/s took %v", took)
	}
}
