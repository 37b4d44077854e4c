package apitest

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

const (
	refreshLifetime = 14 * 24 * time.Hour // our choice: not documented (spec/FACTS.md#2)
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
	cookie   *digest // of the antiforgery token that must come with it in v7 and later; nil if none must
	refresh  digest  // of the refresh token that was issued with an access token
}

// antiforgeryCookie carries the antiforgery token. Its name is our choice: that of the product is not known
// (spec/FACTS.md#2).
const antiforgeryCookie = "vbo365-antiforgery"

// proves tells whether a grant is known and has not expired, and the request has the antiforgery token that it asks
// for.
func (g grant) proves(e *exchange) bool {
	if !time.Now().Before(g.expires) { // an unknown one expired long ago
		return false
	}
	if g.cookie == nil || !e.edition.antiforgery {
		return true
	}
	cookie, err := e.r.Cookie(antiforgeryCookie)
	return err == nil && *g.cookie == sha256.Sum256([]byte(cookie.Value))
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

// valid tells whether the access token of a request is good, and which account it was given to.
func (t *tokens) valid(e *exchange, token string) (userName string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.access.byToken[sha256.Sum256([]byte(token))]
	return g.userName, g.proves(e)
}

// check gives the account that a request proves to be, and false if it proves nothing. A refresh token is used up.
func (t *tokens) check(e *exchange, request server.TokenRequest) (userName string, ok bool) {
	switch server.GrantType(strings.ToLower(string(request.GrantType))) {
	case server.GrantTypePassword:
		// Both are compared in any case, so that the time does not tell whether the name exists.
		nameOK := same(strings.ToLower(value(request.Username)), strings.ToLower(t.username))
		passwordOK := same(value(request.Password), t.password)
		return t.username, nameOK && passwordOK
	case server.GrantTypeRefreshToken:
		t.mu.Lock()
		defer t.mu.Unlock()
		key := sha256.Sum256([]byte(value(request.RefreshToken)))
		g := t.refresh.byToken[key]
		if !g.proves(e) {
			return "", false
		}
		delete(t.refresh.byToken, key)
		return g.userName, true
	case server.GrantTypeUrnIetfParamsOauthGrantTypeJwtBearer, server.GrantTypeOperator:
		assertion, known := t.assertions[value(request.ClientID)]
		return value(request.ClientID), same(value(request.Assertion), assertion) && known
	default: // there is nobody here to integrate with
		return "", false
	}
}

// issue makes a new pair, which asks for an antiforgery token if there is one.
func (t *tokens) issue(userName string, antiforgery *digest) server.Token {
	now := time.Now()
	access, refresh := rand.Text()+rand.Text(), rand.Text()+rand.Text()

	t.mu.Lock()
	defer t.mu.Unlock()
	key := sha256.Sum256([]byte(refresh))
	t.access.remember(access, grant{userName, now.Add(t.lifetime), antiforgery, key})
	t.refresh.remember(refresh, grant{userName, now.Add(refreshLifetime), antiforgery, key})
	return server.Token{
		AccessToken:  access,
		RefreshToken: &refresh,
		TokenType:    "bearer",
		ExpiresIn:    int64(t.lifetime / time.Second),
		UserName:     &userName,
		DotIssued:    new(now.UTC().Format(time.RFC3339Nano)),
		DotExpires:   new(now.Add(t.lifetime).UTC().Format(time.RFC3339Nano)),
	}
}

// revoke ends an access token and the refresh token that came with it.
func (t *tokens) revoke(token string) {
	key := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.refresh.byToken, t.access.byToken[key].refresh)
	delete(t.access.byToken, key)
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

// value is what p points to; the zero value if that is nothing.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// createToken gives a pair of tokens and, in some versions, an antiforgery token with it unless the request declines
// that.
func (s *Server) createToken(e *exchange) (any, error) {
	var request server.TokenRequest
	if err := e.readOptions(&request); err != nil {
		return nil, err
	}
	userName, ok := s.tokens.check(e, request)
	if !ok {
		return nil, errCredential
	}
	if !e.edition.antiforgery || value(request.DisableAntiforgeryToken) {
		return s.tokens.issue(userName, nil), nil
	}
	cookie := &http.Cookie{
		Name: antiforgeryCookie, Value: rand.Text(), Path: "/",
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	var needed *digest
	if s.config.StrictAntiforgery {
		needed = new(sha256.Sum256([]byte(cookie.Value)))
	}
	pair := s.tokens.issue(userName, needed)
	return func(w http.ResponseWriter) error {
		http.SetCookie(w, cookie)
		return e.respond(w, pair)
	}, nil
}

// logOut ends the token of the request and the refresh token that came with it: our choice. What runs goes on.
func (s *Server) logOut(e *exchange) (any, error) {
	s.tokens.revoke(e.bearer())
	s.execute(e)
	return nil, nil
}

// createAuthCode makes up a code. Nothing takes it: what does is not documented (spec/FACTS.md#q19).
func (s *Server) createAuthCode(e *exchange) (any, error) {
	s.execute(e)
	return server.AuthCode{AuthCode: rand.Text()}, nil
}
