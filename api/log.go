package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
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
		version, route := route(request.URL.Path)
		attributes := []slog.Attr{
			slog.String("method", request.Method),
			slog.String("version", version),
			slog.String("route", route),
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

// resources are the words of the API's paths. Everything else in a path is an id.
var resources = map[string]bool{
	"token": true, "Action": true, "Organizations": true, "Organization": true, "RestoreSessions": true, "Events": true,
	"OneDrives": true, "Folders": true, "Documents": true, "VESPEmailSettings": true, "VEODEmailSettings": true,
	"ServiceInstance": true, "explore": true, "Stop": true, "Statistics": true, "restoreDeviceCode": true,
	"restore": true, "copyTo": true, "save": true, "send": true,
}

var versionInPath = regexp.MustCompile(`/v\d+/`)

// route returns the version of the API in a path, and what comes after it with {id} in place of the ids.
func route(path string) (version, route string) {
	if at := versionInPath.FindStringIndex(path); at != nil {
		version, path = path[at[0]+1:at[1]-1], path[at[1]:]
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if !resources[segment] {
			segments[i] = "{id}"
		}
	}
	return version, "/" + strings.Join(segments, "/")
}

// kind says what an error is, in words of this package only.
func kind(err error) string {
	for _, known := range []error{ErrTimeout, ErrCertificate, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "no answer"
}
