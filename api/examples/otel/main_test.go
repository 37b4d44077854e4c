package main

import (
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	exporter := tracetest.NewInMemoryExporter()
	provider := trace.NewTracerProvider(trace.WithSyncer(exporter))
	if err := save(t.Context(), provider); err != nil {
		t.Fatal(err)
	}
	spans := exporter.GetSpans()
	work := spans[slices.IndexFunc(spans, func(s tracetest.SpanStub) bool { return s.Name == "save" })]
	var requests []string
	for _, span := range spans {
		if span.Name == work.Name {
			continue
		}
		if span.Parent.SpanID() != work.SpanContext.SpanID() {
			t.Errorf("%s is not below %s", span.Name, work.Name)
		}
		attributes := attribute.NewSet(span.Attributes...)
		url, _ := attributes.Value("url.full")
		status, _ := attributes.Value("http.response.status_code")
		requests = append(requests,
			span.Name+" "+url.AsString()[strings.LastIndex(url.AsString(), "/"):]+" "+status.Emit())
	}
	if want := []string{
		"HTTP GET /ServiceInstance 401", "HTTP POST /token 200", "HTTP POST /explore 201", "HTTP GET /OneDrives?limit=1000 200",
		"HTTP GET /Folders?parentId=root&limit=1000 200", "HTTP POST /save 200", "HTTP POST /Stop 204",
	}; !slices.Equal(requests, want) {
		t.Errorf("got  %q\nwant %q", requests, want)
	}
}
