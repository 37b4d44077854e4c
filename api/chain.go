package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/vbo365/vbo365-go/gen"
)

// assembleChain puts the steps together. From the generated client, which builds the request, to the network:
//
//	retry      sends it again, later, if it has failed in a way that may pass, and repeating it can do no harm
//	authorise  adds the token, logs in if there is none, and once more if the server refuses it
//	record     writes a line to the log, if there is one
//	receive    reads the answer, unless it is a stream, so that one that is cut has failed
//	check      makes an error of every answer that is not a success
//	watch      ends it when the server is silent for too long, and bounds how many transfers there are at once
//	send       is net/http
//
// A request for a token, and one that only asks which versions there are, is not authorised. What the answer means, JSON or a
// stream, is for the operation to say.
func (c *Client) assembleChain(o options) {
	login := []gen.Secret{gen.Secret(o.login.Password), gen.Secret(o.login.Assertion)}
	sent := record(o.logger, login, receive(check(login, watch(o.timeouts.complete(), make(chan struct{}, o.transfers), c.send(o)))))
	c.anonymous = retry(c.retries, sent)
	c.versions = newVersionSource(o.version, c.serves)
	tokens := o.tokens
	if tokens == nil {
		tokens = newTokenSource(o.login, c.requestToken).token
	}
	c.authorised = retry(c.retries, authorise(tokens, sent))
}

// requestToken asks for tokens, once or as often as anything else that may be repeated.
func (c *Client) requestToken(ctx context.Context, request gen.TokenRequest, once bool) (*http.Response, error) {
	version, err := c.versions.version(ctx)
	if err != nil {
		return nil, err
	}
	return c.in(version, call{anonymous: true, once: once}).token(ctx, request)
}

// send returns the last step. There is no bound on the whole exchange: a save may take days.
func (c *Client) send(o options) handler {
	agent := cmp.Or(o.userAgent, defaultUserAgent())
	return func(call call, request *http.Request) (*http.Response, error) {
		request.Header.Set("User-Agent", agent)
		// Whatever a server sends after an answer, the request's body for example, package net/http writes to the program's log when
		// it waits on the connection. Secrets must not get there.
		request.Close = len(call.secrets) > 0
		response, err := c.sender.Do(request)
		if err != nil {
			if u, ok := errors.AsType[*url.Error](err); ok {
				err = u.Err // the rest repeats the operation in worse words
			}
			_, unsent := errors.AsType[unsentError](err)
			err = noAnswer(request.Context(), redactError(explainConnection(err), secretsOf(call, request)))
			if unsent {
				err = unsentError{err}
			}
			return nil, err
		}
		response.Request = request
		if response.Header == nil { // a transport of the program's own may leave both out
			response.Header = make(http.Header)
		}
		return response, nil
	}
}

// noAnswer says what it means that there is no answer.
func noAnswer(ctx context.Context, err error) error {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	switch {
	case ctx.Err() != nil, errors.Is(err, ErrCertificate), errors.Is(err, ErrUnexpected):
		return err
	case ok && timeout.Timeout():
		return fmt.Errorf("%w: %w: %w", ErrNoAnswer, ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", ErrNoAnswer, err)
}

// check also removes secrets from what the server says: those of the request, and those of the log-in.
func check(login []gen.Secret, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		response, err := next(call, request)
		if err != nil {
			return nil, err
		}
		if response.StatusCode < 200 || response.StatusCode > 299 {
			return nil, errorFromResponse(response, append(secretsOf(call, request), login...))
		}
		return response, nil
	}
}

// receive reads the answer to its end, unless it is a stream. It gives no more than one byte too many of an answer that is too long.
func receive(next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		response, err := next(call, request)
		if err != nil || call.Stream {
			return response, err
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, maxJSONSize+1))
		_ = response.Body.Close()
		if err == nil && closeDelimited(response) && isJSON(response) && !json.Valid(body) {
			err = io.ErrUnexpectedEOF // which the transport cannot tell
		}
		if err != nil {
			if request.Context().Err() == nil {
				err = fmt.Errorf("%w: %w", ErrTruncated, err)
			}
			return nil, &Error{StatusCode: response.StatusCode, Err: err}
		}
		if !call.anonymous { // an answer to a log-in has secrets in it
			secrets := secretsOf(call, request)
			body = redactBody(body, secrets)
			response.Header.Set("Content-Type", redact(response.Header.Get("Content-Type"), secrets))
		}
		response.Body = io.NopCloser(bytes.NewReader(body))
		return response, nil
	}
}
