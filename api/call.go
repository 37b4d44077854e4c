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
