package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"
)

type manCommand struct {
	Directory string `arg:"" type:"path" help:"Directory to write to. It is created if it does not exist."`
}

// Run writes a page for the program and one for each command.
func (c *manCommand) Run(parsed *kong.Context) error {
	if err := os.MkdirAll(c.Directory, 0o755); err != nil {
		return usageError{err}
	}
	app := parsed.Model
	pages := map[*kong.Node][]byte{app.Node: mainPage(app)}
	for _, command := range app.Leaves(true) {
		pages[command] = commandPage(command)
	}
	for node, content := range pages {
		name := filepath.Join(c.Directory, pageName(node)+".1")
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pageName returns the name of a page, which man finds for "man vbo365 save", too.
func pageName(node *kong.Node) string { return strings.ReplaceAll(node.FullPath(), " ", "-") }

func mainPage(app *kong.Application) []byte {
	var p roff
	p.begin(app.Node, "restore, mail, copy and save backed-up OneDrive folders", "command [options]")
	p.text(about)
	p.section("COMMANDS")
	for _, command := range app.Leaves(true) {
		p.line(".TP\n.BR %s (1)", escapeRoff(pageName(command)))
		p.text(command.Help)
	}
	p.section("FILES")
	p.line(".TP\n.I vbo365/config.yaml")
	p.text("The servers that \"vbo365 config\" keeps, in the directory of the user for configuration: ~/.config on Linux. " +
		"\"vbo365 config path\" prints the path, and \"vbo365 config init\" explains the keys.")
	p.end()
	return p.Bytes()
}

func commandPage(command *kong.Node) []byte {
	var p roff
	p.begin(command, strings.ToLower(command.Help[:1])+strings.TrimSuffix(command.Help[1:], "."),
		strings.TrimPrefix(command.Summary(), command.Path()))
	p.text(command.Help)
	if len(command.Positional) > 0 {
		p.section("ARGUMENTS")
	}
	for _, argument := range command.Positional {
		p.line(".TP\n.I %s", escapeRoff(argument.Name))
		p.text(argument.Help)
	}
	p.section("OPTIONS")
	for _, flag := range allFlags(command) {
		p.line(".TP")
		name := "\\fB" + escapeRoff("--"+flag.Name) + "\\fR"
		if flag.Tag.Negatable != "" {
			name += ", \\fB" + escapeRoff("--no-"+flag.Name) + "\\fR"
		}
		if flag.Short != 0 {
			name = "\\fB" + escapeRoff("-"+string(flag.Short)) + "\\fR, " + name
		}
		if !flag.IsBool() {
			name += "=\\fI" + escapeRoff(flag.FormatPlaceHolder()) + "\\fR"
		}
		p.line("%s", name)
		p.text(kong.DefaultHelpValueFormatter(flag.Value))
	}
	if text := examples[command.Path()]; text != "" {
		p.section("EXAMPLES")
		p.line(".EX")
		for line := range strings.Lines(text) {
			p.line("%s", escapeRoff(strings.TrimSuffix(line, "\n")))
		}
		p.line(".EE")
	}
	p.end()
	p.section("SEE ALSO")
	p.line(".BR vbo365 (1)")
	return p.Bytes()
}

// roff is a manual page in the macros of man(7).
type roff struct{ bytes.Buffer }

func (p *roff) begin(node *kong.Node, purpose, synopsis string) {
	b := thisBuild()
	date, _, _ := strings.Cut(b.CommitTime, "T")
	name := escapeRoff(pageName(node))
	p.line(".TH %s 1 \"%s\" \"%s\"\n.ad l", strings.ToUpper(name), date, escapeRoff("vbo365 "+b.Version))
	p.section("NAME")
	p.line(`%s \- %s`, name, escapeRoff(purpose))
	p.section("SYNOPSIS")
	p.line(".B %s\n%s", escapeRoff(node.FullPath()), escapeRoff(strings.TrimSpace(synopsis)))
	p.section("DESCRIPTION")
}

func (p *roff) end() {
	p.section("EXIT STATUS")
	p.text(exitStatuses)
}

func (p *roff) section(name string) { p.line(".SH %s", name) }

// text writes paragraphs, which are separated by empty lines.
func (p *roff) text(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		p.line("%s", escapeRoff(strings.ReplaceAll(paragraph, "\n", " ")))
	}
}

func (p *roff) line(format string, args ...any) { _, _ = fmt.Fprintf(p, format+"\n", args...) }

// escapeRoff returns text that a formatter prints as it is.
func escapeRoff(text string) string {
	var escaped strings.Builder
	for i, r := range text {
		switch {
		case r == '\\':
			escaped.WriteString(`\e`)
		case r == '-':
			escaped.WriteString(`\-`)
		case r == '\'' || r == '.' && i == 0:
			escaped.WriteString(`\&` + string(r))
		case r > unicode.MaxASCII:
			_, _ = fmt.Fprintf(&escaped, `\[u%04X]`, r)
		default:
			escaped.WriteRune(r)
		}
	}
	return escaped.String()
}
