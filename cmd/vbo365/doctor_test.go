package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// before returns a server to start before a simulator. It changes the responses.
func before(t *testing.T, server *apitest.Server, change func(*http.Response)) *httptest.Server {
	t.Helper()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: server.CertPool()}}
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport,
		ModifyResponse: func(response *http.Response) error {
			change(response)
			return nil
		},
	})
	t.Cleanup(func() {
		proxy.Close()
		transport.CloseIdleConnections()
	})
	return proxy
}

// passwordFile returns the name of a file with a password.
func passwordFile(t *testing.T, password string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(name, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// respond replaces a response.
func respond(response *http.Response, status int, contentType, body string) {
	_ = response.Body.Close()
	response.StatusCode, response.ContentLength = status, int64(len(body))
	response.Header.Set("Content-Type", contentType)
	response.Header.Del("Content-Length")
	response.Body = io.NopCloser(strings.NewReader(body))
}

// TestDoctorFindsWhatIsWrong runs the checks against servers with one fault each.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	path := func(response *http.Response, expression string) bool {
		return regexp.MustCompile("(?i)" + expression).MatchString(response.Request.URL.Path)
	}
	for _, row := range []struct {
		name   string
		change func(*http.Response)
		check  string
		result string
		text   string // in the message or the advice
		status int
	}{
		{"slow clock", func(r *http.Response) {
			r.Header.Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		}, "clock", resultWarn, " behind that of this computer", exitDone},
		{"old server", func(r *http.Response) {
			if path(r, `^/v([6-9]|\d\d)`) {
				respond(r, http.StatusNotFound, "text/html", "<html>canary</html>")
			}
		}, "versions", resultOK, "v2, v3, v4, v5; this command uses v5", exitDone},
		{"other server", func(r *http.Response) {
			respond(r, http.StatusNotFound, "text/html", "<html>canary</html>")
		}, "versions", resultFail, "none of those that this command supports", exitNotFound},
		{"portal", func(r *http.Response) {
			respond(r, http.StatusFound, "text/html", "<html>canary</html>")
		}, "versions", resultFail, "v8: status 302", exitFailure},
		{"old build", func(r *http.Response) {
			if path(r, "ServiceInstance") && r.StatusCode == http.StatusOK {
				respond(r, http.StatusOK, "application/json", `{"version":"canary"}`)
			}
		}, "build", resultWarn, "does not tell the build", exitDone},
		{"tenant", func(r *http.Response) {
			if path(r, "/Organizations$") {
				respond(r, http.StatusForbidden, "application/json", `{"message":"canary"}`)
			}
		}, "organizations", resultFail, "others need --own-organization", exitAuth},
		{"nothing to see", func(r *http.Response) {
			if path(r, "/Organizations$") {
				respond(r, http.StatusOK, "application/json", `{"offset":0,"limit":30,"results":[],"_links":{"self":{"href":"/"}}}`)
			}
		}, "organizations", resultFail, "the account sees no organization", exitNotFound},
		{"no list of sessions", func(r *http.Response) {
			if path(r, "/RestoreSessions$") {
				respond(r, http.StatusForbidden, "application/json", `{"message":"canary"}`)
			}
		}, "log-in", resultWarn, "must not list restore sessions", exitDone},
		{"locked", func(r *http.Response) {
			if path(r, "/explore$") {
				respond(r, http.StatusBadRequest, "application/json", `{"message":"canary locks it"}`)
			}
		}, "session", resultFail, "no other session locks it", exitFailure},
		{"no backup", func(r *http.Response) {
			if path(r, "/OneDrives$") {
				respond(r, http.StatusOK, "application/json", `{"offset":0,"limit":30,"results":[],"_links":{"self":{"href":"/"}}}`)
			}
		}, "drives", resultFail, "check that a backup job includes OneDrives", exitNotFound},
		{"times without a zone", func(r *http.Response) {
			if path(r, "/explore$") {
				body, _ := io.ReadAll(r.Body)
				local := time.Now().UTC().Add(-7 * time.Hour).Format("2006-01-02T15:04:05")
				body = regexp.MustCompile(`("creationTime":)"[^"]*"`).ReplaceAll(body, []byte(`$1"`+local+`"`))
				respond(r, r.StatusCode, "application/json", string(body))
			}
		}, "times", resultWarn, "their times are at UTC-07:00", exitDone},
		{"no mail for others", func(r *http.Response) {
			if path(r, "EmailSettings$") {
				respond(r, http.StatusForbidden, "application/json", `{"message":"canary"}`)
			}
		}, "mail", resultWarn, "must not read the settings", exitDone},
		{"other content", func(r *http.Response) {
			if path(r, "/save$") {
				respond(r, http.StatusOK, "application/octet-stream", "canary")
			}
		}, "save", resultFail, "truncated", exitIncomplete},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := apitest.NewServer(t, apitest.Config{})
			proxy := before(t, server, row.change)
			proxy.Start()
			password := passwordFile(t, server.Password)
			findings, messages, status := doctor(t,
				"--server", proxy.URL, "--username", server.Username, "--password-file", password, "--save")
			if status != row.status {
				t.Errorf("exit status %d: %s", status, messages)
			}
			seen := false
			for _, f := range findings {
				if text := f.Message + " " + f.Advice; strings.Contains(text, "canary") {
					t.Errorf("the output has a text of the server: %s", text)
				}
				if f.Check != row.check {
					continue
				}
				seen = f.Result == row.result && strings.Contains(f.Message+" "+f.Advice, row.text)
			}
			if !seen {
				t.Errorf("no %s of %s with %q in %+v", row.result, row.check, row.text, findings)
			}
			// The simulator has started the session of which the changed response says that it is locked.
			if _, working := sessionsOf(t, server); working > 0 && row.check != "session" {
				t.Error("a session is left")
			}
		})
	}
}

