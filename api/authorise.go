package api

import (
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// tokens returns an access token that is valid for at least margin, if the server issues such tokens. refused is a
// token that the server has just refused, or empty. It is not returned again.
type tokens func(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error)

// authorise adds the token to a request. After status 401, it sends the request once more, with a new token. That is
// safe for all operations, because status 401 means that the request was not carried out.
func authorise(tokens tokens, next handler) handler {
	return func(call call, request *http.Request) (*http.Response, error) {
		ctx := request.Context()
		margin := renewBefore
		if call.Stream {
			margin = renewBeforeStream
		}
		var refused gen.Secret
		for second := false; ; second = true {
			access, err := tokens(ctx, margin, refused)
			if err != nil {
				return nil, preparationError{failed("log in", err)}
			}
			authorised := request.Clone(ctx)
			authorised.Header.Set("Authorization", "Bearer "+string(access))
			if authorised.Body, err = rewind(request); err != nil {
				return nil, err
			}
			response, err := next(call, authorised)
			if second || statusOf(err) != http.StatusUnauthorized {
				return response, err
			}
			refused = access
		}
	}
}

// preparationError is the failure of a step before a request: version detection or log-in. The request was not sent.
// The step has been retried on its own.
type preparationError struct{ error }

func (e preparationError) Unwrap() error { return e.error }
