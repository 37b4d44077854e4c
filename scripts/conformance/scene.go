package main

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// scene is a simulator with a backup and a mailbox, for one row.
type scene struct {
	dir     string // the row's workspace
	row     row
	backup  string
	ca      string // file with the simulator's certificate
	server  *apitest.Server
	mailbox *apitest.Mailbox
	alice   apitest.Drive
	bob     apitest.Drive
	session string
	stopped string // a restore session that was stopped
}

// The names and texts have what clients are known to get wrong: spaces, and characters that URLs, forms and JSON
// escape.
const (
	username     = `EXAMPLE\operator`
	password     = "pa+ss w&rd=100% «€»" //nolint:gosec // G101: it protects nothing but the simulator
	targetFolder = "From Zoë & Co"
)

// restorePace is long enough that a client that does not wait for the end of a restore in v8 is caught.
const restorePace = 150 * time.Millisecond

// openScene starts a simulator that serves the backup. The caller closes the scene.
func openScene(dir, backup string, r row) (_ *scene, err error) {
	s := &scene{dir: dir, row: r, backup: backup, ca: filepath.Join(dir, "ca.pem")}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	production := filepath.Join(dir, "production")
	if err := os.RemoveAll(production); err != nil {
		return nil, err
	}
	spoiled := filepath.Join(production, "alice", smallFolder)
	if err := os.MkdirAll(spoiled, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(spoiled, "Report.txt"), []byte("spoiled\n"), 0o644); err != nil {
		return nil, err
	}
	if s.mailbox, err = apitest.StartMailbox(""); err != nil {
		return nil, err
	}
	s.server, err = apitest.Start(apitest.Config{
		Username:    username,
		Password:    password,
		SMTP:        s.mailbox.Addr,
		RestorePace: restorePace,

		StrictAntiforgery: true, // generated clients must turn it off

		Organizations: []apitest.Organization{{
			Name: "example.onmicrosoft.com",
			OneDrives: []apitest.OneDrive{
				{
					Owner:      "alice@example.com",
					Production: filepath.Join(production, "alice"),
					Backup:     []apitest.RestorePoint{{Time: time.Now(), FS: os.DirFS(backup)}},
				},
				{Owner: "bob@example.com", Production: filepath.Join(production, "bob")},
			},
		}},
	})
	if err != nil {
		return nil, err
	}
	drives := s.server.Drives()
	s.alice, s.bob = drives[0], drives[1]
	for _, id := range []*string{&s.session, &s.stopped} {
		session, err := s.server.StartRestoreSession("", time.Time{})
		if err != nil {
			return nil, err
		}
		*id = session.ID
	}
	if err := s.server.StopRestoreSession(s.stopped); err != nil {
		return nil, err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.server.Certificate.Raw})
	return s, os.WriteFile(s.ca, certificate, 0o644)
}

func (s *scene) close() error {
	var errs []error
	if s.server != nil {
		errs = append(errs, s.server.Close())
	}
	if s.mailbox != nil {
		errs = append(errs, s.mailbox.Close())
	}
	return errors.Join(errs...)
}

// environment is what the program needs to know.
func (s *scene) environment() []string {
	return []string{
		"VBO365_URL=" + s.server.URL + "/" + s.row.APIVersion,
		"VBO365_CA_FILE=" + s.ca,
		"VBO365_USERNAME=" + username,
		"VBO365_PASSWORD=" + password,
	}
}
