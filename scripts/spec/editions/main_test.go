package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// change parses a document, changes it, and returns it as YAML without the header.
func change(t *testing.T, source string, change func(doc *document) error) string {
	t.Helper()
	doc, err := parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	if err := change(doc); err != nil {
		t.Fatal(err)
	}
	content, err := toYAML(doc)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(string(content), "# "+derived+"\n\n")
}

const small = `openapi: 3.0.3
servers:
  - url: https://{host}/{apiVersion}
    variables:
      apiVersion: {default: v2, enum: [v2, v10]}
`

func TestDerive(t *testing.T) {
	t.Parallel()
	editions, err := derive([]byte(small), samples)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range editions {
		files = append(files, e.file)
		if !strings.Contains(string(e.content), derived) {
			t.Errorf("%s does not say that it is derived", e.file)
		}
	}
	want := []string{
		"openapi.json", "openapi.codegen.yaml", "openapi.3.1.yaml",
		"wire/openapi.v2.yaml", "openapi.v2.yaml", "wire/openapi.v10.yaml", "openapi.v10.yaml",
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Error(diff)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "dist")
	editions := []edition{{"a.yaml", []byte("a")}, {"b/b.yaml", []byte("b")}}
	for range 2 {
		if err := write(folder, editions); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		err := fs.WalkDir(os.DirFS(folder), ".", func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(filepath.Join(folder, file))
			got[file] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"a.yaml": "a", "b/b.yaml": "b"}, got); diff != "" {
			t.Error(diff)
		}
		// What is edited is written anew, and what is no edition any more goes.
		for _, name := range []string{"b/b.yaml", "b/c.yaml"} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte("edited"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
