package api

import (
	"context"
	"time"
)

// traits are what the steps of the chain must know of a request besides what is in it. They travel in its context.
type traits struct {
	// repeatable says that sending the request twice does no harm.
	repeatable bool
	// slow says that the server may work long before it answers.
	slow bool
	// tokenMargin is how long the token must be good for, if the server gives such tokens.
	tokenMargin time.Duration
}

type traitsKey struct{}

func withTraits(ctx context.Context, t traits) context.Context {
	return context.WithValue(ctx, traitsKey{}, t)
}

func traitsOf(ctx context.Context) traits {
	t, _ := ctx.Value(traitsKey{}).(traits)
	return t
}
