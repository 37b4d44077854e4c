// Command stable fails if the OpenAPI document breaks those who use the last released one: if it changes the wire in a
// way that oasdiff calls breaking, or if something is gone that generated code is named after. Both are allowed if the
// version of the document says so: a new major version, or before 1.0 a new minor one.
//
// It is run in the root of the module. At a release, spec/openapi.yaml is copied to spec/released/openapi.yaml.
//
//	go run ./scripts/spec/stable
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"

	"github.com/getkin/kin-openapi/openapi3"
	"golang.org/x/mod/semver"
)

const (
	currentFile  = "spec/openapi.yaml"
	releasedFile = "spec/released/openapi.yaml"

	oasdiff = "github.com/oasdiff/oasdiff@v1.35.0"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal("stable: ", err)
	}
}

func run(ctx context.Context) error {
	content, err := os.ReadFile(releasedFile)
	if errors.Is(err, fs.ErrNotExist) {
		log.Print("stable: nothing released yet")
		return nil
	}
	if err != nil {
		return err
	}
	released, err := openapi3.NewLoader().LoadFromData(content)
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
	if err := breaking(ctx); err != nil {
		broken = append(broken, err)
	}
	from, to := "v"+released.Info.Version, "v"+current.Info.Version
	if broken == nil || mayBreak(from, to) {
		log.Printf("stable: %d breaking changes from %s to %s", len(broken), from, to)
		return nil
	}
	broken = append(broken, fmt.Errorf("version %s may not break users of %s", to, from))
	return errors.Join(broken...)
}

// breaking shows what oasdiff calls breaking, and fails if there is anything.
func breaking(ctx context.Context) error {
	command := exec.CommandContext(ctx, "go", "run", oasdiff, "breaking", "--fail-on", "WARN", releasedFile, currentFile)
	command.Stdout = os.Stderr
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("oasdiff breaking: %w", err)
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
