package apitest_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestOperators explores as restore operators with different scopes.
func TestOperators(t *testing.T) {
	t.Parallel()
	const alice, bob, guest = "alice.tenant", "bob.tenant", "guest.tenant"
	config := tiers()
	config.Assertions = map[string]string{alice: "a", bob: "b", guest: "c"}
	config.Operators = map[string]apitest.Operator{
		alice: {User: "ALICE@example.com", Scope: []string{"bob@example.com"}}, bob: {Scope: []string{"alice@example.com"}},
	}
	for _, version := range pathVersions {
		b := newBench(t, config)
		self := "/" + version + "/Organization/LoggedInUser"
		users := b.getPage("/" + version + "/Organizations/" + b.organizationID(0) + "/Users").Results
		explore := func(scope string) answer {
			path := "/" + version + "/Organization/OperatorExplore"
			got := b.send(http.MethodPost, path, `{"dateTime": "2026-01-09T00:00:00Z", "reason": "Ticket 4711"`+scope+`}`,
				"Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			return got
		}
		of := func(user int) string {
			return `, "scope": {"type": "user", "id": "` + users[user]["id"].(string) + `"}`
		}
		wantDrives := func(scope string, want ...string) {
			t.Helper()
			b.srv.Requests()
			got := explore(scope)
			if got.status != map[bool]int{true: http.StatusCreated, false: http.StatusOK}[version >= "v8"] {
				t.Fatalf("%s: %d %s", version, got.status, got.body)
			}
			session := b.getPage("/" + version + "/RestoreSessions").Results[0]
			if session["reason"] != "Ticket 4711" {
				t.Errorf("%s: session %v", version, session)
			}
			wantSame(t, version+scope, want,
				b.getPage("/"+version+"/RestoreSessions/"+session["id"].(string)+"/Organization/OneDrives").names())
		}
		logIn := func(account, assertion string) {
			b.token = b.getToken(version, url.Values{
				"grant_type": {"operator"}, "client_id": {account}, "assertion": {assertion},
				"disable_antiforgery_token": {"true"},
			}).AccessToken
		}

		logIn(alice, "a")
		wantSame(t, version, map[string]any{"id": users[0]["id"], "name": "alice@example.com"}, b.get(self).(map[string]any))
		wantSame(t, version, true, b.get(self + "/OperatorInfo").(map[string]any)["isOperator"].(bool))
		scope := b.get(self + "/EffectiveScope").(map[string]any)["users"].([]any)
		if len(scope) != 1 || scope[0].(map[string]any)["id"] != users[1]["id"] {
			t.Errorf("%s: scope %v", version, scope)
		}
		wantDrives("", "alice@example.com")
		wantDrives(of(1), "bob@example.com")
		explore(of(0)).wantMessage(t, http.StatusForbidden, "may not")
		explore(`, "scope": {"type": "Group", "id": "x"}`).wantMessage(t, http.StatusForbidden, "may not")

		logIn(bob, "b")
		wantSame(t, version, map[string]any{"id": bob, "name": bob}, b.get(self).(map[string]any))
		wantDrives("")
		wantDrives(of(0), "alice@example.com")

		logIn(guest, "c")
		b.send(http.MethodGet, self, "").wantMessage(t, http.StatusNotFound, "")
		wantSame(t, version, false, b.get(self + "/OperatorInfo").(map[string]any)["isOperator"].(bool))
		explore("").wantMessage(t, http.StatusForbidden, "may not")
		wantSame(t, version, 4, b.srv.Executions()["explore"])
	}
}
