package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLay sees which folder for API versions a row gets, that the files of the earlier client go, and that the row is
// installed once for all its versions.
func TestLay(t *testing.T) {
	t.Parallel()
	folder, dir := t.TempDir(), filepath.Join(t.TempDir(), "row")
	for file, content := range map[string]string{
		"row.sh":         "echo \"$1\" >>steps\n",
		"program":        "the program",
		"v2/src/actions": "v2", "v8/src/actions": "v8", "v10/src/actions": "v10",
	} {
		file = filepath.Join(folder, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for version, want := range map[string]string{"v2": "v2", "v7": "v2", "v8": "v8", "v9": "v8", "v11": "v10"} {
		if err := os.MkdirAll(filepath.Join(dir, "client"), 0o755); err != nil {
			t.Fatal(err)
		}
		w := workspace{row: row{Name: "row", folder: folder, APIVersion: version}, dir: dir}
		if err := w.lay(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, file := range []string{"client", "program", "src/actions", "steps", "v2"} {
			content, _ := os.ReadFile(filepath.Join(dir, file))
			got[file] = string(content)
		}
		if _, err := os.Stat(filepath.Join(dir, "client")); !os.IsNotExist(err) {
			t.Errorf("%s: the earlier client is there: %v", version, err)
		}
		wanted := map[string]string{
			"client": "", "program": "the program", "src/actions": want, "steps": "install\n", "v2": "",
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}
