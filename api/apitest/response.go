package apitest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vbo365/vbo365-go/gen/server"
)

// perform carries out the operation of a request and writes its response.
func (s *Server) perform(w http.ResponseWriter, e *exchange) {
	body, err := e.route.run(s, e)
	if err == nil {
		err = e.respond(w, body)
	}
	if err != nil {
		s.answerError(w, e, err)
	}
}

// respond writes the response that an operation gave.
func (e *exchange) respond(w http.ResponseWriter, body any) error {
	switch body := body.(type) {
	case nil:
		w.WriteHeader(e.route.status)
		return nil
	case func(http.ResponseWriter) error:
		return body(w)
	}
	return respondJSON(w, e.route.status, body, e.route.schema)
}

// respondJSON writes what the schema has of a body.
func respondJSON(w http.ResponseWriter, status int, body any, schema *openapi3.Schema) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	content, _ = trim(nil, content, schema)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(content) //nolint:gosec // it is JSON; if the client goes away, there is nobody to tell
	return nil
}

// failure is an error that becomes the answer.
type failure struct {
	status  int
	message string
}

func (f failure) Error() string { return f.message }

func badRequest(format string, args ...any) error {
	return failure{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

var (
	errUnauthorized = failure{status: http.StatusUnauthorized} // without a body (spec/FACTS.md#6)
	errCredential   = failure{http.StatusBadRequest, "Invalid credential"}
	errUnfit        = badRequest("The request does not fit the operation.")
	errNotFound     = failure{http.StatusNotFound, "Resource cannot be found for current key."}
	errArchived     = failure{
		http.StatusInternalServerError, "The data is in an archive tier. Retrieve it before you restore it.",
	}
	errStopped = failure{http.StatusInternalServerError, "The restore session has been stopped."}
)

// noEdition is the schema of errors of requests whose path has no version.
var noEdition = openapi3.NewObjectSchema().WithProperty("message", openapi3.NewStringSchema())

// answerError writes the error body that the document has for the operation or, where there is none, for the version
// (spec/FACTS.md#6).
func (s *Server) answerError(w http.ResponseWriter, e *exchange, err error) {
	var f failure
	if !errors.As(err, &f) {
		f = failure{http.StatusInternalServerError, err.Error()}
	}
	if f.message == "" {
		w.WriteHeader(f.status)
		return
	}
	schema := noEdition
	switch {
	case e.route != nil:
		schema = e.route.errorSchema(f.status)
	case e.edition != nil:
		schema = e.edition.doc.Components.Schemas["Error"].Value
	}
	body := map[string]any{
		"message": f.message, "stackTrace": nil,
		"error": "invalid_request", "error_description": f.message, // of an OAuth pair
	}
	code := string(cmp.Or(errorCodes[f.status], server.ErrorCodeHTTPError))
	if codes := schema.Properties["errorCode"]; codes != nil && slices.Contains(codes.Value.Enum, any(code)) {
		body["errorCode"] = code // where there is none for the status, null would be no value of the enum
	}
	if f == errCredential {
		body["error"] = "Authorization Error" // as servers have been seen to answer (spec/FACTS.md#2)
	}
	if err := respondJSON(w, f.status, body, schema); err != nil {
		panic(err) // it is made of strings
	}
}

// errorCodes are those of the statuses in the versions that have such codes: our choice among those that they have.
var errorCodes = map[int]server.ErrorCode{
	http.StatusBadRequest:     server.ErrorCodeParameterValidationFailure,
	http.StatusForbidden:      server.ErrorCodeResourceAccessDenied,
	http.StatusNotFound:       server.ErrorCodeResourceNotFound,
	http.StatusRequestTimeout: server.ErrorCodeTimeout,
	http.StatusGatewayTimeout: server.ErrorCodeTimeout,
	http.StatusConflict:       server.ErrorCodeOperationConflict,
}