// TestDoctorSeesAProxy has a proxy that ends the encryption, with a certificate of its own.
func TestDoctorSeesAProxy(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{})
	proxy := before(t, server, func(r *http.Response) { r.Header.Set("Via", "1.1 canary") })
	proxy.StartTLS()
	findings, messages, status := doctor(t, "--server", proxy.URL, "--username", server.Username,
		"--password-file", passwordFile(t, server.Password),
		"--fingerprint", fmt.Sprintf("%x", sha256.Sum256(proxy.Certificate().Raw)))
	want := finding{Check: "certificate", Result: resultWarn}
	i := slices.IndexFunc(findings, func(f finding) bool { return f.Check == want.Check })
	if status != exitDone || i < 0 || findings[i].Result != want.Result ||
		!strings.HasSuffix(findings[i].Message, "; a proxy is in between: VIA") {
		t.Errorf("exit status %d: %+v, %s", status, findings, messages)
	}
}

// TestDoctorIsInterrupted presses Ctrl-C while OneDrives are listed. The session is stopped, and the transcript is
// written.
func TestDoctorIsInterrupted(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	fault, err := apitest.ParseFault("latency:1h@ListOneDrives")
	if err == nil {
		err = server.Inject(fault)
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		waitForRequest(t, server, "listOneDrives")
		interrupt()
	}()
	name := filepath.Join(t.TempDir(), "transcript.jsonl")
	var out, messages bytes.Buffer
	status := run(ctx, append([]string{"doctor", "--transcript", name}, flags(t, server)...),
		terminal{in: os.Stdin, out: &out, err: &messages})
	const stopped, idle = "ok    stop           the session was stopped\n", "-     mail           interrupted\n"
	text := out.String()
	if status != exitInterrupted || !strings.Contains(text, stopped) || !strings.Contains(text, idle) {
		t.Errorf("exit status %d: %s%s", status, text, messages.String())
	}
	if _, working := sessionsOf(t, server); working > 0 {
		t.Error("the session is left")
	}
	if read := readTranscript(t, name); len(read.exchanges) < 10 || len(read.checks) < 10 {
		t.Errorf("%d exchanges, %d checks", len(read.exchanges), len(read.checks))
	}
}

// sessionsOf counts the restore sessions that were started, and those that are still working.
func sessionsOf(t *testing.T, server *apitest.Server) (all, working int) {
	t.Helper()
	client, err := api.NewClient(server.URL,
		api.WithPassword(server.Username, server.Password), api.WithCertificateFingerprint(server.Fingerprint))
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for session, err := range client.RestoreSessions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all++
		if session.Properties.State != api.RestoreSessionStopped {
			working++
		}
	}
	return all, working
}

// waitForRequest waits until the server has received a request for an action.
func waitForRequest(t *testing.T, server *apitest.Server, action string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, request := range server.Requests() {
			if request.Action == action || request.OperationID == action {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("no request for %s", action)
		}
	}
}
