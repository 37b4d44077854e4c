package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
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

// The kinds of errors. [errors.Is] matches them.
var (
	// ErrInvalid means that an id, an option or a file name is not valid. Nothing was sent.
	ErrInvalid = errors.New("invalid argument")
	// ErrUnauthorized means that the server refused the credentials, or a token and the new one after it.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden means that the account has no permission for the operation (status 403).
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound means that the restore session, OneDrive, folder or other item does not exist (status 404), or no
	// item has the name or path.
	ErrNotFound = errors.New("not found")
	// ErrAmbiguous means that several items have the name or path.
	ErrAmbiguous = errors.New("ambiguous")
	// ErrSessionEnded means that the request failed, and its restore session is stopped or stopping. A user stopped it,
	// or the server did because it was idle. The error of the request matches, too.
	ErrSessionEnded = errors.New("restore session has ended")
	// ErrServer means that the server failed (status 500 and above).
	ErrServer = errors.New("server error")
	// ErrAPIVersion means that the server does not serve the version of [WithAPIVersion], or no version that the client
	// supports.
	ErrAPIVersion = errors.New("API version not served")
	// ErrNoAnswer means that the server could not be reached, or the connection was lost before a response.
	ErrNoAnswer = errors.New("no response from the server")
	// ErrTimeout means that the server was silent for longer than [Timeouts] allow.
	ErrTimeout = errors.New("timeout")
	// ErrOutcomeUnknown means that the server may or may not have carried out a request that is not idempotent, such as
	// a restore, copy or send. See [UnknownOutcome].
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrTruncated means that the body of a response ended early, or an archive is not complete.
	ErrTruncated = errors.New("truncated")
	// ErrUnexpected means that the response is not one of this API. Its content type or body does not fit the request,
	// or it is a redirect.
	ErrUnexpected = errors.New("unexpected response")
	// ErrCertificate means that the server's certificate is not trusted, or does not have the expected fingerprint.
	ErrCertificate = errors.New("certificate not trusted")
	// ErrIncomplete means that a restore or copy did not write all items. The result, which is returned, too, has the
	// counts.
	ErrIncomplete = errors.New("incomplete")
)

// Error is the error of a failed request. [errors.As] finds it in a returned error. [errors.Is] matches its kind, such
// as [ErrNotFound], and its cause, such as [context.Canceled].
type Error struct {
	// Op is the operation, such as "save folder", and the step of it that failed, if any: "save folder: log in".
	Op string
	// StatusCode is the HTTP status of the response, 0 if there was none.
	StatusCode int
	// Message is the message of the server, or the beginning of another body such as a proxy's page. It is one line,
	// cut after 500 bytes. It may be empty.
	Message string
	// Code is the error code of the server, such as ResourceNotFound. It is empty before v7, and if the server sent
	// none.
	Code string
	// Attempts is the number of attempts, 0 if there was only one.
	Attempts int
	// Err is the kind of the error, its cause, or both.
	Err error

	retryAfter time.Duration // of the header Retry-After; 0 without it
}

// Error returns the operation, the status if it is no success, the message and the cause, on one line. It leaves out
// empty parts.
func (e *Error) Error() string {
	op, status, message, cause := e.Op, "", e.Message, ""
	if e.StatusCode >= http.StatusMultipleChoices { // a success does not explain the error
		status = strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode)))
	}
	if e.Err != nil && (e.StatusCode == 0 || !slices.Contains(slices.Collect(maps.Values(statusKinds)), e.Err)) {
		cause = e.Err.Error()
	}
	if is[*Error](e.Err) { // the cause has the rest, and maybe the operation
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

// statusKinds are the errors that follow from the status. The last one stands for the statuses above it, too.
var statusKinds = map[int]error{
	http.StatusUnauthorized:        ErrUnauthorized,
	http.StatusForbidden:           ErrForbidden,
	http.StatusNotFound:            ErrNotFound,
	http.StatusInternalServerError: ErrServer,
}

// joined joins the parts that are not empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// is reports whether an error is, or wraps, one of type E.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// statusOf returns the status of the [Error] in err, 0 if there is none.
func statusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.StatusCode
	}
	return 0
}

// failed returns err as an [Error] of the operation op. It returns nil for nil.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	outer := around(err)
	if inner, ok := err.(*Error); ok { //nolint:errorlint // the text of an error around an Error is kept
		*outer = *inner
		if inner.Op != "" && inner.Op != op {
			op += ": " + inner.Op
		}
	}
	outer.Op = op
	return outer
}

// around returns an [Error] with the cause err. The status, message and code are those of the Error in err.
func around(err error) *Error {
	e := &Error{Err: err}
	if inner, ok := errors.AsType[*Error](err); ok {
		e.StatusCode, e.Message, e.Code = inner.StatusCode, inner.Message, inner.Code
	}
	return e
}

// invalid returns an error that matches ErrInvalid.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// unexpected returns an error that matches ErrUnexpected.
func unexpected(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnexpected}, args...)...)
}

// Limits on the body of a failure.
const (
	maxErrorBodySize = 64 << 10
	maxMessageLength = 500
)

// errorFromResponse returns an [Error] for a response that is not a success, without the secrets, and closes its body.
// The body may be empty, or the page of a proxy.
func errorFromResponse(response *http.Response, secrets []gen.Secret) *Error {
	defer func() { _ = response.Body.Close() }()
	// An error of the read is ignored: the status is enough.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBodySize))
	e := &Error{
		StatusCode: response.StatusCode,
		Message:    message(response.Header.Get("Content-Type"), body, secrets...),
		Code:       redact(oneLine(explain(body).ErrorCode), secrets),
		Err:        statusKinds[min(response.StatusCode, http.StatusInternalServerError)],
		retryAfter: parseRetryAfter(response.Header, time.Now()),
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		// A redirect is not followed, because the request may contain a password. The API has no redirects.
		e.Err = unexpected("redirects are not followed")
	}
	return e
}

// An explanation is the body of a failure. The token endpoint sends error and error_description, the others message.
type explanation struct {
	ErrorCode        string `json:"errorCode"`
	Message          string `json:"message"`
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
}

// explain decodes an explanation. The result is empty if the body is no explanation.
func explain(body []byte) (e explanation) {
	_ = json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &e)
	return e
}

// message returns the explanation in the body of a failure, or else the text of the body, without the secrets.
func message(contentType string, body []byte, secrets ...gen.Secret) string {
	e := explain(body)
	if text := joined(e.Message, e.Error, e.ErrorDescription); text != "" {
		return oneLine(redact(text, secrets))
	}
	text := redact(string(body), secrets) // before tags are removed, because a secret may contain one
	if mediaType, _, _ := mime.ParseMediaType(contentType); mediaType == "text/html" ||
		strings.HasPrefix(strings.TrimSpace(text), "<") {
		text = notText.ReplaceAllString(text, " ")
	}
	return oneLine(text)
}

// notText matches scripts, styles and tags of an HTML page, complete or truncated.
var notText = regexp.MustCompile(`(?is)<script.*?(</script[^>]*>|\z)|<style.*?(</style[^>]*>|\z)|<[^>]*>?`)

// oneLine returns a text on one line, without control characters, and cut after maxMessageLength bytes.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxMessageLength {
		text = strings.ToValidUTF8(text[:maxMessageLength], "") + "…" // without a partial character
	}
	return text
}
