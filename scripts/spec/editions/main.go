// Command editions derives the editions of the OpenAPI document from spec/openapi.yaml and writes them to spec/dist.
// What they are for, and how they differ from the source, is in spec/README.md.
//
// It is run in the root of the module, by go generate:
//
//	go run ./scripts/spec/editions
//
// Another document and folder can be named: scripts/spec/stable does so.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
)

const (
	sourceFile = "spec/openapi.yaml"
	distFolder = "spec/dist"
	// samplesFolder has the samples of operations, which the editions have and the source has not.
	samplesFolder = "spec/samples"
)

// derived is what every edition says of itself.
const derived = "Derived from " + sourceFile + " by scripts/spec/editions; do not edit."

// edition is one derived document.
type edition struct {
	file    string
	content []byte
}

func main() {
	log.SetFlags(0)
	file, folder := sourceFile, distFolder
	if len(os.Args) == 3 {
		file, folder = os.Args[1], os.Args[2]
	}
	source, err := os.ReadFile(file)
	if err != nil {
		log.Fatal("editions: ", err)
	}
	editions, err := derive(source, os.DirFS(samplesFolder))
	if err != nil {
		log.Fatal("editions: ", err)
	}
	if err := write(folder, editions); err != nil {
		log.Fatal("editions: ", err)
	}
}

// derive makes all editions of the source, with samples.
func derive(source []byte, samples fs.FS) ([]edition, error) {
	doc, err := parse(source)
	if err != nil {
		return nil, err
	}
	if err := checkMarks(doc, versions(doc)); err != nil {
		return nil, err
	}
	if err := addSamples(doc, samples, ""); err != nil {
		return nil, err
	}
	bundle, err := toJSON(doc)
	if err != nil {
		return nil, err
	}
	editions := []edition{{"openapi.json", bundle}}

	add := func(file, version string, change func(doc *document) error) error {
		doc, err := parse(source)
		if err != nil {
			return err
		}
		if err := change(doc); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := addSamples(doc, samples, version); err != nil {
			return err
		}
		content, err := toYAML(doc)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		editions = append(editions, edition{file, content})
		return nil
	}
	if err := add("openapi.codegen.yaml", "", codegen); err != nil {
		return nil, err
	}
	if err := add("openapi.3.1.yaml", "", openAPI31); err != nil {
		return nil, err
	}
	for _, version := range versions(doc) {
		slice := func(target *document) error { return sliceVersion(target, version) }
		if err := add("wire/openapi."+version+".yaml", version, slice); err != nil {
			return nil, err
		}
		forGenerators := func(target *document) error { return errors.Join(slice(target), codegen(target)) }
		if err := add("openapi."+version+".yaml", version, forGenerators); err != nil {
			return nil, err
		}
	}
	return editions, nil
}

// write makes the folder hold the editions and nothing else.
func write(folder string, editions []edition) error {
	for _, e := range editions {
		file := filepath.Join(folder, e.file)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, e.content, 0o666); err != nil {
			return err
		}
	}
	others, err := leftOver(folder, editions)
	if err != nil {
		return err
	}
	for _, file := range others {
		if err := os.Remove(filepath.Join(folder, file)); err != nil {
			return err
		}
	}
	return nil
}

// leftOver returns what is in the folder and is no edition.
func leftOver(folder string, editions []edition) ([]string, error) {
	wanted := map[string]bool{}
	for _, e := range editions {
		wanted[e.file] = true
	}
	var others []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !wanted[file] {
			others = append(others, file)
		}
		return err
	})
	return others, err
}
