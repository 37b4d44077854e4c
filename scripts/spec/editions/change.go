package main

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

const changesName = "x-api-changes"

// applyChanges makes the document say what one API version has where the versions contradict each other, and takes out
// all x-api-changes.
func applyChanges(doc *document, version string) error {
	var failed []error
	walk(doc.root, "document", func(n *yaml.Node, _ kind) bool {
		changes := member(n, changesName)
		if changes == nil {
			return true
		}
		removeMember(n, changesName)
		if changes.Kind != yaml.SequenceNode {
			failed = append(failed, fmt.Errorf("line %d: %s must be a list", changes.Line, changesName))
			return true
		}
		applied := false
		for _, change := range changes.Content {
			versions, to := member(change, "versions"), member(change, "to")
			if len(change.Content) != 4 || versions == nil || to == nil || to.Kind != yaml.MappingNode {
				failed = append(failed, fmt.Errorf(
					"line %d: a change has versions, an object to, and nothing else", change.Line))
				continue
			}
			covered, err := covers(versions, version)
			switch {
			case err != nil:
				failed = append(failed, err)
			case covered && applied:
				failed = append(failed, fmt.Errorf("line %d: an earlier change is for %s, too", change.Line, version))
			case covered:
				mergePatch(n, to)
				applied = true
			}
		}
		return true
	})
	return errors.Join(failed...)
}

// mergePatch changes n as a JSON Merge Patch (RFC 7396) says, except that examples and references replace what was
// there. What null stands for is marked as something that no version has, so that it also goes out of what names it.
func mergePatch(n, patch *yaml.Node) {
	for name, value := range members(patch) {
		old := member(n, name)
		switch {
		case value.ShortTag() == "!!null" && isPart(name, old):
			setMember(old, markName, text(noVersion))
		case value.ShortTag() == "!!null":
			removeMember(n, name)
		case old != nil && old.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode && !replaces(name, value):
			mergePatch(old, value)
		default:
			setMember(n, name, clone(value))
		}
	}
}

// isPart reports whether a member is a part of the document that can be marked, and no data.
func isPart(name string, value *yaml.Node) bool {
	return value != nil && value.Kind == yaml.MappingNode && name != "example" && !strings.HasPrefix(name, "x-")
}

// replaces reports whether a member of a patch stands for the whole of what was there.
func replaces(name string, value *yaml.Node) bool {
	return name == "example" || name == "examples" || member(value, "$ref") != nil
}

// respell writes a value of an example as the version does: values of enums in its letter case, and addresses
// (spec/FACTS.md#4.1, #4.2). The examples of the source are those of v2.
func respell(schema, value *yaml.Node, version string) {
	if values := member(schema, "enum"); values != nil && !contains(values, value.Value) {
		for _, allowed := range values.Content {
			if strings.EqualFold(allowed.Value, value.Value) {
				value.Value = allowed.Value
			}
		}
	}
	path, ok := strings.CutPrefix(value.Value, "https://localhost:4443/v2/")
	if !ok {
		return
	}
	number := versionNumber(version)
	if number >= 6 && strings.HasSuffix(path, "/action") {
		path = strings.TrimSuffix(path, "action") + "explore"
	}
	if number >= 7 {
		path = strings.Replace(path, "parentId=null", "parentId=root", 1)
	}
	value.Value = "/" + version + "/" + path
	if number < 6 {
		value.Value = "https://localhost:4443" + value.Value
	}
}
