package main

import "go.yaml.in/yaml/v3"

// codegen turns doc into the edition for code generators: every request and response has one media type. Of several,
// application/octet-stream stays, or else the first. The others move to the extension x-alternative-content.
func codegen(doc *document) error {
	walk(doc.root, "document", func(n *yaml.Node, k kind) bool {
		content := member(n, "content")
		if (k != "requestBody" && k != "response") || content == nil || len(content.Content) <= 2 {
			return true
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
		return true
	})
	return nil
}
