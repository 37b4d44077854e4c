// Package spec embeds the OpenAPI document, the one source of truth about the wire, and what is derived from it for
// each API version.
//
//	doc, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI)
//
// The package imports package embed and little else, so that importing it costs its bytes only.
package spec

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
)

// OpenAPI is openapi.yaml as it stands beside this file: an OpenAPI 3.0.3 document in YAML. Callers must not change it.
//
//go:embed openapi.yaml
var OpenAPI []byte

//go:embed dist/wire
var dist embed.FS

// Versions returns the API versions that the document has, oldest first: "v2", for example. The caller may change the result.
func Versions() []string {
	entries, _ := dist.ReadDir("dist/wire") // which is embedded
	var versions []string
	for _, entry := range entries {
		versions = append(versions, strings.TrimSuffix(strings.TrimPrefix(entry.Name(), "openapi."), ".yaml"))
	}
	slices.SortFunc(versions, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) }) // v10 is after v9
	return versions
}

// Slice returns the document of one API version, "v8" for example, with nothing in it that the version lacks:
// dist/wire/openapi.v8.yaml. It fails if there is none. It is safe for concurrent use, and the caller may change what it
// returns.
func Slice(version string) ([]byte, error) {
	content, err := dist.ReadFile("dist/wire/openapi." + version + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no document of API version %q", version)
	}
	return content, nil
}
