package api

import (
	"net/http"
	"slices"
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

	// anonymous says that the request has no token.
	anonymous bool
	// finished says that the answer is waited for, for a while, even if the caller's context ends: something would be left behind.
	finished bool
	// once says that the caller sends the request again by itself.
	once bool
	// secrets are what the request carries of them. Servers have been seen to say back what they were sent.
	secrets []gen.Secret

	attempt int
	sent    *sending // nil if nobody wants to know
}

// with returns the call with secrets that the request carries. Empty ones are none.
func (c call) with(secrets ...gen.Secret) call {
	c.secrets = slices.DeleteFunc(slices.Clone(secrets), func(s gen.Secret) bool { return s == "" })
	return c
}

// sending is when a request was sent, and when the answer to it began, by this computer's clock.
type sending struct{ at, answered time.Time }

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
	if err := fit(request, d.call.operation, d.call.version); err != nil {
		return nil, err
	}
	return d.send(d.call, request)
}
