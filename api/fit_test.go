package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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

// TestWhatIsOptionalIsLeftOut only by this package: a program that sets it in a version without it gets an error.
func TestWhatIsOptionalIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			var sent []string
			client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				sent = append(sent, r.URL.RawQuery+string(body))
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"id":"s","offset":0,"limit":1,"results":[]}`)
			}, WithAPIVersion(version))
			if _, err := client.OrganizationsPage(t.Context(), PageOptions{Limit: 1}); err != nil {
				t.Error(err)
			}
			point := RestorePoint{RepositoryID: "r", BackupTime: gen.Time{Time: time.Now()}}
			if _, err := client.Organization("o").StartRestoreSession(t.Context(),
				ExploreOptions{RestorePoint: point}); err != nil {
				t.Error(err)
			}
			supported := version >= V8
			if len(sent) != 2 || strings.Contains(sent[0], "limit=1") != supported ||
				strings.Contains(sent[0], "extendedView=true") != (version >= V6) ||
				strings.Contains(sent[1], `"repositoryId":"r"`) != supported {
				t.Errorf("sent %q", sent)
			}
			for name, request := range map[string]func(*gen.Client) (*http.Response, error){
				"limit": func(c *gen.Client) (*http.Response, error) {
					return c.ListOrganizations(t.Context(), &gen.ListOrganizationsParams{Limit: new(int32(1))})
				},
				"repositoryId": func(c *gen.Client) (*http.Response, error) {
					options := gen.ExploreOptions{RepositoryID: "r"}
					if version < V6 {
						return c.ExploreOrganization(t.Context(), "o", gen.OrganizationAction{Explore: options})
					}
					return c.StartRestoreSession(t.Context(), "o", options)
				},
			} {
				before := len(sent)
				response, err := client.Do(t.Context(), request)
				if err == nil {
					_ = response.Body.Close()
				}
				if supported && err != nil || !supported && (!errors.Is(err, ErrInvalid) || len(sent) > before) {
					t.Errorf("%s: got %v", name, err)
				}
			}
		})
	}
}
