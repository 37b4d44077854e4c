package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRowOfAResource: a row of the table is a resource of package api, which builds.
func TestRowOfAResource(t *testing.T) {
	t.Parallel()
	got, err := makeResources(append(slices.Clone(resources), resource{
		Name: "Happening", Noun: "happening", Path: "/RestoreSessions/{}/Events", Properties: "Event",
		Is: "what has happened", Lists: "what has happened",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := "// Happenings lists what has happened.\nfunc (s RestoreSession) Happenings(ctx context.Context)"
	if !strings.Contains(string(got), want) {
		t.Errorf("%q is missing in\n%s", want, got)
	}
	builds(t, "resources.gen.go", got)
}

// builds builds package api with another content of one of its files.
func builds(t *testing.T, name string, content []byte) {
	t.Helper()
	original, err := filepath.Abs("../../api/" + name)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	changed, overlay := filepath.Join(folder, "changed"), filepath.Join(folder, "overlay")
	write(t, changed, string(content))
	write(t, overlay, fmt.Sprintf(`{"Replace": {%q: %q}}`, original, changed))
	said, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "../../api").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestResourceThatTheDocumentDoesNotHave(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/None", "/RestoreSessions/{}/Statistics"} {
		if _, err := makeResources([]resource{{Name: "None", Noun: "none", Path: path}}); err == nil {
			t.Errorf("%s is no error", path)
		}
	}
}
