package api_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// upgrade puts a server of other versions in the place of one, with the same account and data, as an upgrade does. Its
// restore sessions and tokens are gone.
func upgrade(t *testing.T, old *apitest.Server, organizations []apitest.Organization,
	versions ...string,
) *apitest.Server {
	t.Helper()
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	return apitest.NewServer(t, apitest.Config{
		Listen: strings.TrimPrefix(old.URL, "https://"), Username: old.Username, Password: old.Password,
		Organizations: organizations, APIVersions: versions,
	})
}

// saveByName is what a program does that knows no ids.
func saveByName(ctx context.Context, client *api.Client, name string) error {
	return client.OwnOrganization().Explore(ctx, api.ExploreOptions{},
		func(ctx context.Context, session api.RestoreSession) error {
			drive, err := session.FindOneDrive(ctx, "alice@example.com")
			if err != nil {
				return err
			}
			folder, err := drive.FolderByPath(ctx, "Documents")
			if err != nil {
				return err
			}
			if _, err := folder.RestoreToOriginalLocation(ctx, alicePassword); err != nil {
				return err
			}
			_, err = folder.SaveFile(ctx, name)
			return err
		})
}

// TestFleet has the clients of a fleet whose server is upgraded under them: from product release 5.0 to 8, which first
// still serves v5, as deprecated, and then does not.
func TestFleet(t *testing.T) {
	t.Parallel()
	organization, err := apitest.SampleOrganization(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	organizations := []apitest.Organization{organization}
	server := apitest.NewServer(t,
		apitest.Config{Organizations: organizations, APIVersions: []string{"v3", "v4", "v5"}})
	client := func(opts ...api.Option) *api.Client {
		client, err := api.NewClient(server.URL, append([]api.Option{
			api.WithPassword(server.Username, server.Password),
			api.WithInsecureSkipCertificateVerification(), // each server has a certificate of its own
			api.WithLogger(api.LogForTest(server.Password)),
		}, opts...)...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		return client
	}
	fixed, finding := client(api.WithAPIVersion(api.V5)), client()
	saves := func(client *api.Client, want api.Version) {
		t.Helper()
		if err := saveByName(t.Context(), client, filepath.Join(t.TempDir(), "a.zip")); err != nil {
			t.Error(err)
		}
		if version, err := client.APIVersion(t.Context()); version != want || err != nil {
			t.Errorf("got %v, %v, want %v", version, err, want)
		}
	}
	saves(fixed, api.V5)
	saves(finding, api.V5)

	server = upgrade(t, server, organizations, "v5", "v6", "v7", "v8")
	fixed.CloseIdleConnections() // which would be noticed by the next request, too, if it comes later than at once
	finding.CloseIdleConnections()
	saves(fixed, api.V5)
	saves(finding, api.V5) // what it has found is still served
	saves(client(), api.V8)

	server = upgrade(t, server, organizations, "v6", "v7", "v8")
	fixed.CloseIdleConnections()
	finding.CloseIdleConnections()
	saves(finding, api.V8)
	err = saveByName(t.Context(), fixed, filepath.Join(t.TempDir(), "a.zip"))
	if !errors.Is(err, api.ErrAPIVersion) || !strings.Contains(err.Error(), "the newest that the server serves is v8") {
		t.Errorf("got %v", err)
	}
	if len(server.Executions()) == 0 || server.Executions()["restoreToOriginalLocation"] != 1 {
		t.Errorf("carried out: %v", server.Executions())
	}
}

// A restore that meets the upgrade is carried out once, by the request that the upgraded server understands.
func TestRestoreMeetsAnUpgrade(t *testing.T) {
	t.Parallel()
	organization, err := apitest.SampleOrganization(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	organizations := []apitest.Organization{organization}
	server := apitest.NewServer(t, apitest.Config{Organizations: organizations, APIVersions: []string{"v5"}})
	finding, err := api.NewClient(server.URL, api.WithPassword(server.Username, server.Password),
		api.WithInsecureSkipCertificateVerification())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(finding.CloseIdleConnections)
	if version, err := finding.APIVersion(t.Context()); version != api.V5 || err != nil {
		t.Fatal(version, err)
	}
	server = upgrade(t, server, organizations, "v8")
	finding.CloseIdleConnections()
	session, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	alice := server.Drives()[0]
	folder := finding.RestoreSession(session.ID).OneDrive(alice.ID).Folder(alice.FolderID("Documents"))
	result, err := folder.RestoreToOriginalLocation(t.Context(), alicePassword)
	if err != nil || result.RestoredItemsCount != 3 || server.Executions()["restoreToOriginalLocation"] != 1 {
		t.Errorf("got %+v, %v, %v", result, err, server.Executions())
	}
}
