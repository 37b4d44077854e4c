package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// A call is what the steps of the chain must know of a request besides what is in it: what the document says of the operation, and
// what the caller knows. It is bound to the doer that the generated client is given for this one call, so that no step can miss it.
type call struct {
	gen.Traits

	operation gen.Operation
	version   Version
	id        string // random; all attempts have the same

	// anonymous says that the request has no token.
	anonymous bool
	// finished says that the answer is waited for, for a while, even if the caller's context ends: something would be left behind.
	finished bool
	// once says that the caller sends the request again by itself.
	once bool
	// byProgram says that no method of this package has built the request.
	byProgram bool
	// secrets are what the request carries of them. Servers have been seen to say back what they were sent.
	secrets []gen.Secret

	attempt int
	sent    *sending // nil if nobody wants to know
}

// sending is when a request was sent, and when the response to it began, by this computer's clock, and its secrets.
type sending struct {
	at, answered time.Time
	secrets      []gen.Secret
}

// A handler is one step of a request's way: it changes the request, passes it on, and looks at what comes back.
type handler func(call, *http.Request) (*http.Response, error)

// A doer is the chain for one call. It stands where the generated client expects an http.Client.
type doer struct {
	server string // with the API version
	call   call
	send   handler
}

// Do sends the request of the call, unless the version does not support it.
func (d doer) Do(request *http.Request) (*http.Response, error) {
	path, _, _ := strings.Cut(strings.TrimPrefix(request.URL.String(), d.server), "?")
	d.call.operation, d.call.Traits = operationOf(request, path)
	if !strings.HasPrefix(path, "/") { // a program has made it
		return nil, invalid("the request is for another server or version")
	}
	var err error
	if d.call.secrets, err = fit(request, d.call.operation, d.call.version); err != nil {
		return nil, err
	}
	if d.call.sent != nil {
		d.call.sent.secrets = d.call.secrets
	}
	d.call.id = rand.Text()
	response, err := d.send(d.call, request)
	if err != nil && d.call.byProgram && request.Method != http.MethodGet && !d.call.Repeatable && outcomeUnknown(err) {
		err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return response, err
}

// Do sends a request of package gen, for operations that have no method here. It is sent as those of the methods are:
// with a token, in the version that the server speaks, with the retries and bounds of the client, errors that are an
// [*Error], and without the secrets of the request in what the server says. Example:
//
//	response, err := client.Do(ctx, func(c *gen.Client) (*http.Response, error) {
//		return c.GetServiceInstance(ctx)
//	})
//
// The function makes one request with the client that it gets. It is called again if the server has been upgraded to
// another version meanwhile. The request is for this server and version, or it is refused with [ErrInvalid]. One that
// the document does not name as repeatable is sent once; if it is not known whether it was carried out, the error
// matches [ErrOutcomeUnknown].
//
// The response is a success, and the caller closes its body. Streams are not read; whether they are complete is for the
// caller to check. Other bodies are in memory.
func (c *Client) Do(ctx context.Context, request func(*gen.Client) (*http.Response, error)) (*http.Response, error) {
	response, err := c.exchange(ctx, call{byProgram: true}, func(w wire) (*http.Response, error) {
		return request(w.Client)
	})
	return response, failed("send request", err)
}
