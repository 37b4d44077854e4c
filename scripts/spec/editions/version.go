package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// versions returns the API versions that the document covers: the values of the server variable apiVersion.
func versions(doc *document) []string {
	var found []string
	for _, variable := range versionVariables(doc) {
		if values := member(variable, "enum"); values != nil {
			for _, value := range values.Content {
				if !slices.Contains(found, value.Value) {
					found = append(found, value.Value)
				}
			}
		}
	}
	return found
}

// versionVariables returns the variable apiVersion of every server that has it.
func versionVariables(doc *document) []*yaml.Node {
	var found []*yaml.Node
	if servers := member(doc.root, "servers"); servers != nil {
		for _, server := range servers.Content {
			if variable := member(member(server, "variables"), "apiVersion"); variable != nil {
				found = append(found, variable)
			}
		}
	}
	return found
}

// sliceVersion turns doc into the slice of one API version: changed as the version has it, without everything that it
// lacks, and without what is then unused.
func sliceVersion(doc *document, version string) error {
	if err := applyChanges(doc, version); err != nil {
		return err
	}
	s := slicer{source: &document{clone(doc.root)}, version: version}
	walk(doc.root, "document", s.keep)
	if len(s.failed) > 0 {
		return errors.Join(s.failed...)
	}
	sliceTexts(doc, version)
	for _, variable := range versionVariables(doc) {
		setMember(variable, "default", text(version))
		setMember(variable, "enum", list(text(version)))
		removeMember(variable, "x-releases")
	}
	if title := member(member(doc.root, "info"), "title"); title != nil {
		title.Value += ", API " + version
	}
	removeUnusedTags(doc)
	removeUnusedComponents(doc)
	return nil
}

// slicer takes out of a document what one API version lacks.
type slicer struct {
	source  *document // has what the walk may have removed already
	version string
	failed  []error
}

// fail notes that something at n stands in the way of a slice.
func (s *slicer) fail(n *yaml.Node, format string, args ...any) {
	s.failed = append(s.failed, fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...)))
}

// lacks reports whether the version does not have n, which is marked or refers to something marked.
func (s *slicer) lacks(n *yaml.Node) bool {
	for _, marked := range []*yaml.Node{n, s.source.resolve(n)} {
		if s.lacksMarked(member(marked, markName)) {
			return true
		}
	}
	return false
}

// lacksValue reports whether the version does not have that value of an enum.
func (s *slicer) lacksValue(enum *yaml.Node, value string) bool {
	return s.lacksMarked(member(member(enum, enumMarkName), value))
}

// lacksMarked reports whether the version does not have what has a mark, which is nil for what has none.
func (s *slicer) lacksMarked(mark *yaml.Node) bool {
	if mark == nil {
		return false
	}
	covered, _ := covers(mark, s.version) // checkMarks has read it
	return !covered
}

// keep reports whether the version has n. If so, it takes out of n what is no part of its own in the grammar: marks,
// names in required, values of enums, and examples.
func (s *slicer) keep(n *yaml.Node, k kind) bool {
	if s.lacks(n) {
		return false
	}
	switch k {
	case "pathItem":
		return s.hasOperation(n)
	case "mediaType", "parameter":
		s.mustHave(n, "schema")
		s.pruneExamples(n, member(n, "schema"))
	case "schema":
		s.mustHave(n, "items")
		s.mustHave(n, "additionalProperties")
		s.mustHave(n, "not")
		s.pruneExamples(n, n)
		s.pruneRequired(n)
		s.pruneEnum(n)
		s.checkUnion(n)
	}
	removeMember(n, markName)
	return true
}

// hasOperation reports whether the version has any operation of a path.
func (s *slicer) hasOperation(path *yaml.Node) bool {
	for name, value := range members(path) {
		if grammar["pathItem"][name] == "operation" && !s.lacks(value) {
			return true
		}
	}
	return false
}

// mustHave notes a failure if the version lacks the named member, without which n would mean something else.
func (s *slicer) mustHave(n *yaml.Node, name string) {
	if value := member(n, name); value != nil && s.lacks(value) {
		s.fail(value, "%s lacks the %s here: mark what it belongs to with x-api-versions", s.version, name)
	}
}

// pruneRequired takes the properties that the version lacks out of the list of those required.
func (s *slicer) pruneRequired(schema *yaml.Node) {
	properties := member(schema, "properties")
	required := member(schema, "required")
	removeElements(required, func(name *yaml.Node) bool {
		property := member(properties, name.Value)
		return property != nil && s.lacks(property)
	})
	if required != nil && len(required.Content) == 0 {
		removeMember(schema, "required")
	}
}

// pruneEnum takes out the values that the version lacks.
func (s *slicer) pruneEnum(schema *yaml.Node) {
	values := member(schema, "enum")
	for value, marks := range members(member(schema, enumMarkName)) {
		if !contains(values, value) {
			s.fail(marks, "x-enum-api-versions names %q, which is not in the enum", value)
		}
	}
	removeElements(values, func(value *yaml.Node) bool { return s.lacksValue(schema, value.Value) })
	if values != nil && len(values.Content) == 0 {
		s.fail(schema, "%s lacks every value of the enum: mark the schema with x-api-versions", s.version)
	}
	removeMember(schema, enumMarkName)
}

