package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/gen"
)

// TestOptionsThatAVersionDoesNotSupport: they are refused before anything is sent, and the error names the versions
// that support them.
func TestOptionsThatAVersionDoesNotSupport(t *testing.T) {
	t.Parallel()
	restore := func(options RestoreToOriginalLocation) func(*testing.T, Folder) error {
		return func(t *testing.T, f Folder) error {
			t.Helper()
			_, err := f.RestoreToOriginalLocation(t.Context(), options)
			return err
		}
	}
	copyTo := func(options CopyTo) func(*testing.T, Folder) error {
		return func(t *testing.T, f Folder) error {
			t.Helper()
			_, err := f.CopyTo(t.Context(), options)
			return err
		}
	}
	explore := func(options ExploreOptions) func(*testing.T, Folder) error {
		return func(t *testing.T, f Folder) error {
			t.Helper()
			_, err := f.session.client.Organization("o").StartRestoreSession(t.Context(), options)
			return err
		}
	}
	for name, test := range map[string]struct {
		versions gen.Versions
		call     func(*testing.T, Folder) error
	}{
		"documentVersion": {
			gen.Versions{To: 5},
			restore(RestoreToOriginalLocation{DocumentVersion: DocumentVersionAll}),
		},
		"userCode": {gen.Versions{From: 4}, restore(RestoreToOriginalLocation{UserCode: "c"})},
		"applicationCertificate": {
			gen.Versions{From: 4},
			restore(RestoreToOriginalLocation{ApplicationID: "a", ApplicationCertificate: "c"}),
		},
		"officeRegion": {
			gen.Versions{From: 5},
			restore(RestoreToOriginalLocation{OfficeRegion: OfficeRegionChina}),
		},
		"organizationName":            {gen.Versions{From: 5}, copyTo(CopyTo{OrganizationName: "o"})},
		"userCode ":                   {gen.Versions{From: 4}, copyTo(CopyTo{UserCode: "c"})},
		"sendSharedLinksNotification": {gen.Versions{From: 6}, copyTo(CopyTo{SendSharedLinksNotification: new(false)})},
		"skipItemChecks": {gen.Versions{From: 6}, func(t *testing.T, f Folder) error {
			t.Helper()
			return f.SendTo(t.Context(), SendTo{SkipItemChecks: new(true)})
		}},
		"userId": {gen.Versions{From: 8}, func(t *testing.T, f Folder) error {
			t.Helper()
			return f.session.client.SetEmailSettings(t.Context(), EmailSettingsChange{UserID: "u"})
		}},
		"showDeleted":     {gen.Versions{From: 3}, explore(ExploreOptions{ShowDeleted: true})},
		"showAllVersions": {gen.Versions{From: 3}, explore(ExploreOptions{ShowAllVersions: true})},
		"createRestoreDeviceCode": {gen.Versions{From: 4}, func(t *testing.T, f Folder) error {
			t.Helper()
			_, err := f.session.RestoreDeviceCode(t.Context(), RestoreDeviceCodeOptions{})
			return err
		}},
	} {
		for _, version := range Versions() {
			t.Run(name+" in "+version.String(), func(t *testing.T) {
				t.Parallel()
				sent := false
				folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
					sent = true
					w.Header().Set("Content-Type", "application/json")
					switch {
					case r.Method == http.MethodGet:
						_, _ = io.WriteString(w, `{"id":"x","state":"Stopped","result":"Success"}`)
					case version == V8 && strings.HasSuffix(r.URL.Path, "restore") || version == V8 &&
						strings.HasSuffix(r.URL.Path, "copyTo"):
						_, _ = io.WriteString(w, `{"sessionId":"x"}`)
					default:
						_, _ = io.WriteString(w, `{"id":"x"}`)
					}
				}, WithAPIVersion(version))
				err := test.call(t, folder)
				supported := test.versions.Has(int(version))
				if sent != supported || errors.Is(err, ErrInvalid) == supported {
					t.Fatalf("sent: %t, got %v", sent, err)
				}
				if supported {
					return
				}
				for _, want := range []string{strings.TrimSpace(name), version.String(), test.versions.String()} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got %v, want %s in it", err, want)
					}
				}
			})
		}
	}
}
