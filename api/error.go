package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vbo365/vbo365-go/gen"
)

// What an [Error] can be, for [errors.Is].
var (
	// ErrInvalid says that the call was refused before anything was sent: an id, an option or a file name is not
	// usable.
	ErrInvalid = errors.New("invalid argument")
	// ErrUnauthorized says that the credentials were refused, or the token was, even a fresh one.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden says that the account may not do this (status 403).
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound says that there is no such restore session, OneDrive or folder (status 404).
	ErrNotFound = errors.New("not found")
	// ErrAmbiguous says that a name or path fits several.
	ErrAmbiguous = errors.New("ambiguous")
	// ErrSessionEnded says that a request failed because its restore session has been stopped, by someone or by the
	// server for being idle: the session itself was asked. The error that the request met matches, too.
	ErrSessionEnded = errors.New("restore session has ended")
	// ErrServer says that the server failed (status 500 and above). Servers answer so, too, when a restore session has
	// expired or was stopped.
	ErrServer = errors.New("server error")
	// ErrAPIVersion says that the server does not serve the version of the API that the client is fixed to, or none
	// that it knows.
	ErrAPIVersion = errors.New("API version not served")
	// ErrNoAnswer says that the server could not be reached, or that the connection was lost before there was an
	// answer.
	ErrNoAnswer = errors.New("no answer from the server")
	// ErrTimeout says that the server was silent for longer than [Timeouts] allow.
	ErrTimeout = errors.New("timeout")
	// ErrOutcomeUnknown says that a restore, copy or send may or may not have been carried out. See [UnknownOutcome].
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrTruncated says that a stream ended before it was complete.
	ErrTruncated = errors.New("truncated")
	// ErrUnexpected says that something answered that is not this API: a content type or a body that does not belong to
	// the request, or a redirect.
	ErrUnexpected = errors.New("unexpected answer")
	// ErrCertificate says that the server's certificate is not trusted or does not have the expected fingerprint.
	ErrCertificate = errors.New("certificate not trusted")
	// ErrIncomplete says that an action was carried out, but not for all items. The result that is returned beside the
	// error has the numbers.
	ErrIncomplete = errors.New("incomplete")
)

// Error is what every failed request ends with. Find it with [errors.As], and what kind it is with [errors.Is] and the
// variables of this package. The causes of a failed connection, [context.Canceled] for example, match too.
type Error struct {
	// Op is the operation, "save folder" for example. When a step of it failed, that follows: "save folder: log in".
	Op string
	// StatusCode is the HTTP status of the answer, 0 if there was none.
	StatusCode int
	// Message is the server's explanation, or the beginning of what answered in its place, on one line. It may be
	// empty.
	Message string
	// Code is the server's word for what went wrong, ResourceNotFound for example. It is empty before v7, and where the
	// server says none.
	Code string
	// Attempts is how often the request was sent, if more than once.
	Attempts int
	// Err is what else is known: one of this package's variables, the cause, or both.
	Err error

	retryAfter time.Duration // what the server asked for; 0 if it did not
}

// Error returns the operation, the status of a failure, the message and the cause, as far as there are any, on one
// line.
func (e *Error) Error() string {
	op, status, message, cause := e.Op, "", e.Message, ""
	if e.StatusCode >= http.StatusMultipleChoices { // a success is not what went wrong
		status = strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode)))
	}
	if e.Err != nil && (e.StatusCode == 0 || !slices.Contains(statusKinds, e.Err)) {
		cause = e.Err.Error()
	}
	if _, inner := errors.AsType[*Error](e.Err); inner { // it says the rest, and maybe the operation, too
		status, message = "", ""
		if strings.HasPrefix(cause, op+": ") {
			op = ""
		}
	}
	text := joined(op, status, message, cause)
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (after %d attempts)", e.Attempts)
	}
	return text
}

// statusKinds are the errors that say no more than a status does.
var statusKinds = []error{ErrUnauthorized, ErrForbidden, ErrNotFound, ErrServer}

// joined joins those parts of a message that are not empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// failed returns err as an [Error] of the operation op, nil for nil.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	inner, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return &Error{Op: op, Err: err}
	case err != error(inner): //nolint:errorlint // an Error inside of another error keeps what that says
		return &Error{Op: op, StatusCode: inner.StatusCode, Message: inner.Message, Code: inner.Code, Err: err}
	}
	outer := *inner
	if outer.Op != "" && outer.Op != op {
		op += ": " + outer.Op
	}
	outer.Op = op
	return &outer
}

// invalid returns an error that matches ErrInvalid.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// unexpected returns an error that matches ErrUnexpected.
func unexpected(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnexpected}, args...)...)
}

// Sizes that no honest answer exceeds.
const (
	maxErrorBodySize = 64 << 10
	maxMessageLength = 500
)

// errorFromResponse makes an [Error] of a response that is not a success, without the secrets, and closes its body.
// Proxies respond with pages of their own and some failures have no body at all: the status survives in any case.
func errorFromResponse(response *http.Response, secrets []gen.Secret) *Error {
	defer func() { _ = response.Body.Close() }()
	// What can be read is enough: the status is what counts.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBodySize))
	e := &Error{
		StatusCode: response.StatusCode,
		Message:    message(response.Header.Get("Content-Type"), body, secrets...),
		Code:       redact(oneLine(explain(body).ErrorCode), secrets),
		retryAfter: parseRetryAfter(response.Header, time.Now()),
	}
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized:
		e.Err = ErrUnauthorized
	case status == http.StatusForbidden:
		e.Err = ErrForbidden
	case status == http.StatusNotFound:
		e.Err = ErrNotFound
	case status >= http.StatusInternalServerError:
		e.Err = ErrServer
	case status >= 300 && status < 400:
		// The body of a request may hold a password: it goes to the server that it was meant for only. The API never
		// redirects.
		e.Err = unexpected("redirects are not followed")
	}
	return e
}

// An explanation is the body of a failure: of this API, or the pair of the token endpoint.
type explanation struct {
	ErrorCode        string `json:"errorCode"`
	Message          string `json:"message"`
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
}

// explain decodes an explanation. It is empty if the body is something else.
func explain(body []byte) (e explanation) {
	_ = json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &e)
	return e
}

// message returns the explanation in the body of a failure, or the text of whatever it is, without the secrets.
func message(contentType string, body []byte, secrets ...gen.Secret) string {
	e := explain(body)
	if text := joined(e.Message, e.Error, e.ErrorDescription); text != "" {
		return oneLine(redact(text, secrets))
	}
	text := redact(string(body), secrets) // before tags are removed: one may be in a secret
	if mediaType, _, _ := mime.ParseMediaType(contentType); mediaType == "text/html" ||
		strings.HasPrefix(strings.TrimSpace(text), "<") {
		text = notText.ReplaceAllString(text, " ")
	}
	return oneLine(text)
}

// notText is what is not text in a page: scripts, styles and tags, also those whose end was cut off.
var notText = regexp.MustCompile(`(?is)<script.*?(</script[^>]*>|\z)|<style.*?(</style[^>]*>|\z)|<[^>]*>?`)

// oneLine makes any text fit for one line of a terminal or a log.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxMessageLength {
		text = strings.ToValidUTF8(text[:maxMessageLength], "") + "…" // not with a part of a character
	}
	return text
}
