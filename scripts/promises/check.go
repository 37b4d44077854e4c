package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A problem is something to correct in a document.
type problem struct {
	file string
	line int
	text string
}

func (p problem) String() string { return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.text) }

// words make a promise, in prose outside code.
var words = regexp.MustCompile(
	`(?i)\b(all of|always|at most|byte for byte|every|everything|exactly|guarantees?|however \w+|` +
		`never|no more than|nothing|only (?:after|if)|sent once|twice|whatever)\b`)

// promising reports whether such a word needs a reference in a Markdown document, and whether its Go code must be in a
// test: in the README and the handbook. Package comments need references, too, except those of programs that only
// maintainers run.
func promising(name string) bool { return name == "README.md" || path.Dir(name) == "docs" }

const maintainers = "scripts"

// facts is the record of what is known of the API. Its sections have anchors, and other files cite them: the file and
// an anchor, and more of them after commas.
const facts = "spec/FACTS.md"

var (
	testName   = `(?:Test|Fuzz)[A-Z0-9_]\w*(?:/[\w-]+)?`
	script     = `scripts/[\w./-]+`
	goRefers   = regexp.MustCompile(`\[(` + testName + `|` + script + `)\]`)
	mdRefers   = regexp.MustCompile(`\]\[([^\]]+)\]`)
	definition = regexp.MustCompile(`^\[([^\]]+)\]: +(\S+)(?: +"(.*)")?$`)
	inlineCode = regexp.MustCompile("`[^`]*`")
	anchor     = regexp.MustCompile(`<a id="([^"]+)">`)
	citation   = regexp.MustCompile(path.Base(facts) + `(?:,?[\s/]*#\w+(?:\.\d+)*)+`)
	ownLink    = regexp.MustCompile(`\]\(#[^)]+\)`)
	cited      = regexp.MustCompile(`#(\w+(?:\.\d+)*)`)
	goCode     = regexp.MustCompile("(?ms)^```go\n(.*?)^```")
	indent     = regexp.MustCompile(`(?m)^[\t ]+`)
)

// notOurs are folders of other people's files, and of what only tests read.
var notOurs = []string{"node_modules", "testdata", "venv"}

// A tree is a checkout.
type tree struct {
	files    fs.FS
	tests    map[string][]string // the test functions of each test file
	testCode string              // of all test files, without indentation
	ci       string              // what CI runs: both levels
	problems []problem
}

// check reads the Markdown documents and the Go files of a checkout and returns what is wrong with them.
func check(files fs.FS) ([]problem, error) {
	t := &tree{files: files, tests: map[string][]string{}}
	for _, level := range []string{".ci/run", ".ci/full"} {
		ci, err := fs.ReadFile(files, level)
		if err != nil {
			return nil, err
		}
		t.ci += string(ci)
	}
	var documents, sources, tests []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." &&
			(strings.HasPrefix(entry.Name(), ".") || slices.Contains(notOurs, entry.Name())):
			return fs.SkipDir
		case strings.HasSuffix(name, "_test.go"):
			tests = append(tests, name)
			return t.readTests(name)
		case strings.HasSuffix(name, ".go"):
			sources = append(sources, name)
		case strings.HasSuffix(name, ".md"):
			documents = append(documents, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range documents {
		if err := t.checkMarkdown(name); err != nil {
			return nil, err
		}
	}
	for _, name := range sources {
		if err := t.checkGo(name); err != nil {
			return nil, err
		}
	}
	if err := t.checkCitations(slices.Concat(documents, sources, tests)); err != nil {
		return nil, err
	}
	return t.problems, nil
}

// checkCitations looks for the anchors of the record that files cite.
func (t *tree) checkCitations(names []string) error {
	anchors := map[string]bool{}
	if slices.Contains(names, facts) {
		text, err := fs.ReadFile(t.files, facts)
		if err != nil {
			return err
		}
		for _, match := range anchor.FindAllSubmatch(text, -1) {
			anchors[string(match[1])] = true
		}
	}
	for _, name := range names {
		text, err := fs.ReadFile(t.files, name)
		if err != nil {
			return err
		}
		form := citation
		if name == facts {
			form = ownLink
		}
		for _, at := range form.FindAllIndex(text, -1) {
			for _, match := range cited.FindAllSubmatch(text[at[0]:at[1]], -1) {
				if !anchors[string(match[1])] {
					t.problem(name, 1+bytes.Count(text[:at[0]], []byte("\n")), "there is no %s#%s", facts, match[1])
				}
			}
		}
	}
	return nil
}

// readTests lists the test functions of a file.
func (t *tree) readTests(name string) error {
	source, err := fs.ReadFile(t.files, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.tests[name] = []string{}
	t.testCode += indent.ReplaceAllString(string(source), "")
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil {
			t.tests[name] = append(t.tests[name], function.Name.Name)
		}
	}
	return nil
}

func (t *tree) problem(file string, line int, format string, args ...any) {
	t.problems = append(t.problems, problem{file, line, fmt.Sprintf(format, args...)})
}

// checkMarkdown checks the references of a document and, if it promises something, that they are there and that tests
// have its code.
func (t *tree) checkMarkdown(name string) error {
	text, err := fs.ReadFile(t.files, name)
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	defined, used := map[string]int{}, map[string]bool{} // the lines of the definitions
	for i, line := range lines {
		match := definition.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		label, target, title := match[1], path.Join(path.Dir(name), match[2]), match[3]
		defined[label] = i + 1
		lines[i] = ""
		switch {
		case title != label:
			t.problem(name, i+1, "the title of [%s] is %q, not its name", label, title)
		case strings.HasPrefix(label, maintainers+"/"):
			if target != label {
				t.problem(name, i+1, "[%s] links to %s", label, target)
			}
			t.checkScript(name, i+1, label)
		default:
			named := func(file string) bool { return file == target }
			if _, subtest, ok := strings.Cut(label, "/"); ok { // the link is to the script
				named = func(file string) bool { return scriptOf(file, subtest) == target }
			}
			t.checkTest(name, i+1, label, named, target)
		}
	}
	for _, at := range goCode.FindAllSubmatchIndex(text, -1) {
		code := indent.ReplaceAllString(string(text[at[2]:at[3]]), "")
		if promising(name) && !strings.Contains(t.testCode, code) {
			t.problem(name, 1+bytes.Count(text[:at[2]], []byte("\n")), "no test has this code")
		}
	}
	for _, b := range blocks(lines) {
		references := mdRefers.FindAllStringSubmatch(b.prose, -1)
		for _, reference := range references {
			if _, ok := defined[reference[1]]; !ok {
				t.problem(name, b.line, "[%s] is not defined at the end", reference[1])
			}
			used[reference[1]] = true
		}
		if promising(name) && len(references) == 0 {
			t.checkPromise(name, b)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(defined)) {
		if !used[label] {
			t.problem(name, defined[label], "[%s] is defined but not used", label)
		}
	}
	return nil
}

// checkGo checks the references of the comments of a file and, in its package comment, that they are there.
func (t *tree) checkGo(name string) error {
	source, err := fs.ReadFile(t.files, name)
	if err != nil {
		return err
	}
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if ast.IsGenerated(file) {
		return nil
	}
	for _, group := range file.Comments {
		first := positions.Position(group.Pos()).Line
		var lines []string
		for _, comment := range group.List {
			for line := range strings.SplitSeq(comment.Text, "\n") {
				lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line, "//"), " "))
			}
		}
		for _, b := range blocks(lines) {
			b.line += first - 1
			references := goRefers.FindAllStringSubmatch(b.prose, -1)
			for _, reference := range references {
				if strings.HasPrefix(reference[1], maintainers+"/") {
					t.checkScript(name, b.line, reference[1])
					continue
				}
				own := func(file string) bool { return path.Dir(file) == path.Dir(name) }
				t.checkTest(name, b.line, reference[1], own, path.Dir(name))
			}
			if group == file.Doc && !strings.HasPrefix(name, maintainers+"/") && len(references) == 0 {
				t.checkPromise(name, b)
			}
		}
	}
	return nil
}

