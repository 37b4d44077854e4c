package api

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// record writes a line for every attempt: what is on this list, and nothing else. The text of a failure may repeat what
// the request has, which is removed from it: secrets, ids, the query and the body.
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
			slog.String("version", call.version),
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
			private := append(append(secretsOf(call, request), login...), privateOf(call, request)...)
			attributes = append(attributes, slog.String("failure", oneLine(redact(err.Error(), private))))
		}
		logger.LogAttrs(request.Context(), slog.LevelDebug, "request", attributes...)
		return response, err
	}
}

// route returns the path of an operation with {id} in place of the names in braces.
func route(path string) string { return namesInBraces.ReplaceAllString(path, "{id}") }

var namesInBraces = regexp.MustCompile(`{[^}]*}`)

// privateOf lists the ids, the values of the query and the texts in the body of a request.
func privateOf(call call, request *http.Request) (private []gen.Secret) {
	for segment := range strings.SplitSeq(request.URL.Path, "/") {
		if !strings.Contains(call.operation.Path+"/", "/"+segment+"/") {
			private = append(private, gen.Secret(segment))
		}
	}
	for _, values := range request.URL.Query() {
		for _, value := range values {
			private = append(private, gen.Secret(value))
		}
	}
	for _, text := range textsOf(request) {
		private = append(private, text)
	}
	return private
}

// textsOf lists the texts in the body of a request, which is JSON or a form, with the names of their properties.
func textsOf(request *http.Request) iter.Seq2[string, gen.Secret] {
	return func(yield func(string, gen.Secret) bool) {
		if request.GetBody == nil {
			return
		}
		body, err := request.GetBody()
		if err != nil {
			return
		}
		defer func() { _ = body.Close() }()
		read, _ := io.ReadAll(body) // it is in memory
		name := ""
		for _, found := range textInBody.FindAllStringSubmatch(string(read), -1) {
			text, _ := url.QueryUnescape(found[4])
			if literal := found[1]; literal != "" {
				_ = json.Unmarshal([]byte(literal), &text) // the client has written it
			}
			switch {
			case found[2] != "": // a colon
				name = text
				continue
			case found[3] != "":
				name = found[3]
			}
			if !yield(name, gen.Secret(text)) {
				return
			}
		}
	}
}

var textInBody = regexp.MustCompile(`("(?:[^"\\]|\\.)*")\s*(:?)|(\w+)=([^&"]*)`)
