package apitest_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	srv := apitest.NewServer(t, apitest.Config{})
	other := apitest.NewServer(t, apitest.Config{})
	address := strings.TrimPrefix(srv.URL, "https://")
	dial := func(config *tls.Config) (*x509.Certificate, error) {
		conn, err := (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			return nil, err
		}
		state := conn.(*tls.Conn).ConnectionState()
		if state.NegotiatedProtocol != "http/1.1" {
			t.Errorf("protocol %q", state.NegotiatedProtocol)
		}
		return state.PeerCertificates[0], conn.Close()
	}
	for _, name := range []string{"", "localhost", "127.0.0.1", "::1"} {
		certificate, err := dial(
			&tls.Config{RootCAs: srv.CertPool(), ServerName: name, NextProtos: []string{"h2", "http/1.1"}})
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(certificate.Raw)
		if got := hex.EncodeToString(digest[:]); got != srv.Fingerprint || !certificate.Equal(srv.Certificate) {
			t.Errorf("fingerprint %s, want %s", got, srv.Fingerprint)
		}
	}
	if _, err := dial(&tls.Config{RootCAs: other.CertPool()}); err == nil {
		t.Error("two servers have the same certificate")
	}
	if _, err := dial(&tls.Config{RootCAs: srv.CertPool(), MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is accepted")
	}
	if srv.Password == other.Password || len(srv.Password) < 16 || srv.Username != `EXAMPLE\operator` {
		t.Errorf("account %s, %d characters", srv.Username, len(srv.Password))
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"localhost:0": "https://127.0.0.1:", "127.0.0.1:0": "https://127.0.0.1:",
	} {
		srv := apitest.NewServer(t, apitest.Config{Listen: listen})
		if !strings.HasPrefix(srv.URL, want) {
			t.Errorf("%s: URL %s", listen, srv.URL)
		}
		if _, err := apitest.Start(apitest.Config{Listen: strings.TrimPrefix(srv.URL, "https://")}); err == nil {
			t.Error("two servers have the same port")
		}
	}
}

// TestStable sees that the ids are the same in every run and on every machine.
func TestStable(t *testing.T) {
	t.Parallel()
	drives := apitest.NewServer(t, apitest.Config{}).Drives()
	again := apitest.NewServer(t, apitest.Config{}).Drives()
	for i := range drives {
		drives[i].Production, again[i].Production = "", ""
	}
	wantSame(t, "drives", drives, again)
	wantSame(t, "Alice", apitest.Drive{
		Organization: "example.onmicrosoft.com", Owner: "alice@example.com", Name: "Alice Example",
		ID:           "31610746-1a8e-510e-8ac4-68b176e80ec365a1c0bb-3014-5551-a910-5270227f10e8",
		URL:          "https://example-my.sharepoint.com/personal/alice_example_com",
		RootFolderID: "2ba54e33-a040-576a-afbd-8f725a5372eb",
	}, drives[0])
	alice := drives[0]
	if alice.FolderID("") != alice.RootFolderID || alice.FolderID(".") != alice.RootFolderID ||
		alice.FolderID("/") != alice.RootFolderID {
		t.Error("the root has several ids")
	}
	if alice.FolderID("a/b") != alice.FolderID("/a//b/") || alice.FolderID("a") == alice.FolderID("b") ||
		alice.FolderID("a") == drives[1].FolderID("a") {
		t.Error("ids of folders")
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	now := time.Now()
	drives := func(drives ...apitest.OneDrive) apitest.Config {
		for i := range drives {
			if drives[i].Production == "" {
				drives[i].Production = t.TempDir()
			}
		}
		return apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: drives}}}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]apitest.Config{
		"bad address":                   {Listen: "127.0.0.1"},
		"bad port":                      {Listen: "127.0.0.1:x"},
		"bad SMTP address":              {SMTP: "localhost"},
		"negative lifetime":             {TokenLifetime: -1},
		"negative pace":                 {RestorePace: -1},
		"no version":                    {APIVersions: []string{}},
		"unknown version":               {APIVersions: []string{"v8", "v99"}},
		"empty version":                 {APIVersions: []string{""}},
		"organization without a name":   {Organizations: []apitest.Organization{{}}},
		"two organizations of one name": {Organizations: []apitest.Organization{{Name: "a"}, {Name: "A"}}},
		"no owner":                      drives(apitest.OneDrive{}),
		"two OneDrives of one owner":    drives(apitest.OneDrive{Owner: "a"}, apitest.OneDrive{Owner: "A"}),
		"restore point without content": drives(
			apitest.OneDrive{Owner: "a", Backup: []apitest.RestorePoint{{Time: now}}}),
		"two restore points of one time": drives(apitest.OneDrive{Owner: "a", Backup: []apitest.RestorePoint{
			{Time: now, FS: fstest.MapFS{}}, {Time: now.UTC(), FS: fstest.MapFS{}},
		}}),
		"production is a file": drives(apitest.OneDrive{Owner: "a", Production: file}),
	} {
		if srv, err := apitest.Start(config); err == nil {
			t.Errorf("%s: no error, and %v", name, srv.Close())
		} else if !strings.HasPrefix(err.Error(), "start simulator: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestConfigIsCopied sees that the server does not depend on the caller's slices, nor change them.
func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	now := time.Now()
	config := apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{{
		Owner: "a", Production: t.TempDir(), Backup: []apitest.RestorePoint{
			{Time: now, FS: fstest.MapFS{"new": {}}}, {Time: now.Add(-time.Hour), FS: fstest.MapFS{"old": {}}},
		},
	}}}}}
	b := newBench(t, config)
	points := config.Organizations[0].OneDrives[0].Backup
	if !points[0].Time.Equal(now) || config.Organizations[0].OneDrives[0].Name != "" {
		t.Error("the configuration was changed")
	}
	points[0].FS = fstest.MapFS{}
	wantSame(t, "archive", map[string]string{"new": ""}, b.act("", `{"save":null}`).archived(t))
}