// checkUnion notes a failure if the version lacks every branch of a union.
func (s *slicer) checkUnion(schema *yaml.Node) {
	for _, union := range []string{"oneOf", "anyOf", "allOf"} {
		if branches := member(schema, union); branches != nil && !slices.ContainsFunc(branches.Content,
			func(branch *yaml.Node) bool { return !s.lacks(branch) }) {
			s.fail(branches, "%s lacks every branch of the %s: mark the schema with x-api-versions", s.version, union)
		}
	}
}

// pruneExamples takes out of n, which holds examples of schema, what the version lacks: the whole of a named example,
// because its point may be lost without it, but only members of an example that stands alone.
func (s *slicer) pruneExamples(n, schema *yaml.Node) {
	if example := member(n, "example"); example != nil && s.prune(schema, example) == unknown {
		s.fail(example, "%s does not know this example: give one that all versions know", s.version)
	}
	examples := member(n, "examples")
	removeMembers(examples, func(_ string, example *yaml.Node) bool {
		value := member(s.source.resolve(example), "value")
		return s.lacks(example) || value != nil && s.prune(schema, clone(value)) != whole
	})
	for _, example := range members(examples) {
		if value := member(example, "value"); value != nil {
			s.prune(schema, value) // for its spellings: there is nothing to take out
		}
	}
	if examples != nil && len(examples.Content) == 0 {
		removeMember(n, "examples")
	}
}

// pruned says what is left of an example for a version.
type pruned int

const (
	whole   pruned = iota // Everything.
	part                  // It lost members or elements that the version lacks.
	unknown               // The version lacks the value itself.
)

// prune takes out of value, an example of schema, what the version lacks, and spells the rest as the version does.
func (s *slicer) prune(schema, value *yaml.Node) pruned {
	if schema == nil {
		return whole
	}
	if s.lacks(schema) {
		return unknown
	}
	schema = s.source.resolve(schema)
	if s.lacksValue(schema, value.Value) {
		return unknown
	}
	left := whole
	switch value.Kind {
	case yaml.ScalarNode:
		respell(schema, value, s.version)
	case yaml.MappingNode:
		properties := member(schema, "properties")
		removeMembers(value, func(name string, value *yaml.Node) bool {
			property := member(properties, name)
			if property == nil {
				property = member(schema, "additionalProperties")
			}
			inner := s.prune(property, value)
			left = max(left, min(inner, part))
			return inner == unknown
		})
	case yaml.SequenceNode:
		items := member(schema, "items")
		removeElements(value, func(element *yaml.Node) bool {
			inner := s.prune(items, element)
			left = max(left, min(inner, part))
			return inner == unknown
		})
	}
	for _, union := range []string{"allOf", "oneOf", "anyOf"} {
		if branches := member(schema, union); branches != nil {
			for _, branch := range branches.Content {
				if hasRequired(s.source.resolve(branch), value) {
					left = max(left, s.prune(branch, value))
				}
			}
		}
	}
	return left
}

// hasRequired reports whether value has the members that schema requires. That tells the branches of a union apart.
func hasRequired(schema, value *yaml.Node) bool {
	if required := member(schema, "required"); required != nil {
		for _, name := range required.Content {
			if member(value, name.Value) == nil {
				return false
			}
		}
	}
	return true
}

// removeUnusedTags removes the descriptions of tags that no operation has.
func removeUnusedTags(doc *document) {
	used := map[string]bool{}
	walk(doc.root, "document", func(n *yaml.Node, k kind) bool {
		if tags := member(n, "tags"); k == "operation" && tags != nil {
			for _, tag := range tags.Content {
				used[tag.Value] = true
			}
		}
		return true
	})
	removeElements(member(doc.root, "tags"), func(tag *yaml.Node) bool { return !used[member(tag, "name").Value] })
}

// removeUnusedComponents removes the components that nothing refers to, directly or through others.
func removeUnusedComponents(doc *document) {
	used := map[string]bool{}
	var collect func(n *yaml.Node)
	collect = func(n *yaml.Node) {
		if ref := member(n, "$ref"); ref != nil && !used[ref.Value] {
			used[ref.Value] = true
			collect(doc.resolve(n))
		}
		for _, child := range n.Content {
			collect(child)
		}
	}
	for name, value := range members(doc.root) {
		if name != "components" {
			collect(value)
		}
	}
	components := member(doc.root, "components")
	for section, content := range members(components) {
		// Operations name security schemes without $ref.
		if section != "securitySchemes" {
			removeMembers(content, func(name string, _ *yaml.Node) bool {
				return !used[strings.Join([]string{"#/components", section, name}, "/")]
			})
		}
	}
	removeMembers(components, func(_ string, content *yaml.Node) bool { return len(content.Content) == 0 })
}