// checkTest looks for a test in the files that may have it, and for its script if it has a slash.
func (t *tree) checkTest(name string, line int, label string, mayHave func(file string) bool, where string) {
	function, subtest, hasSubtest := strings.Cut(label, "/")
	for file, functions := range t.tests {
		if !mayHave(file) || !slices.Contains(functions, function) {
			continue
		}
		if !hasSubtest {
			return
		}
		if _, err := fs.Stat(t.files, scriptOf(file, subtest)); err == nil {
			return
		}
	}
	t.problem(name, line, "there is no test %s in %s", label, where)
}

// scriptOf is the script of testscript that a test file runs as a subtest.
func scriptOf(testFile, subtest string) string {
	return path.Join(path.Dir(testFile), "testdata", subtest+".txtar")
}

// checkScript looks for a script and for CI running it.
func (t *tree) checkScript(name string, line int, script string) {
	if _, err := fs.Stat(t.files, script); err != nil {
		t.problem(name, line, "there is no %s", script)
		return
	}
	if !regexp.MustCompile(`(?m)^\t?step .*\b` + regexp.QuoteMeta(script) + `(?: |$)`).MatchString(t.ci) {
		t.problem(name, line, "neither .ci/run nor .ci/full runs %s", script)
	}
}

// checkPromise reports a block that promises something.
func (t *tree) checkPromise(name string, b block) {
	if word := words.FindString(b.prose); word != "" {
		t.problem(name, b.line, "%q is a promise: refer to the test that shows it, or say less", word)
	}
}

// A block is a paragraph, a heading, an item of a list or a row of a table, without what is code in it.
type block struct {
	line  int // of its beginning
	prose string
}

var (
	item   = regexp.MustCompile(`^ *(?:[-*]|\d+\.) `)
	single = regexp.MustCompile(`^(?:#|\|)`)
)

// blocks divides Markdown, or the text of a Go comment, into its blocks. Code is left out.
func blocks(lines []string) []block {
	var all []block
	open, fenced := false, false
	for i, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence {
			fenced = !fenced
		}
		if fence || fenced || strings.TrimSpace(line) == "" || strings.HasPrefix(line, "\t") {
			open = false
			continue
		}
		if !open || item.MatchString(line) || single.MatchString(line) {
			all = append(all, block{line: i + 1})
		}
		last := &all[len(all)-1]
		last.prose += strings.TrimSpace(line) + " "
		open = !single.MatchString(line)
	}
	for i := range all {
		all[i].prose = inlineCode.ReplaceAllString(all[i].prose, "`…`")
	}
	return all
}
