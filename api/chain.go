package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/vbo365/vbo365-go/gen"
)

// A handler is one step of a request's way: it changes the request, passes it on, and looks at what comes back.
type handler func(*http.Request) (*http.Response, error)

// Do lets a handler stand where the generated client expects an http.Client.
func (h handler) Do(request *http.Request) (*http.Response, error) { return h(request) }

// assembleChain puts the steps together. From the generated client, which builds the request, to the network:
//
//	retry      sends it again, later, if it has failed in a way that may pass, and repeating it can do no harm
//	authorise  adds the token, logs in if there is none, and once more if the server refuses it
//	check      makes an error of every answer that is not a success
//	watch      ends it when the server is silent for too long
//	record     writes a line to the log, if there is one
//	send       is net/http
//
// A request for a token, and one that only asks which versions there are, is not authorised. What the answer means, JSON or a
// stream, is for the operation to say.
func (c *Client) assembleChain(o options) {
	sent := check(watch(o.timeouts.complete(), record(o.logger, c.send())))
	c.anonymous = retry(c.retries, sent)
	c.versions = newVersionSource(o.version, c.serves)
	tokens := o.tokens
	if tokens == nil {
		tokens = newTokenSource(o.login, c.requestToken).token
	}
	c.authorised = retry(c.retries, authorise(tokens, sent))
}

// requestToken asks for tokens.
func (c *Client) requestToken(ctx context.Context, request gen.TokenRequest) (*http.Response, error) {
	version, err := c.versions.version(ctx)
	if err == nil {
		err = checkGrant(version, request.GrantType)
	}
	if err != nil {
		return nil, err
	}
	if version >= V7 { // or the server expects cookies beside the token (fact sheet, section 2)
		request.DisableAntiforgeryToken = new(true)
	}
	return c.in(version, c.anonymous).CreateTokenWithFormdataBody(ctx, request, func(_ context.Context, r *http.Request) error {
		// Whatever a server sends after an answer, the answer again for example, package net/http writes to the
		// program's log when it waits on the connection. Tokens must not get there.
		r.Close = true
		return nil
	})
}

const userAgent = "vbo365-go"

// send returns the last step. There is no bound on the whole exchange: a save may take days.
func (c *Client) send() handler {
	client := &http.Client{
		Transport:     c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(request *http.Request) (*http.Response, error) {
		request.Header.Set("User-Agent", userAgent)
		response, err := client.Do(request)
		if err != nil {
			if u, ok := errors.AsType[*url.Error](err); ok {
				err = u.Err // the rest repeats the operation in worse words
			}
			return nil, fmt.Errorf("no answer from the server: %w", explainCertificate(err))
		}
		return response, nil
	}
}

func check(next handler) handler {
	return func(request *http.Request) (*http.Response, error) {
		response, err := next(request)
		if err != nil {
			return nil, err
		}
		if response.StatusCode < 200 || response.StatusCode > 299 {
			return nil, errorFromResponse(response)
		}
		return response, nil
	}
}
