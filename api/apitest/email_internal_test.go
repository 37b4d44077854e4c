package apitest

import (
	"net/smtp"
	"testing"

	"github.com/vbo365/vbo365-go/gen/server"
)

// TestNoLoginInTheClear sees that a password is not sent over an unencrypted connection to another machine.
func TestNoLoginInTheClear(t *testing.T) {
	t.Parallel()
	settings := newEmailSettings("smtp.example.com:25")
	change := server.EmailSettingsChange{UseAuthentication: new(true), Username: new("me"), UserPassword: new("canary")}
	if err := settings.change(change); err != nil {
		t.Fatal(err)
	}
	_, through, err := settings.outgoing()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := through.Auth.Start(
		&smtp.ServerInfo{Name: "smtp.example.com", TLS: false, Auth: []string{"PLAIN"}}); err == nil {
		t.Error("the password was sent")
	}
	if _, login, err := through.Auth.Start(&smtp.ServerInfo{Name: "smtp.example.com", TLS: true}); err != nil ||
		string(login) != "\x00me\x00canary" {
		t.Errorf("login %q, %v", login, err)
	}
}
