package spec_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// uuid is the form that format: uuid asks for.
var uuid = regexp.MustCompile(`^[[:xdigit:]]{8}(-[[:xdigit:]]{4}){3}-[[:xdigit:]]{12}$`)

// document is the source or an edition, ready to validate values with.
type document struct {
	*openapi3.T
	options []openapi3.SchemaValidationOption
}

// load parses a document and fails the test if it is no valid OpenAPI document.
func load(t *testing.T, content []byte) document {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		t.Fatal(err)
	}
	d := document{T: doc, options: []openapi3.SchemaValidationOption{
		openapi3.EnableFormatValidation(),
		openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(uuid.String())),
	}}
	validation := []openapi3.ValidationOption{openapi3.DisableExamplesValidation()} // TestExamples does this.
	if doc.IsOpenAPI31OrLater() {
		d.options = append(d.options, openapi3.EnableJSONSchema2020())
		validation = append(validation, openapi3.IsOpenAPI31OrLater())
	}
	if err := doc.Validate(t.Context(), validation...); err != nil {
		t.Fatal(err)
	}
	return d
}

// documents runs a test with each of some documents.
func documents(t *testing.T, files []string, test func(t *testing.T, d document)) {
	t.Helper()
	for _, file := range files {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			test(t, load(t, content))
		})
	}
}

// validate reports whether value is one that the schema allows.
func (d document) validate(schema *openapi3.SchemaRef, value any) error {
	return schema.Value.VisitJSON(value, d.options...)
}
