package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/gen"
)

// TestNothingPrintsSecrets prints everything that holds a secret in every way that a program may.
func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	const canary = "canary"
	hexCanary := fmt.Sprintf("%x", canary) // as %x would show it
	secrets := []Secret{canaryPassword, canaryToken, canaryRefresh}
	restore := RestoreToOriginalLocation{
		ApplicationID: "a", ApplicationCertificate: secrets[2], ApplicationCertificatePassword: secrets[0],
	}
	copyTo := CopyTo{UserName: "bob", UserPassword: secrets[0]}
	byCode := CopyTo{UserCode: secrets[1]}
	status := http.StatusOK
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		// A server that says back what it was sent would be no secret keeper: the status and a JSON message are.
		w.WriteHeader(status)
		_, _ = io.Copy(io.Discard, r.Body)
	}, WithAPIVersion(V5))
	folder := client.RestoreSession("session").OneDrive("drive").Folder("folder")
	if _, err := folder.RestoreToOriginalLocation(t.Context(), restore); err != nil {
		t.Fatal(err)
	}
	status = http.StatusInternalServerError
	_, restoreErr := folder.RestoreToOriginalLocation(t.Context(), restore)
	_, copyErr := folder.CopyTo(t.Context(), copyTo)
	_, codeErr := folder.CopyTo(t.Context(), byCode)
	_, clientErr := NewClient("https://operator:"+canaryPassword+"@ho st", WithPassword("operator", canaryPassword))
	_, tokenErr := parseToken([]byte(`{"access_token":"` + canaryToken + "\x00\"}"))
	if restoreErr == nil || copyErr == nil || codeErr == nil || clientErr == nil || tokenErr == nil {
		t.Fatal("no error to look at")
	}

	for _, value := range []any{
		secrets[0], &restore, restore, &copyTo, copyTo, byCode,
		gen.RestoreToOriginalLocationAction{RestoreToOriginalLocation: gen.RestoreToOriginalLocationOptions{
			ApplicationCertificate:         restore.ApplicationCertificate,
			ApplicationCertificatePassword: restore.ApplicationCertificatePassword,
		}},
		gen.CopyToAction{CopyTo: gen.CopyToOptions{UserPassword: copyTo.UserPassword}},
		gen.TokenRequest{
			Password: canaryPassword, RefreshToken: canaryRefresh, Assertion: canaryToken,
			IntegrationToken: canaryToken,
		},
		gen.Token{AccessToken: secrets[1], RefreshToken: secrets[2]},
		client, *client, folder, &folder, WithPassword("operator", canaryPassword),
		restoreErr, copyErr, codeErr, clientErr, tokenErr, errors.Unwrap(restoreErr),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if printed := fmt.Sprintf(verb, value); strings.Contains(printed, canary) ||
				strings.Contains(printed, hexCanary) {
				t.Errorf("%T printed with %s: %s", value, verb, printed)
			}
		}
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("test", "value", value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("test", "value", value)
		if strings.Contains(out.String(), canary) {
			t.Errorf("%T logged: %s", value, out.String())
		}
	}
}
