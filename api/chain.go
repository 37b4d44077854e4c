package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// assembleChain builds the chain of steps between the generated client, which makes the request, and the network:
//
//	retry      retries idempotent requests, and requests of which no byte was sent, after transient failures
//	authorise  adds the token; logs in if there is none, or if the server refuses it
//	record     logs the attempt
//	receive    returns an error for a response that is not a success; reads the body, unless it is a stream
//	watch      cancels the request if the server is silent for too long; bounds the number of concurrent transfers
//	send       sends the request with net/http
//
// Requests for tokens and for version detection skip authorise. The caller decodes the body.
func (c *Client) assembleChain(o options) {
	login := []gen.Secret{gen.Secret(o.login.Password), gen.Secret(o.login.Assertion)}
	watched := watch(o.timeouts.complete(), make(semaphore, o.transfers), c.send(o))
	sent := record(o.logger, login, receive(login, watched))
	c.anonymous = retry(c.retries, sent)
	c.versions = newVersionSource(o.version, c.serves)
	tokens := o.tokens
	if tokens == nil {
		tokens = newTokenSource(o.login, c.requestToken).token
	}
	c.authorised = retry(c.retries, authorise(tokens, sent))
}

// requestToken requests a token. With once, it does not retry.
func (c *Client) requestToken(ctx context.Context, request gen.TokenRequest, once bool) (*http.Response, error) {
	version, err := c.versions.version(ctx)
	if err != nil {
		return nil, err
	}
	return c.in(version, call{anonymous: true, once: once}).token(ctx, request)
}

// send returns the last step. The duration of an exchange is not bounded: a save may take days.
func (c *Client) send(o options) handler {
	agent := cmp.Or(o.userAgent, defaultUserAgent())
	return func(call call, request *http.Request) (*http.Response, error) {
		request.Header.Set("User-Agent", agent)
		// Package net/http logs bytes that a server sends on an idle connection. They may echo the request. So
		// connections that carried a secret are closed.
		request.Close = len(call.secrets) > 0
		response, err := c.sender.Do(request)
		if err != nil {
			if u, ok := errors.AsType[*url.Error](err); ok {
				err = u.Err // url.Error only adds the method and the address
			}
			unsent := is[unsentError](err)
			err = explainConnection(err)
			if text := redact(err.Error(), secretsOf(call, request)); text != err.Error() { // it may quote the server
				err = errors.New(text)
			}
			err = noResponse(request.Context(), err)
			if unsent {
				err = unsentError{err}
			}
			return nil, err
		}
		response.Request = request
		if response.Header == nil { // a custom transport may leave out both
			response.Header = make(http.Header)
		}
		return response, nil
	}
}

// noResponse classifies the error of a request that got no response.
func noResponse(ctx context.Context, err error) error {
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case ctx.Err() != nil, errors.Is(err, ErrCertificate), errors.Is(err, ErrUnexpected):
		return err
	case ok && timeout.Timeout():
		return fmt.Errorf("%w: %w: %w", ErrNoAnswer, ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", ErrNoAnswer, err)
}

// receive returns an error for a response that is not a success. It removes the secrets of the request and of the
// log-in from its message. Of a success, it reads the whole body, unless it is a stream. It stops one byte after
// maxJSONSize, so that decodeJSON can refuse the body. A truncated body is an error.
func receive(login []gen.Secret, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		response, err := next(call, request)
		switch {
		case err != nil:
			return nil, err
		case response.StatusCode < 200 || response.StatusCode > 299:
			return nil, errorFromResponse(response, append(secretsOf(call, request), login...))
		case call.Stream:
			return response, nil
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, maxJSONSize+1))
		_ = response.Body.Close()
		if err == nil && closeDelimited(response) && isJSON(response) && !json.Valid(body) {
			err = io.ErrUnexpectedEOF // which the transport cannot detect
		}
		if err != nil {
			if request.Context().Err() == nil {
				err = fmt.Errorf("%w: %w", ErrTruncated, err)
			}
			return nil, &Error{StatusCode: response.StatusCode, Err: err}
		}
		if !call.anonymous { // the response to a log-in contains the token
			secrets := secretsOf(call, request)
			body = redactBody(body, secrets)
			response.Header.Set("Content-Type", redact(response.Header.Get("Content-Type"), secrets))
		}
		response.Body = io.NopCloser(bytes.NewReader(body))
		return response, nil
	}
}

