package api_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/gen"
)

// newClient returns a client of the simulator with further options.
func newClient(opts ...api.Option) *api.Client {
	client, err := api.NewClient(serverURL, append(opts, api.WithPassword(`EXAMPLE\operator`, password))...)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// A transport that prints what is sent, on top of the client's own.
func ExampleWithTransport() {
	defer startServer()()
	wrap := func(own http.RoundTripper) http.RoundTripper {
		return sender(func(request *http.Request) (*http.Response, error) {
			response, err := own.RoundTrip(request)
			if err == nil {
				fmt.Println(request.Method, path.Base(request.URL.Path), response.Status)
			}
			return response, err
		})
	}
	client := newClient(api.WithCertificateFingerprint(fingerprint), api.WithTransport(wrap))
	defer client.CloseIdleConnections()
	settings, err := client.EmailSettings(context.Background())
	fmt.Println(settings.Server, err)
	// Output:
	// GET ServiceInstance 401 Unauthorized
	// POST token 200 OK
	// GET VEODEmailSettings 200 OK
	// 127.0.0.1 <nil>
}

func ExampleWithUserAgent() {
	defer startServer()()
	client := newClient(api.WithCertificateFingerprint(fingerprint), api.WithUserAgent("nightly-restore/1.2"))
	defer client.CloseIdleConnections()
	if _, err := client.APIVersion(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.Requests()[0].Header.Get("User-Agent"))
	// Output: nightly-restore/1.2
}

// The certificate of an authority that is not in a file.
func ExampleWithCAs() {
	defer startServer("v8")()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate)
	client := newClient(api.WithCAs(pool))
	defer client.CloseIdleConnections()
	fmt.Println(client.APIVersion(context.Background()))
	// Output: v8 <nil>
}

// A certificate for a proxy that asks for one. The simulator does not, and is shown none.
func ExampleWithClientCertificate() {
	defer startServer("v8")()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	client := newClient(api.WithCertificateFingerprint(fingerprint),
		api.WithClientCertificate(tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: key}))
	defer client.CloseIdleConnections()
	fmt.Println(client.APIVersion(context.Background()))
	// Output: v8 <nil>
}

// Waits that grow by a fixed step.
func ExampleWithBackoff() {
	defer startServer()()
	if err := server.Inject(apitest.Fault{Kind: "503", Operation: "getRestoreSession", Times: 2}); err != nil {
		log.Fatal(err)
	}
	client := newClient(api.WithCertificateFingerprint(fingerprint),
		api.WithBackoff(func(attempt int) time.Duration { return time.Duration(attempt) * 10 * time.Millisecond }),
		api.WithRetryNotice(func(notice api.RetryNotice) { fmt.Println("again in", notice.Wait) }))
	defer client.CloseIdleConnections()
	session, err := client.RestoreSession(sessionID).Get(context.Background())
	fmt.Println(session.Properties.State, err)
	// Output:
	// again in 10ms
	// again in 20ms
	// Working <nil>
}

// Each attempt is a line. What differs from run to run is left out here, and some more.
func ExampleWithLogger() {
	defer startServer()()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, slog.LevelKey, slog.MessageKey, "request", "version", "duration", "sent", "size":
				return slog.Attr{}
			}
			return a
		},
	}))
	client := newClient(api.WithCertificateFingerprint(fingerprint), api.WithLogger(logger), api.WithAPIVersion(api.V8),
		api.WithBackoff(func(int) time.Duration { return 0 }))
	defer client.CloseIdleConnections()
	if err := server.Inject(apitest.Fault{Kind: "503", Operation: "getRestoreSession", Times: 1}); err != nil {
		log.Fatal(err)
	}
	if _, err := client.RestoreSession(sessionID).Get(context.Background()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// method=POST route=/token attempt=1 status=200
	// method=GET route=/RestoreSessions/{id} attempt=1 status=503 failure="503 Service Unavailable: An injected fault."
	// method=GET route=/RestoreSessions/{id} attempt=2 status=200
}

// The organization as its own accounts see it, for which there is no method.
func ExampleClient_Do() {
	defer startServer()()
	ctx := context.Background()
	client := newClient(api.WithCertificateFingerprint(fingerprint))
	defer client.CloseIdleConnections()
	response, err := client.Do(ctx, func(c *gen.Client) (*http.Response, error) {
		return c.GetOwnOrganization(ctx)
	})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var own gen.OwnOrganization
	err = json.NewDecoder(response.Body).Decode(&own)
	fmt.Println(own.Name, err)
	// Output: example.onmicrosoft.com <nil>
}
