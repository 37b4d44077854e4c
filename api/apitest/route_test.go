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
