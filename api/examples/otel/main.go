// Command otel traces a client of a simulated server with OpenTelemetry and prints the spans to standard output: one
// for the work, and one below it for each request [TestSpans]. It is a module of its own, so that package api does not
// need OpenTelemetry.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

func main() {
	exporter, err := stdouttrace.New(stdouttrace.WithPrettyPrint())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	provider := trace.NewTracerProvider(trace.WithSyncer(exporter))
	if err := errors.Join(save(ctx, provider), provider.Shutdown(ctx)); err != nil {
		log.Fatal(err)
	}
}

// save reads a folder as an archive, under a span of the provider.
func save(ctx context.Context, provider *trace.TracerProvider) (err error) {
	server, err := apitest.Start(apitest.Config{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	client, err := api.NewClient(server.URL,
		api.WithPassword(server.Username, server.Password),
		api.WithCertificateFingerprint(server.Fingerprint),
		api.WithTransport(func(own http.RoundTripper) http.RoundTripper {
			return otelhttp.NewTransport(own, otelhttp.WithTracerProvider(provider))
		}))
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()

	ctx, span := provider.Tracer("example").Start(ctx, "save")
	defer span.End()
	return client.OwnOrganization().Explore(ctx, api.ExploreOptions{},
		func(ctx context.Context, session api.RestoreSession) error {
			drive, err := session.FindOneDrive(ctx, "alice@example.com")
			if err != nil {
				return err
			}
			folder, err := drive.FolderByPath(ctx, "Documents")
			if err != nil {
				return err
			}
			download, err := folder.Save(ctx)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, download)
			return errors.Join(err, download.Close())
		})
}
