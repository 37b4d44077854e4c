package apitest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

const (
	refreshLifetime = 14 * 24 * time.Hour // our choice: not documented (fact sheet 2)
	maxTokens       = 10_000              // of each kind; beyond it the oldest is forgotten
)

// tokens issues tokens and remembers them until they expire.
type tokens struct {
	username, password string
	assertions         map[string]string
	lifetime           time.Duration

	mu      sync.Mutex
	access  grants
	refresh grants
}

// digest is the SHA-256 of a secret. Comparing digests takes no longer the more of a secret was guessed.
type digest = [sha256.Size]byte

type grant struct {
	userName string
	expires  time.Time
}

func newTokens(config Config) *tokens {
	return &tokens{
		username:   config.Username,
		password:   config.Password,
		assertions: config.Assertions,
		lifetime:   config.TokenLifetime,
		access:     grants{byToken: map[digest]grant{}},
		refresh:    grants{byToken: map[digest]grant{}},
	}
}

// valid tells whether an access token is known and has not expired, and which account it was given to.
func (t *tokens) valid(token string) (userName string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.access.byToken[sha256.Sum256([]byte(token))]
	return g.userName, ok && time.Now().Before(g.expires)
}

// check gives the account that a request proves to be, and false if it proves nothing. A refresh token is used up.
func (t *tokens) check(request server.TokenRequest) (userName string, ok bool) {
	switch request.GrantType {
	case server.GrantTypePassword:
		// Both are compared in any case, so that the time does not tell whether the name exists.
		nameOK := same(strings.ToLower(text(request.Username)), strings.ToLower(t.username))
		passwordOK := same(text(request.Password), t.password)
		return t.username, nameOK && passwordOK
	case server.GrantTypeRefreshToken:
		t.mu.Lock()
		defer t.mu.Unlock()
		key := sha256.Sum256([]byte(text(request.RefreshToken)))
		g, ok := t.refresh.byToken[key]
		delete(t.refresh.byToken, key)
		return g.userName, ok && time.Now().Before(g.expires)
	default: // the validation lets only jwt-bearer and operator through
		assertion, known := t.assertions[text(request.ClientID)]
		return text(request.ClientID), same(text(request.Assertion), assertion) && known
	}
}

// issue makes a new pair.
func (t *tokens) issue(userName string) server.Token {
	now := time.Now()
	issued, expires := now.UTC(), now.Add(t.lifetime).UTC()
	access, refresh := rand.Text()+rand.Text(), rand.Text()+rand.Text()

	t.mu.Lock()
	defer t.mu.Unlock()
	t.access.remember(access, grant{userName, now.Add(t.lifetime)})
	t.refresh.remember(refresh, grant{userName, now.Add(refreshLifetime)})
	return server.Token{
		AccessToken:  access,
		RefreshToken: &refresh,
		TokenType:    "bearer",
		ExpiresIn:    int64(t.lifetime / time.Second),
		UserName:     &userName,
		DotIssued:    &issued,
		DotExpires:   &expires,
	}
}

// grants are what tokens of one kind prove. All live equally long, so that the oldest expires first.
type grants struct {
	byToken map[digest]grant
	order   []digest // by age; has the used refresh tokens, too
}

// remember adds a token and forgets those that have expired, and the oldest where there are too many.
func (gs *grants) remember(token string, g grant) {
	key := sha256.Sum256([]byte(token))
	gs.byToken[key] = g
	gs.order = append(gs.order, key)
	now := time.Now()
	for len(gs.order) > maxTokens || !now.Before(gs.byToken[gs.order[0]].expires) {
		delete(gs.byToken, gs.order[0])
		gs.order = gs.order[1:]
		if len(gs.order) == 0 {
			break
		}
	}
}

func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// text is the string that p points to; nothing is the empty string.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// CreateToken implements POST /token.
func (o operations) CreateToken(
	_ context.Context, request server.CreateTokenRequestObject,
) (server.CreateTokenResponseObject, error) {
	userName, ok := o.tokens.check(*request.Body)
	if !ok {
		description := "Invalid credential"
		return server.CreateToken400JSONResponse{TokenRefusedJSONResponse: server.TokenRefusedJSONResponse{
			Error: "Authorization Error", ErrorDescription: &description,
		}}, nil
	}
	token := o.tokens.issue(userName)
	return server.CreateToken200JSONResponse{TokenJSONResponse: server.TokenJSONResponse(token)}, nil
}
