package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// result is what came of a row.
type result struct {
	row     row
	version string
	outcome outcome
}

// entry is a row of spec/generators.json.
type entry struct {
	Row          string         `json:"row"`
	Language     string         `json:"language"`
	Tool         string         `json:"tool"`
	Version      string         `json:"version"`
	APIVersion   string         `json:"apiVersion"`
	Document     string         `json:"document"`
	Generated    bool           `json:"generated"`
	Compiled     bool           `json:"compiled"`
	Patched      bool           `json:"patched"` // before it was compiled
	Login        bool           `json:"login"`
	Actions      map[check]bool `json:"actions"`
	Streams      bool           `json:"streams"`
	SaveBody     bool           `json:"saveBody"`
	Unauthorized bool           `json:"unauthorized"`
	ServerError  bool           `json:"serverError"`
	OK           bool           `json:"ok"` // all of it
	Limits       []string       `json:"limits"`
}

// actions are the checks of single actions, in the order of their columns.
var actions = []check{restoreToOriginalLocation, sendTo, copyTo, save, saveOneDrive, saveDocument}

// entry makes the entry of a result.
func (r result) entry() entry {
	e := entry{
		Row:          r.row.Name,
		Language:     r.row.Language,
		Tool:         r.row.Tool,
		Version:      r.version,
		APIVersion:   r.row.APIVersion,
		Document:     r.row.document(),
		Generated:    r.outcome.passed(generated),
		Compiled:     r.outcome.passed(compiled),
		Patched:      r.row.Patched != "",
		Login:        r.outcome.passed(login),
		Actions:      map[check]bool{},
		Streams:      r.outcome.passed(streams),
		SaveBody:     r.outcome.passed(saveBody),
		Unauthorized: r.outcome.passed(unauthorized),
		ServerError:  r.outcome.passed(serverError),
		OK:           true,
		Limits:       []string{},
	}
	if e.Patched {
		e.Limits = append(e.Limits, r.row.Patched)
	}
	e.Limits = append(e.Limits, r.row.Limits...)
	for _, action := range actions {
		e.Actions[action] = r.outcome.passed(action)
	}
	for _, c := range checks {
		e.OK = e.OK && r.outcome.passed(c)
		if reason := r.row.Fails[r.row.APIVersion][c]; reason != "" && !slices.Contains(e.Limits, reason) {
			e.Limits = append(e.Limits, reason)
		}
	}
	return e
}

// writeReport writes generators.json and GENERATORS.md in a folder. With keep, the rows that are there and not among the
// results stay.
func writeReport(folder string, results []result, keep bool) error {
	jsonFile := filepath.Join(folder, "generators.json")
	entries := []entry{}
	if keep {
		before, err := os.ReadFile(jsonFile)
		if err == nil {
			err = json.Unmarshal(before, &entries)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w", jsonFile, err)
		}
	}
	for _, r := range results {
		entries = slices.DeleteFunc(entries,
			func(e entry) bool { return e.Row == r.row.Name && e.APIVersion == r.row.APIVersion })
		entries = append(entries, r.entry())
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.Row, b.Row), strings.Compare(a.APIVersion, b.APIVersion))
	})

	var document bytes.Buffer
	encoder := json.NewEncoder(&document)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(entries); err != nil {
		return err
	}
	if err := os.WriteFile(jsonFile, document.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "GENERATORS.md"), []byte(markdown(entries)), 0o644)
}

// introduction explains the table.
const introduction = `<!-- Written by scripts/conformance; do not edit. -->

# Generators

What clients do that were generated from this project's OpenAPI document. For each row whose client compiles, a short program in
that language logged in to the simulator, restored, mailed, copied and saved a folder with the generated client, saved a whole
OneDrive and a document as it is, and was refused with 401 and 500. In v8, it followed the sessions of the restore and the copy
to their end. A row that says **no** for *compiled* was not run. ` + "`make conformance`" + ` does it all again and writes this page. The programs are in
[scripts/conformance/rows](../scripts/conformance/rows), and the same rows for machines in
[generators.json](generators.json).

| column | yes means |
|---|---|
| generated | The tool made a client. |
| compiled | It compiles, or passes the type checker, with the program that uses it; *patched*, after a repair. |
| login, restore, send, copy, save, drive, document | Exactly one request arrived, as the document describes it, and had its effect. |
| restore, copy | The files are those of the backup, and the program knows how many the server says it wrote. In v8 it read the session until that was stopped, then its statistics. |
| send, save, drive | The files in the attachment, or in the archive of the folder or the OneDrive, are those of the backup. |
| document | The document was asked for without an archive, and its bytes are those of the backup. |
| body | All saves of folders and OneDrives were ` + "`{\"save\":null}`" + ` on the wire up to v5, and had no body from v6 on. |
| streams | To save 256 MiB took less than half of that in memory. |
| 401, 500 | The program knows the status, after 500 the server's message, too, and no file was left behind. |
`

