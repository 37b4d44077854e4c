package api_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

const benchmarkSize = 1 << 30

// BenchmarkSave streams a save of a GiB through this package and through plain net/http, against the same simulator.
//
//	go test -run '^$' -bench Save -count 5 ./api
//
// The bytes allocated are those of the whole process. What the simulator allocates is in both figures: their difference
// is what this package adds.
func BenchmarkSave(b *testing.B) {
	backup := b.TempDir()
	file, err := os.Create(filepath.Join(backup, "zeros.bin"))
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(file.Truncate(benchmarkSize), file.Close()); err != nil {
		b.Fatal(err)
	}
	drive, err := apitest.NewOneDrive("alice@example.com", backup, "")
	if err != nil {
		b.Fatal(err)
	}
	server := apitest.NewServer(b, apitest.Config{Organizations: []apitest.Organization{{
		Name: "example", OneDrives: []apitest.OneDrive{drive},
	}}})
	folder := rootFolder(b, server, api.WithAPIVersion(api.V5)) // the form that plainClient knows
	warmUp, err := folder.Save(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, warmUp); err != nil {
		b.Fatal(err)
	}

	// The two take turns, so that what else the machine does falls on both.
	plain := newPlain(b, server, folder)
	var plainTime, apiTime time.Duration
	var plainBytes, apiBytes uint64
	b.SetBytes(2 * benchmarkSize)
	for b.Loop() {
		plainTime, plainBytes = measure(plainTime, plainBytes, func() { plain.save(b) })
		apiTime, apiBytes = measure(apiTime, apiBytes, func() {
			download, err := folder.Save(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			n, err := io.Copy(io.Discard, download)
			if err != nil || n != download.Size {
				b.Fatal(n, err)
			}
		})
	}
	n := float64(b.N)
	b.ReportMetric(n*benchmarkSize/1e6/plainTime.Seconds(), "plain-MB/s")
	b.ReportMetric(n*benchmarkSize/1e6/apiTime.Seconds(), "api-MB/s")
	b.ReportMetric(plainTime.Seconds()/apiTime.Seconds(), "api/plain")
	b.ReportMetric(float64(plainBytes)/n, "plain-B/op")
	b.ReportMetric(float64(apiBytes)/n, "api-B/op")
}

func measure(duration time.Duration, bytes uint64, do func()) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	do()
	duration += time.Since(start)
	runtime.ReadMemStats(&after)
	return duration, bytes + after.TotalAlloc - before.TotalAlloc
}

// A plainClient does without this package: net/http and io.Copy.
type plainClient struct {
	http  *http.Client
	url   string
	token string
}

func newPlain(b *testing.B, server *apitest.Server, folder api.Folder) *plainClient {
	b.Helper()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: server.CertPool(), MinVersion: tls.VersionTLS12},
	}
	b.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	form := url.Values{"grant_type": {"password"}, "username": {server.Username}, "password": {server.Password}}
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, server.URL+"/v2/token",
		strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	_ = response.Body.Close()
	_, token, _ := strings.Cut(string(body), `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	requests := server.Requests()
	for _, request := range requests {
		if strings.HasSuffix(request.Path, "/Action") {
			return &plainClient{client, server.URL + request.Path, token}
		}
	}
	b.Fatalf("%v has not been saved", folder)
	return nil
}

func (c *plainClient) save(b *testing.B) {
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, c.url, strings.NewReader(`{"save":null}`))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || n < benchmarkSize || response.StatusCode != http.StatusOK {
		b.Fatal(n, response.Status, err)
	}
}
