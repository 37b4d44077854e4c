package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

type marginKey struct{}

// withTokenMargin asks for a token that is good for at least this long, if the server gives such tokens.
func withTokenMargin(ctx context.Context, margin time.Duration) context.Context {
	return context.WithValue(ctx, marginKey{}, margin)
}

// authorise adds the token to a request. A status 401 means that the request was not carried out: the server may have
// forgotten the token. So there is a second try, with a fresh one, for every operation.
func authorise(tokens *tokenSource, next handler) handler {
	return func(request *http.Request) (*http.Response, error) {
		ctx := request.Context()
		margin, _ := ctx.Value(marginKey{}).(time.Duration)
		access, err := tokens.token(ctx, margin)
		if err != nil {
			return nil, err
		}
		response, err := next(withToken(request, access))
		if e, ok := errors.AsType[*Error](err); !ok || e.StatusCode != http.StatusUnauthorized {
			return response, err
		}
		if request.Body != nil && request.GetBody == nil {
			return nil, err
		}
		if err := tokens.drop(ctx, access); err != nil {
			return nil, err
		}
		if access, err = tokens.token(ctx, margin); err != nil {
			return nil, err
		}
		again := withToken(request, access)
		if request.GetBody != nil {
			if again.Body, err = request.GetBody(); err != nil {
				return nil, err
			}
		}
		return next(again)
	}
}

func withToken(request *http.Request, access gen.Secret) *http.Request {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(access))
	return request
}
