package main

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// openAPI31 turns doc, an OpenAPI 3.0 document, into the same document in OpenAPI 3.1: its schemas become JSON Schema
// 2020-12. One thing stays as it was: bodies of bytes keep `type: string, format: binary`, because generators make an
// unknown type of the empty media type object that OpenAPI 3.1 recommends instead.
func openAPI31(doc *document) error {
	version := member(doc.root, "openapi")
	if version == nil {
		return errors.New("the source does not say which OpenAPI version it is")
	}
	version.SetString("3.1.0")
	var failed []error
	walk(doc.root, "document", func(n *yaml.Node, k kind) bool {
		if k == "schema" && n.Kind == yaml.MappingNode {
			failed = append(failed, schema31(n))
		}
		return true
	})
	return errors.Join(failed...)
}

// schema31 turns one schema, without those below it, into JSON Schema 2020-12.
func schema31(n *yaml.Node) error {
	if err := nullable31(n); err != nil {
		return err
	}
	bound31(n, "minimum", "exclusiveMinimum")
	bound31(n, "maximum", "exclusiveMaximum")
	if format := member(n, "format"); format != nil && format.Value == "byte" {
		renameMember(n, "format", "contentEncoding", text("base64"))
	}
	if example := member(n, "example"); example != nil {
		examples := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{example}}
		renameMember(n, "example", "examples", examples)
	}
	return nil
}

// nullable31 replaces nullable by a second type.
func nullable31(n *yaml.Node) error {
	nullable := member(n, "nullable")
	if nullable == nil {
		return nil
	}
	removeMember(n, "nullable")
	if nullable.Value != "true" {
		return nil
	}
	typ := member(n, "type")
	if typ == nil {
		return fmt.Errorf("line %d: nullable without a type", n.Line)
	}
	setMember(n, "type", list(typ, &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.SingleQuotedStyle, Value: "null"}))
	if values := member(n, "enum"); values != nil {
		values.Content = append(values.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"})
	}
	return nil
}

// bound31 replaces a bound with a flag that excludes it by an exclusive bound.
func bound31(n *yaml.Node, bound, exclusive string) {
	flag := member(n, exclusive)
	if flag == nil {
		return
	}
	removeMember(n, exclusive)
	if value := member(n, bound); flag.Value == "true" && value != nil {
		renameMember(n, bound, exclusive, value)
	}
}
