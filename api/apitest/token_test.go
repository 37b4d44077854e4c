package apitest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

type token struct {
	AccessToken  string    `json:"access_token"`
	RefreshToken string    `json:"refresh_token"`
	TokenType    string    `json:"token_type"`
	ExpiresIn    int       `json:"expires_in"`
	UserName     string    `json:"userName"`
	Issued       time.Time `json:".issued"`
	Expires      time.Time `json:".expires"`
}

func passwordForm(b *bench) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {b.srv.Username}, "password": {b.srv.Password}}
}

func (b *bench) postToken(version string, form url.Values) answer {
	b.tb.Helper()
	got := b.send(http.MethodPost, "/"+version+"/token", form.Encode(),
		"Content-Type", "application/x-www-form-urlencoded", "Authorization", "")
	got.conforms(b.tb, http.MethodPost, "/"+version+"/token")
	return got
}

func (b *bench) getToken(version string, form url.Values) token {
	b.tb.Helper()
	got := b.postToken(version, form)
	var token token
	if err := json.Unmarshal(got.body, &token); err != nil || got.status != http.StatusOK {
		b.tb.Fatalf("got %d %s: %v", got.status, got.body, err)
	}
	return token
}

func TestTokenAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{TokenLifetime: 90 * time.Second})
	before := time.Now()
	token := b.getToken("v3", passwordForm(b))
	if token.TokenType != "bearer" || token.ExpiresIn != 90 || token.UserName != `EXAMPLE\operator` {
		t.Errorf("got %+v", token)
	}
	if token.Issued.Before(before) || token.Expires.Sub(token.Issued) != 90*time.Second {
		t.Errorf("issued %s, expires %s, before %s", token.Issued, token.Expires, before)
	}
	if other := b.getToken("v3", passwordForm(b)); other.AccessToken == token.AccessToken ||
		other.RefreshToken == token.RefreshToken {
		t.Error("two log-ins got the same token")
	}
}

// TestTokenAsJSON asks for a token with a JSON body, which the versions before v6 do not take.
func TestTokenAsJSON(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	body, err := json.Marshal(
		map[string]string{"GRANT_TYPE": "password", "username": b.srv.Username, "password": b.srv.Password})
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range allVersions {
		got := b.send(http.MethodPost, "/"+version+"/token", string(body), "Content-Type", "application/json",
			"Authorization", "")
		got.conforms(t, http.MethodPost, "/"+version+"/token")
		want := http.StatusBadRequest
		if version >= "v6" {
			want = http.StatusOK
		}
		if got.status != want {
			t.Errorf("%s: %d %s", version, got.status, got.body)
		}
	}
}

func TestTokenRefresh(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	first := b.getToken("v3", passwordForm(b))
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}
	second := b.getToken("v3", form)
	if second.AccessToken == first.AccessToken || second.RefreshToken == first.RefreshToken {
		t.Error("the pair is not new")
	}
	wantRefused(t, b.postToken("v3", form)) // the refresh token has been used
	for _, access := range []string{first.AccessToken, second.AccessToken} {
		b.token = access
		b.act("Documents", `{"save":null}`).archived(t)
	}
	b.token = second.RefreshToken // is no access token
	wantUnauthorized(t, b.act("Documents", `{"save":null}`))
}

// wantRefused checks the pair of texts that servers have been seen to send (spec/FACTS.md#2).
func wantRefused(t *testing.T, got answer) {
	t.Helper()
	var body map[string]string
	if err := json.Unmarshal(got.body, &body); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "body", map[string]string{"error": "Authorization Error", "error_description": "Invalid credential"},
		body)
	if got.status != http.StatusBadRequest {
		t.Errorf("status %d", got.status)
	}
}

func wantUnauthorized(t *testing.T, got answer) {
	t.Helper()
	if got.status != http.StatusUnauthorized || len(got.body) != 0 {
		t.Errorf("got %d %q, want 401 without a body", got.status, got.body)
	}
}

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

func TestTokenRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{
		Username: "operator", Password: "secret, with = & %", Assertions: map[string]string{
			"tenant": "proof",
			"empty":  "",
		},
	})
	b.getToken("v3", passwordForm(b))
	b.getToken("v3", url.Values{"grant_type": {"password"}, "username": {"OPERATOR"}, "password": {b.srv.Password}})
	for _, form := range []url.Values{
		{"grant_type": {"password"}, "username": {"operator"}, "password": {"Secret, with = & %"}},
		{"grant_type": {"password"}, "username": {"operator"}, "password": {""}},
		{"grant_type": {"password"}, "username": {"operator"}},
		{"grant_type": {"password"}, "username": {"nobody"}, "password": {b.srv.Password}},
		{"grant_type": {"password"}, "password": {b.srv.Password}},
		{"grant_type": {"password"}},
		{"grant_type": {"refresh_token"}, "refresh_token": {"unknown"}},
		{"grant_type": {"refresh_token"}, "refresh_token": {b.token}},
		{"grant_type": {"refresh_token"}},
		{"grant_type": {jwtBearer}, "client_id": {"tenant"}, "assertion": {"proo"}},
		{"grant_type": {jwtBearer}, "client_id": {"nobody"}, "assertion": {"proof"}},
		{"grant_type": {jwtBearer}, "client_id": {"nobody"}},
		{"grant_type": {jwtBearer}},
	} {
		wantRefused(t, b.postToken("v5", form))
		for _, version := range pathVersions {
			b.postToken(version, form).wantMessage(t, http.StatusBadRequest, "Invalid credential")
		}
	}
	for _, version := range []string{"v6", "v7"} { // nobody is integrated
		form := url.Values{"grant_type": {"integration"}, "integration_token": {"x"}}
		b.postToken(version, form).wantMessage(t, http.StatusBadRequest, "Invalid credential")
	}
	// Each version knows its grants only.
	for version, unknown := range map[string]string{"v3": jwtBearer, "v5": "operator", "v8": "integration"} {
		form := url.Values{"grant_type": {unknown}, "client_id": {"tenant"}, "assertion": {"proof"}}
		if got := b.postToken(version, form); got.status != http.StatusBadRequest ||
			!strings.Contains(string(got.body), "grant_type") {
			t.Errorf("%s in %s: %d %s", unknown, version, got.status, got.body)
		}
	}
}

