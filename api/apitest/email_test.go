package apitest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func (b *bench) setMail(path, body string) {
	b.tb.Helper()
	got := b.send(http.MethodPut, path, body, "Content-Type", "application/json")
	if got.conforms(b.tb, http.MethodPut, path); got.status != done(path[1:3]) || len(got.body) != 0 {
		b.tb.Fatalf("%s: %d %s", path, got.status, got.body)
	}
}

func TestEmailSettings(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	for _, path := range []string{"/v2/VESPEmailSettings", "/v3/VEODEmailSettings"} {
		b.wantJSON(path, "", `{}`, b.get(path))
		b.setMail(path, `{"enableNotification": "true", "Server": "smtp.example.com", "port": "587", "from": "backup@example.com",
			"useAuthentication": true, "useSSL": true, "username": "me", "userPassword": "canary",}`)
		const all = `{"enableNotification": true, "server": "smtp.example.com", "port": 587, "from": "backup@example.com",
			"useAuthentication": true, "useSSL": true, "username": "me"}`
		b.wantJSON(path, "", all, b.get(path))
		b.setMail(path, `{}`)
		b.setMail(path, `{"from": null}`)
		b.wantJSON(path, "", all, b.get(path))
		b.setMail(path, `{"port": 25, "useSSL": false, "from": "", "userPassword": ""}`)
		b.wantJSON(path, "", `{"enableNotification": true, "server": "smtp.example.com", "port": 25, "from": "",
			"useAuthentication": true, "useSSL": false, "username": "me"}`, b.get(path))
	}
	// Other versions have the same settings, the two explorers different ones.
	b.setMail("/v5/VEODEmailSettings", `{"server": "other.example.com"}`)
	for path, want := range map[string]string{
		"/v2/VESPEmailSettings": "smtp.example.com", "/v5/VESPEmailSettings": "smtp.example.com",
		"/v3/VEODEmailSettings": "other.example.com", "/v4/veodemailsettings": "other.example.com",
	} {
		if got := b.get(path).(map[string]any)["server"]; got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	b.wantJSON("links", "v6", `{"self": {"href": "%s/veodemailsettings"}}`,
		b.get("/v6/VEODEmailSettings").(map[string]any)["_links"])
	before := b.get("/v3/VEODEmailSettings")
	for body, message := range map[string]string{
		``: "empty", `[]`: "object", `{"port": 0}`: "port", `{"port": 65536}`: "port", `{"port": "x"}`: "port", `{"useSSL": "canary"}`: "useSSL",
		`{"server": 1}`: "server", `{"from": "canary"}`: "from: must be an e-mail address", `{"server": "x", ` +
			`"SERVER": "y"}`: "more than once",
	} {
		got := b.send(http.MethodPut, "/v3/VEODEmailSettings", body, "Content-Type", "application/json")
		got.conforms(t, http.MethodPut, "/v3/VEODEmailSettings")
		if got.wantMessage(t, http.StatusBadRequest, message); strings.Contains(string(got.body), "canary") {
			t.Errorf("the answer repeats a value: %s", got.body)
		}
	}
	wantSame(t, "settings", before, b.get("/v3/VEODEmailSettings"))
}

// TestEmailSettingsAreUsed sees that mail cannot be sent until the settings of the version are complete.
func TestEmailSettingsAreUsed(t *testing.T) {
	t.Parallel()
	for _, version := range allVersions {
		mailbox := startMailbox(t, "")
		host, port, err := net.SplitHostPort(mailbox.Addr)
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t, apitest.Config{})
		settings, others := "/"+version+"/VEODEmailSettings", "/v2/VESPEmailSettings"
		if version == "v2" {
			settings, others = others, "/v3/VEODEmailSettings"
		}
		send := func(body string) answer {
			t.Helper()
			return b.actIn(version, "Documents", body)
		}
		const message, noSender = `{"sendTo": {"from": "a@x", "to": "b@x"}}`, `{"sendTo": {"to": "b@x"}}`
		unset := func() {
			t.Helper()
			send(message).wantMessage(t, http.StatusInternalServerError,
				"The e-mail settings of the server are not set.")
		}
		unset()
		b.setMail(others, `{"enableNotification": true, "server": "`+host+`", "port": `+port+`}`)
		unset()
		b.setMail(settings, `{"server": "`+host+`"}`)
		unset()
		b.setMail(settings, `{"port": `+port+`}`)
		if got := send(message); got.status != done(version) || len(got.body) != 0 {
			t.Fatalf("%s: %d %s", version, got.status, got.body)
		}
		b.setMail(settings, `{"enableNotification": false}`)
		send(message).wantMessage(t, http.StatusInternalServerError, "forbid sending")
		b.setMail(settings, `{"enableNotification": true}`)
		send(noSender).wantMessage(t, http.StatusBadRequest, "from: must be an e-mail address")
		b.setMail(settings, `{"from": "Backup <backup@example.com>"}`)
		if got := send(noSender); got.status != done(version) {
			t.Fatalf("%s: %d %s", version, got.status, got.body)
		}
		send(message)
		messages, err := mailbox.Wait(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		if messages[0].From != "a@x" || messages[1].From != "backup@example.com" || messages[2].From != "a@x" ||
			len(messages) != 3 {
			t.Errorf("%d messages, from %s and %s", len(messages), messages[0].From, messages[1].From)
		}

		// The mailbox knows neither TLS nor a login.
		b.setMail(settings, `{"useSSL": true}`)
		send(message).wantMessage(t, http.StatusInternalServerError, "start TLS")
		b.setMail(settings, `{"useSSL": false, "useAuthentication": true, "username": "me", "userPassword": "canary"}`)
		got := send(message)
		if got.wantMessage(t, http.StatusInternalServerError, "log in"); strings.Contains(string(got.body), "canary") {
			t.Errorf("the answer has the password: %s", got.body)
		}
		b.setMail(settings, `{"server": ""}`)
		unset()
		if n := len(mailbox.Messages()); n != 3 {
			t.Errorf("%d messages arrived", n)
		}
	}
}

func TestConfigPresetsEmailSettings(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{SMTP: "smtp.example.com:2525"})
	for _, path := range []string{"/v2/VESPEmailSettings", "/v5/VEODEmailSettings"} {
		b.wantJSON(path, "", `{"enableNotification": true, "server": "smtp.example.com", "port": 2525}`, b.get(path))
	}
	for _, address := range []string{"localhost", ":25", "localhost:smtp", "localhost:0", "localhost:65536"} {
		if srv, err := apitest.Start(apitest.Config{SMTP: address}); err == nil {
			t.Errorf("%s: no error, and %v", address, srv.Close())
		}
	}
}