// withoutRow tells of generators that were tried, with the slices of v5 and v8, and have no row.
const withoutRow = `
## Without a row

Generators of openapi-generator 7.25.0 that made clients of the documents of v5 and v8, and what keeps these from a row.
The toolchains were those of Debian 12.

- **cpp-boost-beast-client**: an enum is a class without a value, sent as ` + "`{}`" + `; all four members of an action are
  sent, those that are not set as null.
- **c**: the client does not compile: ` + "`AuthorizationAPI.c` has `return Array[];`" + ` for the enum of the form. Up to v5, an
  action is made only with all four members.
- **elixir**: the client needs Elixir 1.18 for its ` + "`JSON`" + `, and Debian has 1.14. It needs Tesla of the registry Hex, which
  was out of reach.
- **haskell-http-client**: the client does not compile: its operations name the type ` + "`AuthBasicBearerAuth`" + `, which is
  missing. Up to v5, an action is a record whose four members are all required.
- **lua**: the client sends a log-in as ` + "`application/json`" + `, no operation sends the access token, and a saved archive is
  decoded as JSON.
- **scala-sttp** and **scala-sttp4**: the modules of sttp for JSON that their clients ask for, ` + "`json4s_2.13`" + ` 3.3.18 and
  4.0.15, were not found in Maven Central.
- **scala-sttp4-jsoniter**: up to v5, an action is a class whose four members are all required. It was not compiled.
- Dart, Swift, PowerShell and Kiota: Debian has no toolchain for them; Kiota takes .NET.
`

// markdown makes the page.
func markdown(entries []entry) string {
	var page strings.Builder
	page.WriteString(introduction)
	languages := map[string]bool{}
	good, newest := 0, 0
	for _, e := range entries {
		if e.OK {
			good++
			if e.APIVersion == "v8" {
				newest++
			}
			languages[e.Language] = true
		}
	}
	_, _ = fmt.Fprintf(&page, "\nAll of it holds for %d of %d rows, in %d languages; %d of these rows are of v8.\n\n",
		good, len(entries), len(languages), newest)
	columns := []string{
		"row", "API", "document", "language", "tool",
		"generated", "compiled", "login", "restore", "send", "copy", "save", "drive", "document", "body",
		"streams", "401", "500",
	}
	page.WriteString("| " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, e := range entries {
		cells := []string{e.Row, e.APIVersion, "`" + e.Document + "`", e.Language, e.Tool + " " + e.Version}
		columns := []bool{e.Generated, e.Compiled, e.Login}
		for _, action := range actions {
			columns = append(columns, e.Actions[action])
		}
		for _, passed := range append(columns, e.SaveBody, e.Streams, e.Unauthorized, e.ServerError) {
			cell := "**no**"
			if passed {
				cell = "yes"
			}
			cells = append(cells, cell)
		}
		if e.Compiled && e.Patched {
			cells[6] = "patched"
		}
		page.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	page.WriteString("\n## Good to know\n")
	told := map[string]bool{}
	for _, e := range entries {
		if !told[e.Row] {
			_, _ = fmt.Fprintf(&page, "\n**%s**\n\n", e.Row)
			told[e.Row] = true
		}
		for _, limit := range e.Limits {
			if !told[e.Row+limit] {
				page.WriteString("- " + limit + "\n")
				told[e.Row+limit] = true
			}
		}
	}
	page.WriteString(withoutRow)
	return page.String()
}
