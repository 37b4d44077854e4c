// Command stable fails if the OpenAPI document breaks those who use the last released one: if it changes the wire in a
// way that oasdiff calls breaking, or if something is gone that generated code is named after. Both are allowed if the
// version of the document says so: a new major version, or before 1.0 a new minor one. It compares the document and the
// slice of each API version that was released.
//
// It is run in the root of the module. `make release` copies spec/openapi.yaml to spec/released/openapi.yaml.
//
//	go run ./scripts/spec/stable
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
	"golang.org/x/mod/semver"
)

const (
	currentFile  = "spec/openapi.yaml"
	releasedFile = "spec/released/openapi.yaml"
	distFolder   = "spec/dist"

	editions = "github.com/vbo365/vbo365-go/scripts/spec/editions"
	oasdiff  = "github.com/oasdiff/oasdiff@v1.35.0"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal("stable: ", err)
	}
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "released")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := derive(ctx, ".", releasedFile, folder); err != nil {
		return err
	}
	slices, err := filepath.Glob(filepath.Join(folder, "openapi.v*.yaml"))
	if err != nil {
		return err
	}
	failed := []error{compare(ctx, releasedFile, currentFile)}
	for _, slice := range slices {
		failed = append(failed, compare(ctx, slice, filepath.Join(distFolder, filepath.Base(slice))))
	}
	return errors.Join(failed...)
}

// derive makes the editions of a document in a folder. root is that of the module.
func derive(ctx context.Context, root, source, folder string) error {
	command := exec.CommandContext(ctx, "go", "run", editions, source, folder) //nolint:gosec // two paths
	command.Dir = root
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", source, err, output)
	}
	return nil
}

// compare fails if the current document breaks users of the released one and its version does not say so.
func compare(ctx context.Context, releasedFile, currentFile string) error {
	released, err := openapi3.NewLoader().LoadFromFile(releasedFile)
	if err != nil {
		return fmt.Errorf("%s: %w", releasedFile, err)
	}
	current, err := openapi3.NewLoader().LoadFromFile(currentFile)
	if err != nil {
		return fmt.Errorf("%s: %w", currentFile, err)
	}

	var broken []error
	for _, name := range gone(released, current) {
		broken = append(broken, fmt.Errorf("%s is gone or has another name", name))
	}
	if err := breaking(ctx, releasedFile, currentFile); err != nil {
		broken = append(broken, err)
	}
	from, to := "v"+released.Info.Version, "v"+current.Info.Version
	if broken == nil || mayBreak(from, to) {
		log.Printf("stable: %s: %d breaking changes from %s to %s", filepath.Base(currentFile), len(broken), from, to)
		return nil
	}
	broken = append(broken, fmt.Errorf("version %s may not break users of %s", to, from))
	return errors.Join(broken...)
}

// breaking fails with the list of what oasdiff calls breaking, if there is anything.
func breaking(ctx context.Context, releasedFile, currentFile string) error {
	arguments := []string{"run", oasdiff, "breaking", "--fail-on", "WARN", releasedFile, currentFile}
	output, err := exec.CommandContext(ctx, "go", arguments...).CombinedOutput() //nolint:gosec // two paths
	if err != nil {
		return fmt.Errorf("oasdiff breaking: %w\n%s", err, output)
	}
	return nil
}

// mayBreak reports whether version to may break users of version from, by the rules of semantic versioning.
func mayBreak(from, to string) bool {
	if semver.Compare(to, from) <= 0 {
		return false
	}
	if semver.Major(from) == "v0" {
		return semver.MajorMinor(from) != semver.MajorMinor(to)
	}
	return semver.Major(from) != semver.Major(to)
}