// TestTestEmail sees that a test message has no attachment, and that nothing is sent without settings.
func TestTestEmail(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		mailbox := startMailbox(t, "")
		b := newBench(t, apitest.Config{SMTP: mailbox.Addr})
		for i, settings := range []string{"VEODEmailSettings", "VESPEmailSettings"} {
			path := "/" + version + "/" + settings
			post := func(body string) answer {
				got := b.send(http.MethodPost, path+"/SendTestEmail", body, "Content-Type", "application/json")
				got.conforms(t, http.MethodPost, path+"/SendTestEmail")
				return got
			}
			if got := post(`{"email": "me@example.com"}`); got.status != done(version) || len(got.body) != 0 {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
			messages, err := mailbox.Wait(t.Context(), i+1)
			if err != nil {
				t.Fatal(err)
			}
			message := messages[i]
			wantSame(t, path, []string{"me@example.com"}, message.To)
			if name, _, err := message.Attachment(); err == nil {
				t.Errorf("%s: attachment %s", path, name)
			}
			content, err := message.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(content)
			if err = errors.Join(err, content.Close()); err != nil ||
				!strings.Contains(string(text), "The e-mail settings work.") {
				t.Errorf("%s: %s: %v", path, text, err)
			}
			post(`{"email": "canary"}`).wantMessage(t, http.StatusBadRequest, "email: must be an e-mail address")
			b.setMail(path, `{"enableNotification": false}`)
			post(`{"email": "me@example.com"}`).wantMessage(t, http.StatusInternalServerError, "forbid sending")
		}
	}
}

// TestNoSignInForMail sees that what is not modelled says so.
func TestNoSignInForMail(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	for _, settings := range []string{"VEODEmailSettings", "VESPEmailSettings"} {
		for _, step := range []string{"Prepare", "Complete"} {
			path := "/v8/" + settings + "/" + step + "OAuthSignIn"
			got := b.send(http.MethodPost, path, `{}`, "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			got.wantMessage(t, http.StatusInternalServerError, "does not model the sign-in")
		}
	}
}
