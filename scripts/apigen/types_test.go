package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMakeTypes(t *testing.T) {
	t.Chdir(t.TempDir())
	names = [][3]string{{"CopyToOptions", "CopyTo", "has the options"}, {"Folder", "FolderProperties", "is one"}}
	write(t, "gen/types.gen.go", "package gen\n\nconst (\n\tOfficeRegionChina OfficeRegion = \"China\"\n"+
		"\tOther Kind = \"other\"\n)\n\n"+
		"// CopyToOptions Where to copy to.\n// And how.\ntype CopyToOptions struct {\n"+
		"\t// Into A folder.\n\tInto *Folder `json:\"into\"`\n\tSecret Secret `json:\"secret\"`\n}\n\n"+
		"// Folder A folder.\ntype Folder struct {\n\tLinks Links `json:\"_links\"`\n\tItems map[string][]Item `json:\"items\"`\n}\n")
	aliases = [][3]string{{"Secret", "", "is one"}, {"OfficeRegion", "Region", "is another"}}
	got, err := makeTypes("gen", "api")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"// Secret is one.\ntype Secret = gen.Secret\n",
		"type OfficeRegion = gen.OfficeRegion\n",
		"const (\n\tRegionChina = gen.OfficeRegionChina\n)\n",
		"// CopyTo has the options.\n// A zero field is not sent, and the server uses its default.\n// And how.\n" +
			"type CopyTo struct {\n\t// A folder.\n\tInto   *FolderProperties " +
			"`json:\"into\"`\n",
		"\tSecret Secret            `json:\"secret\"`\n",
		"\tItems map[string][]gen.Item `json:\"items\"`\n",
		"func (o *FolderProperties) completeLinks(complete func(string) string) {\n\tfor name, link := range o.Links {\n",
		"func (o CopyTo) LogValue() slog.Value {",
		"func (o CopyTo) body() map[string]any {\n\treturn propertiesOf(gen.CopyToOptions{\n",
		"Into:   (*gen.Folder)(o.Into),\n",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	names = append(names, [3]string{"Missing", "Missing", "is none"})
	if _, err := makeTypes("gen", "api"); err == nil {
		t.Error("a type that is missing is no error")
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