func TestNewOneDrive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"backup/a/b": "content", "file": ""})
	backup := filepath.Join(dir, "backup")
	if err := os.Symlink(backup, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, test := range [][2]string{
		{filepath.Join(dir, "nowhere"), ""},
		{filepath.Join(dir, "file"), ""},
		{backup, backup},
		{backup, filepath.Join(backup, "production")},
		{filepath.Join(backup, "a"), backup},
		{filepath.Join(dir, "link"), filepath.Join(backup, "a")},
		{backup, filepath.Join(dir, "file")},
	} {
		if _, err := apitest.NewOneDrive("a@x", test[0], test[1]); err == nil {
			t.Errorf("backup %s, production %s: no error", test[0], test[1])
		}
	}
	for _, production := range []string{filepath.Join(dir, "production", "new"), filepath.Join(dir, "backup2"), ""} {
		drive, err := apitest.NewOneDrive("a@x", backup, production)
		if err != nil {
			t.Fatal(err)
		}
		srv, err := apitest.Start(
			apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{drive}}}})
		if err != nil {
			t.Fatal(err)
		}
		served := srv.Drives()[0]
		if info, err := os.Stat(served.Production); err != nil || !info.IsDir() || served.Name != "a@x" {
			t.Errorf("%+v: %v", served, err)
		}
		if err := srv.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(served.Production); errors.Is(err, os.ErrNotExist) != (production == "") {
			t.Errorf("production %q after Close: %v", production, err)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	b, _, _ := newCopyBench(t)
	if session, err := b.srv.StartRestoreSession("OTHER.onmicrosoft.com", time.Time{}); err != nil ||
		session.Organization != "other.onmicrosoft.com" {
		t.Errorf("got %+v, %v", session, err)
	} else {
		b.session = session
		// of the other organization
		b.act("w/f", `{"save":null}`).wantMessage(t, http.StatusNotFound, "cannot be found")
	}
	if _, err := b.srv.StartRestoreSession("nowhere", time.Time{}); err == nil {
		t.Error("there is a session of no organization")
	}
	if err := b.srv.StopRestoreSession("nowhere"); err == nil {
		t.Error("a session that does not exist was stopped")
	}
	if err := errors.Join(b.srv.StopRestoreSession(b.session.ID), b.srv.StopRestoreSession(b.session.ID)); err != nil {
		t.Error(err)
	}
}

// gate lets a reader wait in the middle of a document.
type gate struct {
	fstest.MapFS
	reached, open chan struct{}
}

func (g gate) Open(name string) (file fs.File, err error) {
	file, err = g.MapFS.Open(name)
	if name == "gate" && err == nil {
		g.reached <- struct{}{}
		<-g.open
	}
	return file, err
}

