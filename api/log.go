package api

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// record logs each attempt, with these attributes only. Secrets are removed from the text of a failure.
func record(logger *slog.Logger, login []gen.Secret, next handler) handler {
	if logger == nil {
		return next
	}
	return func(call call, request *http.Request) (*http.Response, error) {
		start := time.Now()
		response, err := next(call, request)
		attributes := []slog.Attr{
			slog.String("request", call.id),
			slog.String("method", request.Method),
			slog.String("version", call.version.String()),
			slog.String("route", route(call.operation.Path)),
			slog.Duration("duration", time.Since(start)),
			slog.Int64("sent", max(request.ContentLength, 0)),
			slog.Int("attempt", max(call.attempt, 1)),
		}
		if err == nil {
			attributes = append(attributes,
				slog.Int("status", response.StatusCode), slog.Int64("size", response.ContentLength))
		} else {
			if e, ok := errors.AsType[*Error](err); ok {
				attributes = append(attributes, slog.Int("status", e.StatusCode))
			}
			secrets := append(secretsOf(call, request), login...)
			attributes = append(attributes, slog.String("failure", oneLine(redact(err.Error(), secrets))))
		}
		logger.LogAttrs(request.Context(), slog.LevelDebug, "request", attributes...)
		return response, err
	}
}

// route returns the path of an operation with {id} in place of the names in braces.
func route(path string) string { return namesInBraces.ReplaceAllString(path, "{id}") }

var namesInBraces = regexp.MustCompile(`{[^}]*}`)
