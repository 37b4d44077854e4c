package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a version does not know is refused before anything is sent, and the error says who does.
func TestOptionsThatAVersionDoesNotKnow(t *testing.T) {
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
			_, err := f.drive.session.client.Organization("o").StartRestoreSession(t.Context(), options)
			return err
		}
	}
	for name, test := range map[string]struct {
		from, to Version
		call     func(*testing.T, Folder) error
	}{
		"documentVersion": {V2, V5, restore(RestoreToOriginalLocation{DocumentVersion: DocumentVersionAll})},
		"userCode":        {V4, V8, restore(RestoreToOriginalLocation{UserCode: "c"})},
		"applicationId":   {V4, V8, restore(RestoreToOriginalLocation{ApplicationID: "a", ApplicationCertificate: "c"})},
		"officeRegion":    {V5, V8, restore(RestoreToOriginalLocation{OfficeRegion: OfficeRegionChina})},
		"organizationName": {
			V5, V8,
			copyTo(CopyTo{OrganizationName: "o"}),
		},
		"userCode ":                   {V4, V8, copyTo(CopyTo{UserCode: "c"})},
		"sendSharedLinksNotification": {V6, V8, copyTo(CopyTo{SendSharedLinksNotification: new(false)})},
		"skipItemChecks": {V6, V8, func(t *testing.T, f Folder) error {
			t.Helper()
			return f.SendTo(t.Context(), SendTo{SkipItemChecks: new(true)})
		}},
		"userId": {V8, V8, func(t *testing.T, f Folder) error {
			t.Helper()
			return f.drive.session.client.SetEmailSettings(t.Context(), EmailSettingsChange{UserID: "u"})
		}},
		"showDeleted":     {V3, V8, explore(ExploreOptions{ShowDeleted: true})},
		"showAllVersions": {V3, V8, explore(ExploreOptions{ShowAllVersions: true})},
		"restoreDeviceCode": {V4, V8, func(t *testing.T, f Folder) error {
			t.Helper()
			_, err := f.drive.session.RestoreDeviceCode(t.Context(), RestoreDeviceCodeOptions{})
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
					case version == V8 && strings.HasSuffix(r.URL.Path, "restore") || version == V8 && strings.HasSuffix(r.URL.Path, "copyTo"):
						_, _ = io.WriteString(w, `{"sessionId":"x"}`)
					default:
						_, _ = io.WriteString(w, `{"id":"x"}`)
					}
				}, WithAPIVersion(version))
				err := test.call(t, folder)
				known := version >= test.from && version <= test.to
				if sent != known || errors.Is(err, ErrInvalid) == known {
					t.Fatalf("sent: %t, got %v", sent, err)
				}
				if known {
					return
				}
				for _, want := range []string{strings.TrimSpace(name), version.String(), versionRange(test.from, test.to)} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got %v, want %s in it", err, want)
					}
				}
			})
		}
	}
}

func TestCredentialsOfSeveralStyles(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) }, WithAPIVersion(V7))
	for want, options := range map[string]RestoreToOriginalLocation{
		"userName and userCode exclude":              {UserName: "u", UserPassword: canaryPassword, UserCode: "c"},
		"userCode and applicationId exclude":         {UserCode: "c", ApplicationID: "a", ApplicationCertificate: canaryPassword},
		"userName and userPassword belong":           {UserName: "u"},
		"userName and userPassword belong together":  {UserPassword: canaryPassword},
		"applicationId and applicationCertificate b": {ApplicationCertificatePassword: canaryPassword},
		"applicationId and applicationCertificate ":  {ApplicationID: "a"},
	} {
		_, restoreErr := folder.RestoreToOriginalLocation(t.Context(), options)
		_, copyErr := folder.CopyTo(t.Context(), CopyTo{
			UserName: options.UserName, UserPassword: options.UserPassword, UserCode: options.UserCode,
			ApplicationID: options.ApplicationID, ApplicationCertificate: options.ApplicationCertificate,
			ApplicationCertificatePassword: options.ApplicationCertificatePassword,
		})
		for _, err := range []error{restoreErr, copyErr} {
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canaryPassword) {
				t.Errorf("got %v, want %q in it", err, want)
			}
		}
	}
}

// The same calls, as they go over the wire in the two forms.
func TestFormOfTheActions(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			var got []string
			folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				_, path, _ := strings.Cut(r.URL.Path, "/Folders/folder/")
				got = append(got, strings.TrimSpace(path+" "+string(body)))
				answerAction(w, r, version)
			}, WithAPIVersion(version))
			ctx := t.Context()
			account := RestoreToOriginalLocation{UserName: "u", UserPassword: "p", DocumentAction: DocumentActionKeep}
			if _, err := folder.StartRestoreToOriginalLocation(ctx, account); err != nil {
				t.Error(err)
			}
			if _, err := folder.StartCopyTo(ctx, CopyTo{Folder: "f", DocumentVersion: DocumentVersionLast}); err != nil {
				t.Error(err)
			}
			if err := folder.SendTo(ctx, SendTo{To: "a@example.com"}); err != nil {
				t.Error(err)
			}
			if _, err := folder.Save(ctx); !errors.Is(err, ErrUnexpected) {
				t.Error(err)
			}
			want := []string{
				`Action {"restoreToOriginalLocation":{"documentAction":"keep","userName":"u","userPassword":"p"}}`,
				`Action {"copyTo":{"documentVersion":"last","folder":"f"}}`,
				`Action {"sendTo":{"to":"a@example.com"}}`,
				`Action {"save":null}`,
			}
			if version >= V6 {
				want = []string{
					`restore {"documentAction":"Keep","userName":"u","userPassword":"p"}`,
					`copyTo {"documentVersion":"Last","folder":"f"}`,
					`send {"to":"a@example.com"}`,
					`save`,
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
