package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// tokens gives out access tokens that are good for at least margin, if the server gives such tokens. refused is one
// that the server has refused just now, or empty: it is not given out again.
type tokens func(ctx context.Context, margin time.Duration, refused gen.Secret) (gen.Secret, error)

// authorise adds the token to a request. A status 401 means that the request was not carried out: the server may have
// forgotten the token. So there is a second try, with a fresh one, for every operation.
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
			if e, ok := errors.AsType[*Error](err); second || !ok || e.StatusCode != http.StatusUnauthorized {
				return response, err
			}
			refused = access
		}
	}
}

// preparationError says that what comes before a request has failed, finding the version of the API or logging in. The
// request was not carried out. What came before it has been tried again by itself.
type preparationError struct{ error }

func (e preparationError) Unwrap() error { return e.error }

func isPreparation(err error) bool {
	_, ok := errors.AsType[preparationError](err)
	return ok
}
