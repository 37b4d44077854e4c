package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestSendToSeveral gives --to twice. Both get the one message.
func TestSendToSeveral(t *testing.T) {
	t.Parallel()
	mailbox, err := apitest.StartMailbox("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mailbox.Close() })
	server := apitest.NewServer(t, apitest.Config{SMTP: mailbox.Addr})
	var out, messages bytes.Buffer
	status := run(t.Context(), append([]string{
		"send", "--owner", "alice@example.com", "--path", "Documents",
		"--from", "backup@example.com", "--to", "alice@example.com", "--to", "bob@example.com",
	}, flags(t, server)...), terminal{in: os.Stdin, out: &out, err: &messages})
	if status != 0 || !strings.HasPrefix(out.String(), "send: handed over for alice@example.com;bob@example.com; ") {
		t.Errorf("exit status %d, %s%s", status, out.String(), messages.String())
	}
	mail := mailbox.Messages()
	if len(mail) != 1 {
		t.Fatalf("%d messages", len(mail))
	}
	if !slices.Equal(mail[0].To, []string{"alice@example.com", "bob@example.com"}) {
		t.Errorf("the message is for %v", mail[0].To)
	}
}

// flags returns the flags that a command needs to use a simulator.
func flags(t *testing.T, server *apitest.Server) []string {
	t.Helper()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(server.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"--server", server.URL, "--username", server.Username, "--password-file", password,
		"--fingerprint", server.Fingerprint,
	}
}