// A call has what the steps of the chain need besides the request: the traits of the operation in the document, and the
// instructions of the caller. The generated client gets a doer for each call, which passes the call to all steps.
type call struct {
	gen.Traits

	operation gen.Operation
	version   Version
	id        string // random, the same for all attempts

	// anonymous says that the request has no token.
	anonymous bool
	// finished says that the client waits for the response for up to stopTimeout after the end of the caller's context,
	// so that it can clean up.
	finished bool
	// once says that the chain does not retry the request. The caller may.
	once bool
	// byProgram says that the request comes from [Client.Do].
	byProgram bool
	// secrets are those in the request. They are removed from the response, because servers have been observed to echo
	// values.
	secrets []gen.Secret

	attempt int
	sent    *sending // is set when the request is sent; nil if it is not needed
}

// sending has the times, by the local clock, at which a request was sent and its response started, and its secrets.
type sending struct {
	at, responded time.Time
	secrets       []gen.Secret
}

// A handler is one step of the chain. It may change the request, calls the next step, and may check the response.
type handler func(call, *http.Request) (*http.Response, error)

// A requestFunc makes a request in the form of a version.
type requestFunc func(wire) (*http.Response, error)

// A doer is the chain for one call. The generated client uses it in place of an http.Client.
type doer struct {
	server string // with the API version
	call   call
	send   handler
}

// Do sends a request, if the version supports it.
func (d doer) Do(request *http.Request) (*http.Response, error) {
	path, _, _ := strings.Cut(strings.TrimPrefix(request.URL.String(), d.server), "?")
	d.call.operation, d.call.Traits = operationOf(request, path)
	if !strings.HasPrefix(path, "/") { // Client.Do got another address
		return nil, invalid("the request is for another server or version")
	}
	var err error
	if d.call.secrets, err = fit(request, d.call); err != nil {
		return nil, err
	}
	if d.call.sent != nil {
		d.call.sent.secrets = d.call.secrets
	}
	if accept := "application/json"; request.Header.Get("Accept") == "" {
		if d.call.Stream {
			accept = "application/octet-stream"
		}
		request.Header.Set("Accept", accept)
	}
	if d.call.Slow { // compression would hide the length of a stream, which shows that it was truncated
		request.Header.Set("Accept-Encoding", "identity")
	}
	d.call.id = rand.Text()
	response, err := d.send(d.call, request)
	if err != nil && d.call.byProgram && request.Method != http.MethodGet && !d.call.Repeatable && outcomeUnknown(err) {
		err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return response, err
}

// Do sends a request of package gen. It is for operations that this package has no method for. The client adds the
// token, the version, retries and bounds, returns failures as an [*Error], and removes the secrets of the request from
// the response. Example:
//
//	response, err := client.Do(ctx, func(c *gen.Client) (*http.Response, error) {
//		return c.GetServiceInstance(ctx)
//	})
//
// The function makes one request with the given client. It is called again if the server has been upgraded to another
// API version. A request for another server or version is refused, and the error matches [ErrInvalid]. Requests that
// the document does not mark as repeatable are sent once. If the outcome of such a request is unknown, the error
// matches [ErrOutcomeUnknown].
//
// The response is a success. The caller closes its body. The body of a stream is not checked: the caller verifies that
// it is complete. Other bodies have been read into memory.
func (c *Client) Do(ctx context.Context, request func(*gen.Client) (*http.Response, error)) (*http.Response, error) {
	response, err := c.exchange(ctx, call{byProgram: true}, func(w wire) (*http.Response, error) {
		return request(w.Client)
	})
	return response, failed("send request", err)
}
