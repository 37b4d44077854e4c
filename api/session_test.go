package api

import (
	"errors"
	"net/http"
	"testing"
)

func TestIDsThatWouldChangeThePathAreRefused(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) })
	for _, bad := range []string{"", ".", ".."} {
		for name, folder := range map[string]Folder{
			"restore session": client.RestoreSession(bad).OneDrive("drive").Folder("folder"),
			"OneDrive":        client.RestoreSession("session").OneDrive(bad).Folder("folder"),
			"folder":          client.RestoreSession("session").OneDrive("drive").Folder(bad),
		} {
			_, restoreErr := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
			_, copyErr := folder.CopyTo(t.Context(), CopyTo{})
			_, saveErr := folder.Save(t.Context())
			_, saveFileErr := folder.SaveFile(t.Context(), t.TempDir()+"/x.zip")
			sendErr := folder.SendTo(t.Context(), SendTo{})
			for _, err := range []error{restoreErr, copyErr, saveErr, saveFileErr, sendErr} {
				if !errors.Is(err, ErrInvalid) {
					t.Errorf("%s id %q: got %v", name, bad, err)
				}
			}
		}
	}
	if err := (Folder{}).SendTo(t.Context(), SendTo{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("zero folder: got %v", err)
	}
}

func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	var got string
	client := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) { got = r.URL.EscapedPath() })
	folder := client.RestoreSession("a/b").OneDrive("c d?e#f").Folder("g%2Fh+i==")
	if err := folder.SendTo(t.Context(), SendTo{}); err != nil {
		t.Fatal(err)
	}
	want := "/v2/RestoreSessions/a%2Fb/Organization/OneDrives/c%20d%3Fe%23f/Folders/g%252Fh+i==/Action"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
