package main

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// codegen turns doc, the complete document or a slice, into an edition for code generators. The wire does not change.
func codegen(doc *document) error {
	declared := map[string]bool{}
	for name := range members(member(member(doc.root, "components"), "schemas")) {
		declared[name] = true
	}
	walk(doc.root, "document", func(n *yaml.Node, k kind) bool {
		switch k {
		case "requestBody", "response":
			keepOneMediaType(n)
		case "schema":
			declineAntiforgery(n)
			freeDatetime(n)
			nameValues(n, declared)
		}
		return true
	})
	separateResponses(doc)
	return nil
}

// separateResponses adds Response to the name of each response that has the name of a schema, but a body of another
// one. In Go, the types of responses and schemas share a package.
func separateResponses(doc *document) {
	components := member(doc.root, "components")
	renamed := map[string]string{} // by reference
	for name, response := range members(member(components, "responses")) {
		body := member(member(member(member(response, "content"), "application/json"), "schema"), "$ref")
		if member(member(components, "schemas"), name) == nil || body == nil || body.Value == "#/components/schemas/"+name {
			continue
		}
		renamed["#/components/responses/"+name] = "#/components/responses/" + name + "Response"
		renameMember(member(components, "responses"), name, name+"Response", response)
	}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if ref := member(n, "$ref"); ref != nil && renamed[ref.Value] != "" {
			ref.Value = renamed[ref.Value]
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(doc.root)
}

// keepOneMediaType leaves a request or response one media type: application/octet-stream if it is one of several,
// otherwise the first. The others move to the extension x-alternative-content.
func keepOneMediaType(n *yaml.Node) {
	content := member(n, "content")
	if content == nil || len(content.Content) <= 2 {
		return
	}
	stays := "application/octet-stream"
	if member(content, stays) == nil {
		stays = content.Content[0].Value
	}
	others := *content
	others.Content = append([]*yaml.Node(nil), content.Content...)
	removeMember(&others, stays)
	removeMembers(content, func(name string, _ *yaml.Node) bool { return name != stays })
	setMember(n, "x-alternative-content", &others)
}

// declineAntiforgery makes clients decline the antiforgery token, because generated code keeps no cookies.
func declineAntiforgery(schema *yaml.Node) {
	if decline := member(member(schema, "properties"), "disable_antiforgery_token"); decline != nil {
		setMember(decline, "default", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
}

// freeDatetime makes the times of a schema with a property datetime plain strings. In Python, the property would hide
// the type of the same name.
func freeDatetime(schema *yaml.Node) {
	properties := member(schema, "properties")
	if member(properties, "datetime") == nil {
		return
	}
	for _, property := range members(properties) {
		if format := member(property, "format"); format != nil && format.Value == "date-time" {
			removeMember(property, "format")
		}
	}
}

// nameValues gives the values of an enum names, where a schema has such a name or an earlier enum has the same values:
// theirs begin with the title of the schema. In Go, all types and the constants of all enums share a package.
func nameValues(schema *yaml.Node, declared map[string]bool) {
	title, values := member(schema, "title"), member(schema, "enum")
	if title == nil || values == nil {
		return
	}
	names := list()
	shared := false
	for _, value := range values.Content {
		name := strings.ToUpper(value.Value[:1]) + value.Value[1:]
		if declared[name] {
			name, shared = title.Value+name, true
		}
		declared[name] = true
		names.Content = append(names.Content, text(name))
	}
	if shared {
		setMember(schema, "x-enum-varnames", names)
	}
}