func TestTokenMalformed(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	for _, test := range []struct{ body, contentType, want string }{
		{"", "application/x-www-form-urlencoded", "empty"},
		{"username=u&password=canary", "application/x-www-form-urlencoded", "grant_type"},
		{"grant_type=", "application/x-www-form-urlencoded", "grant_type"},
		{"grant_type=magic&password=canary", "application/x-www-form-urlencoded", "grant_type"},
		{"grant_type=password&password=canary&Password=canary", "application/x-www-form-urlencoded", "more than once"},
		{"grant_type=password&password=%zz-canary", "application/x-www-form-urlencoded", "not a form"},
		{`{"grant_type":"password","password":"canary"}`, "application/x-www-form-urlencoded", "grant_type"},
		{`{"grant_type":"password","password":"canary"}`, "application/json", "content type"},
	} {
		got := b.send(http.MethodPost, "/v2/token", test.body, "Content-Type", test.contentType)
		var body map[string]string
		if err := json.Unmarshal(got.body, &body); err != nil {
			t.Fatalf("%s: %s: %v", test.body, got.body, err)
		}
		if got.status != http.StatusBadRequest || body["error"] != "invalid_request" ||
			!strings.Contains(body["error_description"], test.want) {
			t.Errorf("%s: got %d %s", test.body, got.status, got.body)
		}
		if strings.Contains(string(got.body), "canary") {
			t.Errorf("%s: the answer repeats a secret: %s", test.body, got.body)
		}
	}
	// Fields in another letter case, no content type, and fields that are unknown.
	got := b.send(http.MethodPost, "/V2/TOKEN/",
		"Grant_Type=PASSWORD&UserName=example%5COPERATOR&PASSWORD="+b.srv.Password+"&scope=all",
		"Content-Type", "", "Authorization", "")
	if got.status != http.StatusOK {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// TestTokenErrors sees the bodies of the versions (spec/FACTS.md#6).
func TestTokenErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	for version, want := range map[string]string{
		"v2": `{"error": "Authorization Error", "error_description": "Invalid credential"}`,
		"v5": `{"error": "Authorization Error", "error_description": "Invalid credential"}`,
		"v6": `{"message": "Invalid credential"}`,
		"v7": `{"message": "Invalid credential"}`,
		"v8": `{"message": "Invalid credential", "errorCode": "ParameterValidationFailure", "stackTrace": null}`,
	} {
		got := b.postToken(version, url.Values{"grant_type": {"password"}})
		var body any
		if err := json.Unmarshal(got.body, &body); err != nil || got.status != http.StatusBadRequest {
			t.Fatalf("%s: %d %s: %v", version, got.status, got.body, err)
		}
		b.wantJSON("refused token", version, want, body)
		form := url.Values{"grant_type": {"password"}, "disable_antiforgery_token": {"maybe"}}
		if got := b.postToken(version, form); version >= "v7" &&
			!strings.Contains(string(got.body), "disable_antiforgery_token: ") {
			t.Errorf("%s: %d %s", version, got.status, got.body)
		}
	}
}

func TestUnauthorized(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	path := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	before := fingerprint(t, b.srv.Drives()...)
	for _, authorization := range []string{
		"", "Bearer", "Bearer ", "Bearer unknown", "Basic " + b.token, b.token,
		"Bearer " + b.token + "x",
	} {
		got := b.send(http.MethodPost, path, overwriteAll, "Content-Type", "application/json", "Authorization",
			authorization)
		wantUnauthorized(t, got)
	}
	wantSame(t, "production", before, fingerprint(t, b.srv.Drives()...))
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{TokenLifetime: time.Nanosecond})
	wantUnauthorized(t, b.act("", `{"save":null}`))
	first := b.getToken("v3", passwordForm(b))
	if first.ExpiresIn != 0 {
		t.Errorf("expires in %d seconds", first.ExpiresIn)
	}
	b.getToken("v3", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}) // lives longer
}

// TestLogOut sees that a token and its refresh token end, and no others.
func TestLogOut(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions[1:] {
		b := newBench(t, apitest.Config{})
		form := passwordForm(b)
		form.Set("disable_antiforgery_token", "true")
		first, second := b.getToken(version, form), b.getToken(version, form)
		path := "/" + version + "/token/logout"
		out := func(token string) answer {
			got := b.send(http.MethodPost, path, "", "Authorization", "Bearer "+token)
			got.conforms(t, http.MethodPost, path)
			return got
		}
		if got := out(first.AccessToken); got.status != done(version) || len(got.body) != 0 {
			t.Errorf("%s: %d %s", version, got.status, got.body)
		}
		if got := out(first.AccessToken); got.status != http.StatusUnauthorized {
			t.Errorf("%s: again %d", version, got.status)
		}
		refresh := func(token string) int {
			return b.postToken(version, url.Values{
				"grant_type": {"refresh_token"}, "refresh_token": {token}, "disable_antiforgery_token": {"true"},
			}).status
		}
		wantSame(t, version, http.StatusBadRequest, refresh(first.RefreshToken))
		wantSame(t, version, http.StatusOK, refresh(second.RefreshToken))
		if got := out(second.AccessToken); got.status != done(version) {
			t.Errorf("%s: the other token: %d", version, got.status)
		}
		wantSame(t, version, map[string]int{"logOut": 2}, b.srv.Executions())
	}
}

func TestAuthCode(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	codes := map[string]bool{}
	for _, version := range pathVersions[1:] {
		path := "/" + version + "/token/AuthCode"
		for range 2 {
			got := b.send(http.MethodPost, path, "")
			got.conforms(t, http.MethodPost, path)
			codes[string(got.body)] = true
		}
		if got := b.send(http.MethodPost, path, "", "Authorization", ""); got.status != http.StatusUnauthorized {
			t.Errorf("%s without a token: %d", version, got.status)
		}
	}
	if len(codes) != 2*len(pathVersions[1:]) {
		t.Errorf("codes %v", codes)
	}
}
