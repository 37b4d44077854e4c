package main

import (
	"cmp"
	"encoding/json"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/vbo365/vbo365-go/api"
)

type versionCommand struct {
	JSON bool `name:"json" help:"Write one JSON object."`
}

// Run prints the version of this program.
func (c *versionCommand) Run(t terminal) error {
	b := thisBuild()
	text := &page{terminal: isTerminal(t.out)}
	if c.JSON {
		if err := json.NewEncoder(text).Encode(b); err != nil {
			return err
		}
	} else {
		b.print(text)
	}
	return t.publish(t.out, text.Bytes())
}

// A build says what this program was built from. The times and the commit are empty if it was not built in a checkout.
type build struct {
	line

	Version     string   `json:"version"`
	Commit      string   `json:"commit"`
	CommitTime  string   `json:"commitTime"`
	Modified    bool     `json:"modified"` // the checkout had changes
	Go          string   `json:"go"`
	Platform    string   `json:"platform"`
	APIVersions []string `json:"apiVersions"`
}

// thisBuild reads what the Go tool has written into the program.
func thisBuild() build {
	b := build{
		line: line{schemaVersion, "build"}, Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	for _, version := range api.Versions() {
		b.APIVersions = append(b.APIVersions, version.String())
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = cmp.Or(info.Main.Version, b.Version)
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.CommitTime = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

func (b build) print(out io.Writer) {
	_ = printf(out, "vbo365 %s\n", b.Version)
	if b.Commit != "" {
		changed := ""
		if b.Modified {
			changed = ", with changes"
		}
		_ = printf(out, "commit:       %s of %s%s\n", b.Commit, b.CommitTime, changed)
	}
	_ = printf(out, "built with:   %s for %s\n", b.Go, b.Platform)
	_ = printf(out, "API versions: %s\n", strings.Join(b.APIVersions, ", "))
}
