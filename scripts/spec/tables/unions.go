package main

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// unions makes an interface of each union, which its branches fulfil, and nothing else. The generator's own type for a
// oneOf is a struct that may hold nothing, or JSON of any kind.
func unions(doc *openapi3.T) (string, error) {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		schema := doc.Components.Schemas[name].Value
		if len(schema.OneOf) == 0 {
			continue
		}
		method := strings.ToLower(name[:1]) + name[1:]
		fmt.Fprintf(&out, "// %s is exactly one of these:\n//\n", name)
		for _, branch := range schema.OneOf {
			if branch.Ref == "" {
				return "", fmt.Errorf("%s: a branch of the union must be a reference", name)
			}
			fmt.Fprintf(&out, "//   - [%s]: %s\n", path.Base(branch.Ref), firstSentence(branch.Value.Description))
		}
		fmt.Fprintf(&out, "type %s interface{ %s() }\n\n", name, method)
		for _, branch := range schema.OneOf {
			fmt.Fprintf(&out, "func (%s) %s() {}\n", path.Base(branch.Ref), method)
		}
		out.WriteString("\n")
	}
	return out.String(), nil
}

// firstSentence returns the beginning of a description, on one line.
func firstSentence(description string) string {
	sentence, _, _ := strings.Cut(strings.Join(strings.Fields(description), " "), ". ")
	return strings.TrimSuffix(sentence, ".")
}
