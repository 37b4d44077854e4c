package main

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

const samplesName = "x-codeSamples"

// languages are those of samples, by the names that Markdown has for them.
var languages = map[string]struct{ name, label string }{
	"sh": {"Shell", "curl"}, "go": {"Go", "Go"}, "python": {"Python", "Python"}, "powershell": {"PowerShell", "PowerShell"},
}

// leadingImports are what a sample in Python imports beside what all of them do.
var leadingImports = regexp.MustCompile(`^(import \w+\n)*`)

// block is a block of code in a Markdown file.
type block struct {
	language, source string
	alone            bool   // without what the samples of the language have in common
	heading          string // empty without one
}

// blocks reads the blocks of a Markdown file.
func blocks(markdown string) []block {
	var found []block
	heading, fenced := "", false
	for line := range strings.Lines(markdown) {
		info, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && fenced:
			fenced = false
		case fence:
			language, rest, _ := strings.Cut(info, " ")
			found = append(found, block{language: language, heading: heading, alone: rest == "alone"})
			fenced = true
		case fenced:
			found[len(found)-1].source += line
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimSpace(line[len("## "):])
		}
	}
	return found
}

// addSamples gives operations the samples of their files, for an API version or, without one, for the oldest that has
// the operation. spec/samples/README.md describes the files.
func addSamples(doc *document, files fs.FS, version string) error {
	readme, err := fs.ReadFile(files, "README.md")
	if err != nil {
		return err
	}
	begin := map[string]string{} // of the samples, by language
	for _, b := range blocks(string(readme)) {
		begin[b.language] = b.source
	}
	for _, item := range members(member(doc.root, "paths")) {
		for method, operation := range members(item) {
			if grammar["pathItem"][method] != "operation" {
				continue
			}
			id := member(operation, "operationId")
			if id == nil {
				continue
			}
			content, err := fs.ReadFile(files, id.Value+".md")
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			of := version
			if of == "" {
				of = oldest(doc, item, operation)
			}
			samples := &yaml.Node{Kind: yaml.SequenceNode}
			for _, b := range blocks(string(content)) {
				language, ok := languages[b.language]
				if !ok {
					return fmt.Errorf("%s.md: %q is no language of samples", id.Value, b.language)
				}
				label := language.label
				if covered, err := covers(text(b.heading), of); err == nil && !covered {
					continue
				} else if err != nil && b.heading != "" {
					label += ": " + b.heading
				}
				if !b.alone {
					imports := leadingImports.FindString(b.source)
					b.source = imports + begin[b.language] + b.source[len(imports):]
				}
				source := text(strings.ReplaceAll(b.source, "{apiVersion}", of))
				source.Style = yaml.LiteralStyle
				samples.Content = append(samples.Content, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
					text("lang"), text(language.name), text("label"), text(label), text("source"), source,
				}})
			}
			setMember(operation, samplesName, samples)
		}
	}
	return nil
}

// oldest returns the oldest API version that has an operation of a path.
func oldest(doc *document, item, operation *yaml.Node) string {
	for _, version := range versions(doc) {
		s := slicer{source: doc, version: version}
		if !s.lacks(item) && !s.lacks(operation) {
			return version
		}
	}
	return ""
}
