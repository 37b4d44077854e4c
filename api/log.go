package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"time"
)

// record writes a line for every request that was sent: what is on this list, and nothing else. Bodies, headers, queries and ids
// stay out, and so do the texts of errors, which a server may have written.
func record(logger *slog.Logger, next handler) handler {
	if logger == nil {
		return next
	}
	return func(call call, request *http.Request) (*http.Response, error) {
		ctx := request.Context()
		start := time.Now()
		response, err := next(call, request)
		attributes := []slog.Attr{
			slog.String("method", request.Method),
			slog.String("version", call.version.String()),
			slog.String("route", route(call.operation.Path)),
			slog.Duration("duration", time.Since(start)),
			slog.Int64("sent", max(request.ContentLength, 0)),
			slog.Int("attempt", max(call.attempt, 1)),
		}
		if err != nil {
			attributes = append(attributes, slog.String("failure", kind(err)))
		} else {
			attributes = append(attributes, slog.Int("status", response.StatusCode), slog.Int64("size", response.ContentLength))
		}
		logger.LogAttrs(ctx, slog.LevelDebug, "request", attributes...)
		return response, err
	}
}

// route returns the path of an operation with {id} in place of the names in braces.
func route(path string) string { return namesInBraces.ReplaceAllString(path, "{id}") }

var namesInBraces = regexp.MustCompile(`{[^}]*}`)

// kind says what an error is, in words of this package only.
func kind(err error) string {
	for _, known := range []error{ErrTimeout, ErrCertificate, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "no answer"
}
