package apitest

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestTokensAreForgotten sees that the memory for tokens is bounded.
func TestTokensAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := newTokens(Config{TokenLifetime: time.Hour})
		valid := func(token string) bool {
			_, ok := tokens.valid(&exchange{}, token)
			return ok
		}
		first := tokens.issue("operator", nil)
		<-time.After(time.Second) // by the clock of synctest
		second := tokens.issue("operator", nil)
		if !valid(first.AccessToken) || !valid(second.AccessToken) {
			t.Fatal("a new token is not valid")
		}
		<-time.After(time.Hour - time.Second)
		if valid(first.AccessToken) || !valid(second.AccessToken) {
			t.Fatal("a token does not live for exactly its lifetime")
		}
		<-time.After(time.Minute)
		third := tokens.issue("operator", nil)
		if n := len(tokens.access.byToken); n != 1 {
			t.Errorf("%d access tokens are remembered, want the one that has not expired", n)
		}
		if n := len(tokens.refresh.byToken); n != 3 {
			t.Errorf("%d refresh tokens are remembered, want 3", n)
		}

		for range maxTokens - 1 {
			<-time.After(time.Microsecond)
			tokens.issue("operator", nil)
		}
		if !valid(third.AccessToken) {
			t.Error("a token was forgotten too early")
		}
		<-time.After(time.Microsecond)
		last := tokens.issue("operator", nil)
		if len(tokens.access.byToken) != maxTokens || valid(third.AccessToken) || !valid(last.AccessToken) {
			t.Errorf("%d access tokens are remembered; oldest %t, newest %t",
				len(tokens.access.byToken), valid(third.AccessToken), valid(last.AccessToken))
		}
	})
}
