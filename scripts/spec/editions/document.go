package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is a parsed OpenAPI document that keeps the order of its members. It is not safe for concurrent use.
type document struct {
	root *yaml.Node
}

// parse reads a document, with copies in the place of aliases, because a change to one place must not change another,
// and without comments, which are for those who edit it.
func parse(source []byte) (*document, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(source, &file); err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if file.Kind != yaml.DocumentNode || file.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("parse: the document is not an object")
	}
	if err := file.Decode(new(any)); err != nil { // an anchor that contains itself, for example
		return nil, fmt.Errorf("parse: %w", err)
	}
	if err := expand(&file); err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	return &document{file.Content[0]}, nil
}

// expand puts copies in the place of the aliases below n, and takes out comments.
func expand(n *yaml.Node) error {
	n.Anchor, n.HeadComment, n.LineComment, n.FootComment = "", "", "", ""
	for i, child := range n.Content {
		if child.ShortTag() == "!!merge" {
			return fmt.Errorf("line %d: YAML 1.2 has no merge keys", child.Line)
		}
		if child.Kind == yaml.AliasNode {
			child = clone(child.Alias)
			n.Content[i] = child
		}
		if err := expand(child); err != nil {
			return err
		}
	}
	return nil
}

// resolve returns the component that n refers to, or n itself if it is no reference. It returns nil if there is no such
// component.
func (d *document) resolve(n *yaml.Node) *yaml.Node {
	ref := member(n, "$ref")
	if ref == nil {
		return n
	}
	target := d.root
	for name := range strings.SplitSeq(strings.TrimPrefix(ref.Value, "#/"), "/") {
		target = member(target, name)
	}
	return target
}

// member returns the value of the named member, or nil if n is not an object that has it.
func member(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// members calls yield for each member of an object, in order.
func members(n *yaml.Node) func(yield func(name string, value *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// setMember replaces the value of the named member, or adds it at the end.
func setMember(n *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, text(name), value)
}

// renameMember gives the named member another name and value, in its place.
func renameMember(n *yaml.Node, name, newName string, value *yaml.Node) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i], n.Content[i+1] = text(newName), value
		}
	}
}

// removeMembers removes the members that drop returns true for.
func removeMembers(n *yaml.Node, drop func(name string, value *yaml.Node) bool) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	kept := n.Content[:0:0]
	for i := 0; i < len(n.Content); i += 2 {
		if !drop(n.Content[i].Value, n.Content[i+1]) {
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = kept
}

// removeMember removes the named member, if there is one.
func removeMember(n *yaml.Node, name string) {
	removeMembers(n, func(other string, _ *yaml.Node) bool { return other == name })
}

// removeElements removes the elements of a list that drop returns true for. A list that becomes empty is left so.
func removeElements(n *yaml.Node, drop func(element *yaml.Node) bool) {
	if n != nil && n.Kind == yaml.SequenceNode {
		n.Content = slices.DeleteFunc(n.Content, drop)
	}
}

// text returns a string, quoted where it would be read as something else.
func text(value string) *yaml.Node {
	var n yaml.Node
	n.SetString(value)
	return &n
}

// list returns a list on one line.
func list(elements ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: elements}
}

// clone returns a copy of n that shares nothing with it.
func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}

// contains reports whether the list n has an element of that text.
func contains(n *yaml.Node, value string) bool {
	return n != nil && slices.ContainsFunc(n.Content, func(e *yaml.Node) bool { return e.Value == value })
}

// toYAML writes the document as YAML that says that it is derived.
func toYAML(d *document) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# " + derived + "\n\n")
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(d.root); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// toJSON writes the document as JSON that says, in x-derived, that it is derived: JSON has no comments.
func toJSON(d *document) ([]byte, error) {
	root := *d.root
	root.Content = slices.Concat(root.Content, []*yaml.Node{text("x-derived"), text(derived)})
	var compact, out bytes.Buffer
	if err := writeJSON(&compact, &root); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeScalar(out, n.Content[i].Value); err != nil {
				return err
			}
			out.WriteByte(':')
			if err := writeJSON(out, n.Content[i+1]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
		return nil
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, element := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, element); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	default:
		// JSON has no points in time: an unquoted one in the YAML is a string like a quoted one.
		if tag := n.ShortTag(); tag == "!!str" || tag == "!!timestamp" {
			return writeScalar(out, n.Value)
		}
		var value any
		if err := n.Decode(&value); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		return writeScalar(out, value)
	}
}

func writeScalar(out *bytes.Buffer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
