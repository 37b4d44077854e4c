package api_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestRestoreOperator explores and restores with the account of a restore operator, of its own data and of a user that it
// manages.
func TestRestoreOperator(t *testing.T) {
	t.Parallel()
	for _, version := range []api.Version{api.V6, api.V7, api.V8} {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			organization, err := apitest.SampleOrganization(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			server := apitest.NewServer(t, apitest.Config{
				Organizations: []apitest.Organization{organization},
				Assertions:    map[string]string{"bob.tenant": "assertion"},
				Operators: map[string]apitest.Operator{
					"bob.tenant": {User: "bob@example.com", Scope: []string{"alice@example.com"}},
				},
			})
			client := operator(t, server, version)
			own := client.OwnOrganization()
			explore := func(options api.ExploreOptions, work func(context.Context, api.RestoreSession) error) {
				t.Helper()
				if err := own.Explore(t.Context(), options, work); err != nil {
					t.Error(err)
				}
			}
			explore(api.ExploreOptions{}, func(ctx context.Context, session api.RestoreSession) error {
				_, err := session.FindOneDrive(ctx, "alice@example.com")
				if !errors.Is(err, api.ErrNotFound) {
					t.Errorf("got %v", err)
				}
				return nil
			})
			explore(api.ExploreOptions{User: "ALICE@example.com"}, func(ctx context.Context, s api.RestoreSession) error {
				drive, err := s.FindOneDrive(ctx, "alice@example.com")
				if err != nil {
					return err
				}
				return restoreAsOperator(ctx, t, drive, server.Drives()[0].Production)
			})
			for user, want := range map[string]error{"bob@example.com": api.ErrNotFound, "alicia": api.ErrNotFound} {
				_, err := own.StartRestoreSession(t.Context(), api.ExploreOptions{User: user})
				if !errors.Is(err, want) {
					t.Errorf("%s: got %v", user, err)
				}
			}
			_, err = client.Organization("x").StartRestoreSession(t.Context(), api.ExploreOptions{User: "alice@example.com"})
			if !errors.Is(err, api.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func operator(t *testing.T, server *apitest.Server, version api.Version) *api.Client {
	t.Helper()
	client, err := api.NewClient(server.URL, api.WithOperator("bob.tenant", "assertion"), api.WithAPIVersion(version),
		api.WithCertificateFingerprint(server.Fingerprint))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func restoreAsOperator(ctx context.Context, t *testing.T, drive api.OneDrive, production string) error {
	t.Helper()
	report, err := drive.ItemByPath(ctx, "Documents/Report.txt")
	if err != nil {
		return err
	}
	start, err := drive.ItemByPath(ctx, "Start.txt")
	if err != nil {
		return err
	}
	folder, err := drive.FolderByPath(ctx, "Documents")
	if err != nil {
		return err
	}
	overwrite := api.RestoreToOriginalLocation{DocumentAction: api.DocumentActionOverwrite}
	for name, wrong := range map[string]func() (api.RestoreResult, error){
		"documents only": func() (api.RestoreResult, error) { return folder.RestoreToOriginalLocation(ctx, overwrite) },
		"DocumentAction": func() (api.RestoreResult, error) {
			return report.Document.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{})
		},
		"no options besides": func() (api.RestoreResult, error) {
			return report.Document.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
				DocumentAction: api.DocumentActionKeep, UserName: "alice@example.com", UserPassword: "x",
			})
		},
	} {
		if _, err := wrong(); !errors.Is(err, api.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	file := filepath.Join(production, "Documents", "Report.txt")
	if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
		return err
	}
	if _, err := report.Document.RestoreToOriginalLocation(ctx, overwrite); err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if string(content) != "Report, second version, somewhat longer\n" {
		t.Errorf("got %q", content)
	}
	if err != nil {
		return err
	}
	_, err = drive.DocumentSet(report.Document.ID(), start.Document.ID()).RestoreToOriginalLocation(ctx, overwrite)
	return err
}
