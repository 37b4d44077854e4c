package main

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// schema is an object, union or enum, with what all versions together have of it.
type schema struct {
	properties map[string]*property
	values     []*value
}

type property struct {
	versions []int
	schema   string // the name of that of its value, or of the elements of its value
	secret   bool
}

type value struct {
	versions  []int
	spellings []*spelling
}

type spelling struct {
	versions []int
	text     string
}

// schemas makes the table of the schemas.
func schemas(all []slice) (string, error) {
	found := map[string]*schema{}
	for _, slice := range all {
		for name, ref := range slice.doc.Components.Schemas {
			if !isListed(ref) {
				continue
			}
			if found[name] == nil {
				found[name] = &schema{properties: map[string]*property{}}
			}
			if err := found[name].add(slice.version, ref.Value); err != nil {
				return "", fmt.Errorf("%s: v%d: %w", name, slice.version, err)
			}
		}
	}
	var out strings.Builder
	out.WriteString("// Schemas are the objects, unions and enums of the document, by name.\n")
	out.WriteString("var Schemas = map[string]Schema{\n")
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if err := found[name].write(&out, name, all); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
	}
	return out.String() + "}\n", nil
}

// isListed reports whether the table has a schema.
func isListed(ref *openapi3.SchemaRef) bool {
	s := ref.Value
	return s.Type.Is("object") || len(s.Enum) > 0 || len(s.OneOf)+len(s.AnyOf)+len(s.AllOf) > 0
}

// add notes what one version has. Versions come in ascending order.
func (s *schema) add(version int, has *openapi3.Schema) error {
	for name, ref := range propertiesOf(has) {
		known := s.properties[name]
		if known == nil {
			known = &property{}
			s.properties[name] = known
		}
		known.versions = append(known.versions, version)
		known.secret = known.secret || ref.Value.Format == "password"
		switch value := schemaName(ref); known.schema {
		case "", value:
			known.schema = value
		default:
			return fmt.Errorf("the value of %s is a %q, but a %q in an earlier version", name, value, known.schema)
		}
	}
	for _, element := range has.Enum {
		s.addValue(version, fmt.Sprint(element))
	}
	return nil
}

// addValue notes a value of an enum. It is another spelling of one that differs in its letter case only.
func (s *schema) addValue(version int, text string) {
	same := func(v *value) bool { return strings.EqualFold(v.spellings[0].text, text) }
	i := slices.IndexFunc(s.values, same)
	if i < 0 {
		i = len(s.values)
		s.values = append(s.values, &value{})
	}
	v := s.values[i]
	v.versions = append(v.versions, version)
	i = slices.IndexFunc(v.spellings, func(s *spelling) bool { return s.text == text })
	if i < 0 {
		i = len(v.spellings)
		v.spellings = append(v.spellings, &spelling{text: text})
	}
	v.spellings[i].versions = append(v.spellings[i].versions, version)
}

// propertiesOf returns the properties of an object, and of all branches of a union or composition.
func propertiesOf(s *openapi3.Schema) openapi3.Schemas {
	found := maps.Clone(s.Properties)
	for _, branch := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		if found == nil {
			found = openapi3.Schemas{}
		}
		maps.Copy(found, propertiesOf(branch.Value))
	}
	return found
}

// schemaName returns the name of a schema that the table has, or of that of the elements of a list, or nothing.
func schemaName(ref *openapi3.SchemaRef) string {
	switch {
	case ref.Ref != "" && isListed(ref):
		return path.Base(ref.Ref)
	case ref.Value.Items != nil:
		return schemaName(ref.Value.Items)
	case len(ref.Value.AllOf) == 1: // a reference with something beside it
		return schemaName(ref.Value.AllOf[0])
	}
	return ""
}

// write writes a schema as an entry of the table.
func (s *schema) write(out *strings.Builder, name string, all []slice) error {
	var failed error
	entry := func(have []int, format string, args ...any) string {
		versions, err := span(all, have)
		failed = errors.Join(failed, err)
		if versions != "" {
			versions = "Versions: Versions" + versions + ", "
		}
		return "{" + strings.TrimSuffix(versions+fmt.Sprintf(format, args...), ", ") + "}"
	}
	fmt.Fprintf(out, "%q: {", name)
	if len(s.properties) > 0 {
		out.WriteString("Properties: map[string]Property{\n")
		for _, name := range slices.Sorted(maps.Keys(s.properties)) {
			property := s.properties[name]
			var rest string
			if property.schema != "" {
				rest = fmt.Sprintf("Schema: %q", property.schema)
			} else if property.secret {
				rest = "Secret: true"
			}
			fmt.Fprintf(out, "%q: %s,\n", name, entry(property.versions, "%s", rest))
		}
		out.WriteString("}")
	}
	if len(s.values) > 0 {
		out.WriteString("Values: []Value{\n")
		for _, value := range s.values {
			var spellings []string
			for _, spelling := range value.spellings {
				spellings = append(spellings, entry(spelling.versions, "Text: %q", spelling.text))
			}
			fmt.Fprintf(out, "%s,\n", entry(value.versions, "Spellings: []Spelling{%s}", strings.Join(spellings, ", ")))
		}
		out.WriteString("}")
	}
	out.WriteString("},\n")
	return failed
}
