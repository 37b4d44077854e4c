package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// tokens gives out access tokens that are good for at least margin, if the server gives such tokens. refused is one that the
// server has refused just now, or empty: it is not given out again.
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
		access, err := tokens(ctx, margin, "")
		if err != nil {
			return nil, preparationError{failed("log in", err)}
		}
		response, err := next(call, withToken(request, access))
		if e, ok := errors.AsType[*Error](err); !ok || e.StatusCode != http.StatusUnauthorized {
			return response, err
		}
		if access, err = tokens(ctx, margin, access); err != nil {
			return nil, preparationError{failed("log in", err)}
		}
		again := withToken(request, access)
		if again.Body, err = rewind(request); err != nil {
			return nil, err
		}
		return next(call, again)
	}
}

// preparationError says that what comes before a request has failed, finding the version of the API or logging in. The request was
// not carried out. What came before it has been tried again by itself.
type preparationError struct{ error }

func (e preparationError) Unwrap() error { return e.error }

func isPreparation(err error) bool {
	_, ok := errors.AsType[preparationError](err)
	return ok
}

func withToken(request *http.Request, access gen.Secret) *http.Request {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(access))
	return request
}
