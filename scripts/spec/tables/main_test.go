package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const root = "../../.."

// TestANewBranch adds a branch to a copy of the document. The copy generates and builds, and a program sends the
// branch.
func TestANewBranch(t *testing.T) {
	t.Parallel()
	copied := t.TempDir()
	copyFiles(t, copied, "go.mod", "go.sum", "api/doc.go", "gen/*.yaml", "gen/*.go", "scripts/spec/*/*.go", "spec/samples/*")
	source, err := os.ReadFile(filepath.Join(root, sourceFile))
	if err != nil {
		t.Fatal(err)
	}
	const last = "        - $ref: '#/components/schemas/SaveAction'\n"
	document := strings.Replace(string(source), last, last+"        - $ref: '#/components/schemas/ExportAction'\n", 1)
	document = strings.Replace(document, "\n    SaveAction:\n", `
    ExportAction:
      title: ExportAction
      type: object
      description: Exports to somewhere else.
      x-repeatable: false
      x-slow: true
      x-response-content: [application/json]
      additionalProperties: false
      required: [export]
      properties:
        export:
          $ref: '#/components/schemas/SendToOptions'

    SaveAction:
`, 1)
	if strings.Count(document, "ExportAction") != 3 {
		t.Fatal("the document has another form")
	}
	write(t, filepath.Join(copied, sourceFile), document)
	write(t, filepath.Join(copied, "main.go"), `package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/vbo365/vbo365-go/gen"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Printf("%s %s\n", r.URL.Path, body)
	}))
	defer server.Close()
	client, err := gen.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	action := gen.ExportAction{Export: gen.SendToOptions{To: "archive@example.com"}}
	response, err := client.RunOneDriveFolderAction(context.Background(), "s", "d", "f", nil, action)
	if err != nil {
		panic(err)
	}
	_ = response.Body.Close()
	for _, operation := range gen.Operations {
		if traits, ok := operation.Branches["export"]; ok {
			fmt.Printf("%s %+v\n", operation.ID, traits)
		}
	}
}
`)
	const generator = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
	run(t, copied, "go", "run", generator, "-config", "gen/types.cfg.yaml", sourceFile)
	run(t, copied, "go", "run", generator, "-config", "gen/client.cfg.yaml", sourceFile)
	run(t, copied, "go", "run", "./scripts/spec/editions")
	run(t, copied, "go", "run", "./scripts/spec/tables")
	want := `/RestoreSessions/s/Organization/OneDrives/d/Folders/f/Action {"export":{"to":"archive@example.com"}}
runOneDriveFolderAction {Repeatable:false Slow:true Stream:false}
`
	if got := run(t, copied, "go", "run", "."); got != want {
		t.Errorf("got %s", got)
	}
}

// copyFiles copies the files that patterns match, but neither what is generated nor tests.
func copyFiles(t *testing.T, target string, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		names, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v %v", pattern, names, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".gen.go") || strings.HasSuffix(name, "_test.go") {
				continue
			}
			content, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(target, name), string(content))
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, folder string, command ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), command[0], command[1:]...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	out, err := cmd.Output()
	if err != nil {
		var detail []byte
		if failure, ok := err.(*exec.ExitError); ok { //nolint:errorlint // it is never wrapped here
			detail = failure.Stderr
		}
		t.Fatalf("%v: %v\n%s", command, err, detail)
	}
	return string(out)
}
