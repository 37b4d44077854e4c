package apitest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestUnknownPathsInCollections sees that what could only be an id is no path for other methods.
func TestUnknownPathsInCollections(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	drives := "/RestoreSessions/" + b.session.ID + "/Organization/OneDrives"
	folders := drives + "/" + b.drive.ID + "/Folders"
	for _, version := range allVersions {
		for _, path := range []string{"/RestoreSessions/Explore", drives + "/Unknown", folders + "/Unknown", "/Organizations/x"} {
			b.send(http.MethodPost, "/"+version+path, "").wantMessage(t, http.StatusNotFound, "There is no such path.")
		}
	}
}

// TestLiteralSegment sees that a literal segment comes before a parameter: "Action" is not the id of a folder.
func TestLiteralSegment(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	path := strings.Replace(actionPath(b.session.ID, b.drive.ID, ""), "//", "/", 1)
	for _, method := range []string{http.MethodGet, http.MethodOptions} {
		got := b.send(method, path, "")
		got.wantMessage(t, http.StatusMethodNotAllowed, "method")
		if allow := got.header.Get("Allow"); allow != http.MethodPost {
			t.Errorf("%s: allowed is %q", method, allow)
		}
	}
}

// TestPathsOfOtherVersions sees that a path that the version lacks is unknown even where an id could stand: the word at
// its end is none.
func TestPathsOfOtherVersions(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	for _, version := range allVersions {
		drive := b.drivePath(version)
		for path, has := range map[string]bool{
			drive + "/Documents/Action": version != "v2" && version < "v6", drive + "/Folders/Action": version < "v6",
			drive + "/Documents/restore": version >= "v6", drive + "/Folders/save": version >= "v6",
			drive + "/Documents/nothing": false, "/" + version + "/RestoreSessions/nothing": false,
		} {
			switch got := b.send(http.MethodPost, path, `{"nothing": null}`, "Content-Type", "application/json"); {
			case !has:
				got.wantMessage(t, http.StatusNotFound, "There is no such path.")
			case got.status != http.StatusBadRequest && got.status != http.StatusOK:
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	}
}
