package gen

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestTypesWithSecretsAreLoggedWithoutThem searches for the types that have secrets at any depth, and checks that they
// have a LogValue. Without it, log/slog's JSON handler would write the secrets.
func TestTypesWithSecretsAreLoggedWithoutThem(t *testing.T) {
	t.Parallel()
	structs := map[string][]string{} // the names of the types of the fields
	logged := []string{}
	for _, name := range []string{"types.gen.go", "secret.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.TypeSpec:
				structure, ok := node.Type.(*ast.StructType)
				if !ok {
					return true
				}
				for _, field := range structure.Fields.List {
					ast.Inspect(field.Type, func(part ast.Node) bool {
						if name, ok := part.(*ast.Ident); ok {
							structs[node.Name.Name] = append(structs[node.Name.Name], name.Name)
						}
						return true
					})
				}
			case *ast.FuncDecl:
				if receiver := node.Recv; receiver != nil && node.Name.Name == "LogValue" {
					if name, ok := receiver.List[0].Type.(*ast.Ident); ok {
						logged = append(logged, name.Name)
					}
				}
			}
			return true
		})
	}
	var secret func(name string, seen []string) bool
	secret = func(name string, seen []string) bool {
		return name == "Secret" || !slices.Contains(seen, name) &&
			slices.ContainsFunc(structs[name], func(field string) bool { return secret(field, append(seen, name)) })
	}
	found := 0
	for name := range structs {
		if !secret(name, nil) {
			continue
		}
		found++
		if !slices.Contains(logged, name) {
			t.Errorf("%s holds a secret and has no LogValue", name)
		}
	}
	if found < 10 {
		t.Errorf("only %d types hold secrets", found)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("test", "code", RestoreDeviceCode{UserCode: "canary"})
	if strings.Contains(out.String(), "canary") {
		t.Errorf("got %s", out.String())
	}
}

// TestPanicWithASecret panics in a separate process.
func TestPanicWithASecret(t *testing.T) {
	t.Parallel()
	if os.Getenv("VBO365_TEST_PANIC") != "" {
		panic(Secret("canary"))
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPanicWithASecret$")
	command.Env = append(os.Environ(), "VBO365_TEST_PANIC=1")
	out, err := command.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte(redacted)) || bytes.Contains(out, []byte("canary")) {
		t.Errorf("got %v: %s", err, out)
	}
}
