package apitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vbo365/vbo365-go/spec"
)

var (
	allVersions    = spec.Versions()
	actionVersions = allVersions[:4] // v2 to v5, whose bodies name the action
	pathVersions   = allVersions[4:] // whose paths do
)

// documents reads the document of each version once.
var documents = func() map[string]func() (*openapi3.T, error) {
	read := map[string]func() (*openapi3.T, error){}
	for _, version := range allVersions {
		read[version] = sync.OnceValues(func() (*openapi3.T, error) {
			content, err := spec.Slice(version)
			if err != nil {
				return nil, err
			}
			return openapi3.NewLoader().LoadFromData(content)
		})
	}
	return read
}()

// conforms sees that an answer is one that the spec of the version of the path gives for the operation, with nothing in
// it that the version does not have. A status that the operation does not list is one of its default answer.
func (a answer) conforms(tb testing.TB, method, path string) {
	tb.Helper()
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	read := documents[strings.ToLower(segments[0])]
	if read == nil {
		tb.Errorf("%s: no such version", path)
		return
	}
	doc, err := read()
	if err != nil {
		tb.Fatal(err)
	}
	for template, item := range doc.Paths.Map() {
		operation := item.GetOperation(method)
		if operation == nil || !fits(segments[1:], strings.Split(template, "/")[1:]) {
			continue
		}
		response := operation.Responses.Status(a.status)
		if response == nil && a.status >= 400 {
			response = operation.Responses.Default()
		}
		if response == nil {
			tb.Errorf("%s %s in %s: status %d is not in the spec", method, template, segments[0], a.status)
			return
		}
		content := response.Value.Content.Get(a.header.Get("Content-Type"))
		if content == nil {
			// may answer nothing
			isAction := segments[0] < "v6" && (response.Value.Content["application/octet-stream"] != nil ||
				operation.OperationID == "runOneDrivesAction")
			if len(a.body) > 0 || len(response.Value.Content) > 0 && !isAction {
				tb.Errorf("%s %s: %d with content type %q is not in the spec", method, template, a.status,
					a.header.Get("Content-Type"))
			}
			return
		}
		if content.Schema.Value.Format == "binary" {
			return
		}
		var value any
		if err := json.Unmarshal(a.body, &value); err != nil {
			tb.Errorf("%s %s: %v", method, template, err)
			return
		}
		if err := content.Schema.Value.VisitJSON(value); err != nil {
			tb.Errorf("%s %s in %s: %v", method, template, segments[0], err)
		}
		for _, problem := range unknown(template, value, content.Schema.Value) {
			tb.Errorf("%s in %s: %s", method, segments[0], problem)
		}
		return
	}
	tb.Errorf("%s %s is not in the spec", method, path)
}

func fits(segments, template []string) bool {
	return slices.EqualFunc(segments, template, func(segment, literal string) bool {
		return strings.HasPrefix(literal, "{") || strings.EqualFold(segment, literal)
	})
}

// unknown gives the properties that the schema does not have.
func unknown(where string, value any, schema *openapi3.Schema) (problems []string) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			problems = append(problems, unknown(where, element, schema.Items.Value)...)
		}
	case map[string]any:
		for name, inner := range value {
			property := schema.Properties[name]
			if property == nil {
				property = schema.AdditionalProperties.Schema
			}
			if property == nil {
				problems = append(problems, fmt.Sprintf("%s: unknown property %s", where, name))
				continue
			}
			problems = append(problems, unknown(where+"."+name, inner, property.Value)...)
		}
	}
	return problems
}

// get reads a resource that there is.
func (b *bench) get(path string) any {
	b.tb.Helper()
	got := b.send(http.MethodGet, path, "")
	got.conforms(b.tb, http.MethodGet, path)
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil || got.status != http.StatusOK {
		b.tb.Fatalf("%s: %d %s: %v", path, got.status, got.body, err)
	}
	return value
}

// page is a page of any list.
type page struct {
	Offset  int64            `json:"offset"`
	Limit   int64            `json:"limit"`
	Results []map[string]any `json:"results"`
	SetID   string           `json:"setId"`
	Total   *int64           `json:"totalCount"`
	Links   map[string]link  `json:"_links"`
}

type link struct {
	Href string `json:"href"`
}

func (b *bench) getPage(path string) page {
	b.tb.Helper()
	got := b.send(http.MethodGet, path, "")
	got.conforms(b.tb, http.MethodGet, path)
	var value page
	if err := json.Unmarshal(got.body, &value); err != nil || got.status != http.StatusOK {
		b.tb.Fatalf("%s: %d %s: %v", path, got.status, got.body, err)
	}
	return value
}

// names gives the names of what is on a page.
func (p page) names() (names []string) {
	for _, result := range p.Results {
		names = append(names, fmt.Sprint(result["name"]))
	}
	return names
}

// link is the path of a link of the page; empty if there is none.
func (b *bench) link(p page, name string) string {
	b.tb.Helper()
	link, ok := p.Links[name]
	if !ok {
		return ""
	}
	path, absolute := strings.CutPrefix(link.Href, b.srv.URL)
	if version := strings.Split(path, "/")[1]; absolute != slices.Contains(actionVersions, version) {
		b.tb.Errorf("link to %s", link.Href)
	}
	return path
}

// collect follows the links to the next page.
func (b *bench) collect(path string) (results []map[string]any, pages int) {
	b.tb.Helper()
	for ; path != ""; pages++ {
		p := b.getPage(path)
		results = append(results, p.Results...)
		path = b.link(p, "next")
	}
	return results, pages
}