// TestClose sees that Close waits for the work in progress, which ends after the document at hand.
func TestClose(t *testing.T) {
	t.Parallel()
	backup := gate{fstest.MapFS{"a": {}, "gate": {}, "z": {}}, make(chan struct{}), make(chan struct{})}
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
	path := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	answered, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.srv.URL+path,
			strings.NewReader(overwriteAll))
		if err != nil {
			answered <- err
			return
		}
		request.Header.Set("Authorization", "Bearer "+b.token)
		response, err := b.client.Do(request)
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			err = errors.Join(err, fmt.Errorf("answered %s", response.Status))
		}
		answered <- err
	}()
	<-backup.reached
	go func() { closed <- b.srv.Close() }()
	if err := <-answered; err == nil || strings.Contains(err.Error(), "answered") {
		t.Errorf("the request ended with %v, want a closed connection", err)
	}
	select {
	case err := <-closed:
		t.Errorf("Close returned in the middle of the work: %v", err)
	default:
	}
	close(backup.open)
	for waiting := true; waiting; {
		select {
		case <-backup.reached: // the same document may be opened again
		case err := <-closed:
			if err != nil {
				t.Error(err)
			}
			waiting = false
		}
	}
	if _, there := tree(t, b.drive.Production)["z"]; there {
		t.Error("the work went on after Close")
	}
	address := strings.TrimPrefix(b.srv.URL, "https://")
	if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", address); err == nil {
		t.Error("the server still listens")
	}
	if n := len(b.srv.Requests()); n != 2 {
		t.Errorf("%d requests are logged", n)
	}
	if err := b.srv.Close(); err != nil {
		t.Error(err)
	}
}

// speak sends a request as it is written, on a connection of its own, and gives the answer as it was sent.
func (b *bench) speak(request string) string {
	b.tb.Helper()
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: b.srv.CertPool(), MinVersion: tls.VersionTLS12}}
	connection, err := dialer.DialContext(b.tb.Context(), "tcp", strings.TrimPrefix(b.srv.URL, "https://"))
	if err != nil {
		b.tb.Fatal(err)
	}
	defer func() { _ = connection.Close() }() // the answer is complete, or reading it fails
	if _, err := io.WriteString(connection, request); err != nil {
		b.tb.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil {
		b.tb.Fatal(err)
	}
	return string(answer)
}

// TestForeignHost sees that a host which is not the server's comes back in no link, nor anywhere else in an answer.
func TestForeignHost(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	own := strings.TrimPrefix(b.srv.URL, "https://")
	_, port, err := net.SplitHostPort(own)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		own:                        own,
		"localhost:" + port:        "localhost:" + port,
		"[::1]:" + port:            "[::1]:" + port,
		"localhost":                own,
		"localhost:1":              own,
		"evil.example.com":         own,
		"evil.example.com:" + port: own,
		"":                         own,
	} {
		got := b.speak("GET /v2/Organizations HTTP/1.1\r\nHost: " + host +
			"\r\nConnection: close\r\nAuthorization: Bearer " + b.token + "\r\n\r\n")
		if link := `{"href":"https://` + want + `/v2/organizations/`; !strings.Contains(got, link) {
			t.Errorf("host %q: %s, want %s", host, got, link)
		}
	}

	const evil = "evil.example.com"
	folder := "/RestoreSessions/" + b.session.ID + "/Organization/OneDrives/" + b.drive.ID + "/Folders"
	for _, fault := range []string{"", "redirect", "redirect:same", "redirect:http", "wrong-type", "500"} {
		b.srv.RemoveFaults()
		if fault != "" {
			inject(t, b.srv, fault)
		}
		for _, version := range allVersions {
			for _, request := range []string{
				"GET /" + version + "/Organizations", "GET /" + version + folder + "?limit=1", "GET /" + version +
					"/nowhere",
				"DELETE /" + version + "/Organizations", "GET /" + version + folder + "?limit=x", "POST /" + version +
					"/token", "GET /swagger/ui/index",
				"GET https://user:password@" + evil + ":" + port + "/" + version + "/Organizations", "GET https://" +
					evil + "/nowhere",
			} {
				for _, host := range []string{evil, evil + ":" + port} {
					got := b.speak(request + " HTTP/1.1\r\nHost: " + host + "\r\nX-Forwarded-Host: " + host +
						"\r\nForwarded: host=" + host +
						"\r\nConnection: close\r\nAuthorization: Bearer " + b.token + "\r\n\r\n")
					if !strings.HasPrefix(got, "HTTP/1.1 ") || strings.Contains(got, evil) ||
						strings.Contains(got, "user:password") {
						t.Errorf("%s, %s with host %s: %s", fault, request, host, got)
					}
				}
			}
		}
	}
}
