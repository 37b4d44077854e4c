package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// allVersions is the mark of a part of a text that only the complete document has.
const allVersions = "all versions"

var (
	// partForm is a part of a text that only some API versions have, such as [v4 and later: A device code.], with the
	// space before it.
	partForm = regexp.MustCompile(`\s*\[(` + allVersions + `|` + strings.Trim(markForm.String(), "^$") + `): ([^\[\]]*)\]`)
	// partStart is what looks like the beginning of a part.
	partStart = regexp.MustCompile(`\[(?:v\d|` + allVersions + `)`)
	quoted    = regexp.MustCompile("`[^`]*`")
)

// texts calls yield for each description and summary below n.
func texts(n *yaml.Node, yield func(text *yaml.Node)) {
	for name, value := range members(n) {
		if (name == "description" || name == "summary") && value.Kind == yaml.ScalarNode {
			yield(value)
		}
	}
	for _, child := range n.Content {
		texts(child, yield)
	}
}

// checkTexts fails for each text with a part that is unreadable, and for each mark of a part that check fails for.
func checkTexts(doc *document, check func(mark *yaml.Node) error) error {
	var failed []error
	texts(doc.root, func(n *yaml.Node) {
		parts := partForm.FindAllStringSubmatch(n.Value, -1)
		if len(parts) != len(partStart.FindAllString(n.Value, -1)) {
			failed = append(failed, fmt.Errorf(`line %d: a part of the text is not of the form "[v4 and later: …]"`, n.Line))
		}
		for _, part := range parts {
			if part[1] != allVersions {
				failed = append(failed, check(&yaml.Node{Kind: yaml.ScalarNode, Value: part[1], Line: n.Line}))
			}
		}
	})
	return errors.Join(failed...)
}

// sliceTexts takes out of all texts the parts that the version lacks, and the brackets of the others. It spells values of
// enums as the version does where an enum describes itself.
func sliceTexts(doc *document, version string) {
	texts(doc.root, func(n *yaml.Node) {
		n.Value = strings.TrimSpace(partForm.ReplaceAllStringFunc(n.Value, func(part string) string {
			found := partForm.FindStringSubmatch(part)
			covered, _ := covers(text(found[1]), version) // checkTexts has read it; "all versions" is of none
			if !covered {
				return ""
			}
			before, _, _ := strings.Cut(part, "[")
			return before + found[len(found)-1]
		}))
	})
	walk(doc.root, "document", func(n *yaml.Node, _ kind) bool {
		if description := member(n, "description"); member(n, "enum") != nil && description != nil {
			description.Value = quoted.ReplaceAllStringFunc(description.Value, func(value string) string {
				spelled := text(strings.Trim(value, "`"))
				respell(n, spelled, version)
				return "`" + spelled.Value + "`"
			})
		}
		return true
	})
}
