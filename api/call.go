package api

import (
	"net/http"
	"slices"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// A call is what the steps of the chain must know of a request besides what is in it. It is bound to the doer that the generated
// client is given for this one call, so that no step can miss it.
type call struct {
	// anonymous says that the request has no token.
	anonymous bool
	// repeatable says that sending the request twice does no harm.
	repeatable bool
	// slow says that the server may work long before it answers.
	slow bool
	// stream says that the caller reads the answer, which may be of any length.
	stream bool
	// finished says that the answer is waited for, for a while, even if the caller's context ends: something would be left behind.
	finished bool
	// once says that the caller sends the request again by itself.
	once bool
	// margin is how long the token must be good for, if the server gives such tokens.
	margin time.Duration
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

// What the calls of this API are.
var (
	reads   = call{repeatable: true} // and what may be repeated as if it only read
	asks    = call{repeatable: true, anonymous: true}
	starts  = call{finished: true}
	changes = call{slow: true}
	saves   = call{repeatable: true, slow: true, stream: true, margin: renewBeforeStream}
)

// A handler is one step of a request's way: it changes the request, passes it on, and looks at what comes back.
type handler func(call, *http.Request) (*http.Response, error)

// A doer is the chain for one call. It stands where the generated client expects an http.Client.
type doer struct {
	call call
	send handler
}

// Do sends the request of the call.
func (d doer) Do(request *http.Request) (*http.Response, error) { return d.send(d.call, request) }
