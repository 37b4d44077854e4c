//go:build unix

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	checkout  = "../.." // of this project
	python    = "scripts/quickstart.sh"
	firstPage = "docs/README.md" // what the other pages of the handbook begin with
)

// elsewhere are the commands of the documents that TestHandbook leaves out, with the script that runs them: they need
// the network, or other tools.
var elsewhere = map[string]string{
	"git clone https://github.com/vbo365/vbo365-go && cd vbo365-go": ".ci/run", // which begins in a checkout
	"go install ./cmd/vbo365":                   "scripts/quickstart.sh",
	"go run ./cmd/vbo365 demo":                  ".ci/run",
	"go test ./...":                             ".ci/run",
	"pip install openapi-python-client==0.29.1": "scripts/quickstart.sh",
	"openapi-python-client generate --path spec/dist/openapi.v8.yaml --meta none --output-path vbo365": python,
	"python save.py": python,
}

var write = flag.Bool("write", false, "rewrite the output and the picture that the documents show")

// TestHandbook runs the commands of the README and of each page of the handbook in a directory of their own, with their
// own simulator, and compares their output with the page. A block of sh is commands. A block of text directly after it
// is their output. A page of the handbook begins with the commands of docs/README.md.
func TestHandbook(t *testing.T) {
	t.Parallel()
	texts := handbook(t)
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reader := newReader(t)
			if strings.HasPrefix(name, "docs/") && name != firstPage {
				if _, err := reader.follow(texts[firstPage]); err != nil {
					t.Fatalf("%s:%v", firstPage, err)
				}
			}
			shown, err := reader.follow(text)
			if err != nil {
				t.Fatalf("%s:%v", name, err)
			}
			check(t, name, shown)
			if name == pictured {
				check(t, pictureFile, picture(shown))
			}
		})
	}
}

// check compares a file with what it should be, and rewrites it with -write.
func check(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(checkout, name))
	if err == nil && string(got) == want {
		return
	}
	if !*write {
		t.Fatalf("%s shows another output; go test -run TestHandbook -write ./cmd/vbo365 corrects it\n%s", name,
			cmp.Diff(strings.Split(string(got), "\n"), strings.Split(want, "\n")))
	}
	if err := os.WriteFile(filepath.Join(checkout, name), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// handbook returns the README and the pages of the handbook, by their names.
func handbook(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"README.md", "docs/*.md"} {
		names, err := fs.Glob(os.DirFS(checkout), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(checkout, name))
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
	return texts
}

// TestHandbookElsewhere shows that the documents have the commands that run elsewhere, and that these scripts exist.
func TestHandbookElsewhere(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, text := range handbook(t) {
		lines = append(lines, strings.Split(text, "\n")...)
	}
	for command, script := range elsewhere {
		if !slices.Contains(lines, command) {
			t.Errorf("no document has the command %q", command)
		}
		if _, err := os.Stat(filepath.Join(checkout, script)); err != nil {
			t.Error(err)
		}
	}
}

// TestHandbookLinks finds links of the documents to files and headings that do not exist.
func TestHandbookLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	other := regexp.MustCompile(`[^\pL\pN -]`)
	texts := handbook(t)
	for name, text := range texts {
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			file, anchor := match[1], match[2]
			if strings.Contains(file, "://") {
				continue
			}
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join(checkout, target)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			var anchors []string
			for _, title := range heading.FindAllStringSubmatch(texts[target], -1) {
				anchors = append(anchors, strings.ReplaceAll(other.ReplaceAllString(strings.ToLower(title[1]), ""), " ", "-"))
			}
			if _, ok := texts[target]; ok && anchor != "" && !slices.Contains(anchors, anchor) {
				t.Errorf("%s: %s has no heading %s", name, target, anchor)
			}
		}
	}
}

// TestHandbookFails shows what makes TestHandbook fail.
func TestHandbookFails(t *testing.T) {
	t.Parallel()
	const simulator = "```sh\nvbo365 simulate --backup .\n```\n"
	for name, test := range map[string]struct{ page, want, err string }{
		"a command that fails": {
			page: "It\n\n```sh\necho a\nvbo365 save --at never\n```\n", err: "3: the commands failed:\na\nvbo365: ",
		},
		"in the middle": {page: "```sh\nfalse\necho b\n```\n", err: "1: the commands failed:\n"},
		"a simulator":   {page: "```sh\nvbo365 simulate --data nowhere\n```\n", err: "1: the simulator failed: "},
		"an address":    {page: "```sh\nvbo365 orgs --server https://127.0.0.1:4443\n```\n", err: "1: the commands failed:"},
		"other output":  {page: "```sh\necho a\n```\n\n```text\nb\n```\n", want: "```sh\necho a\n```\n\n```text\na\n```\n"},
		"more output": {
			page: "```sh\nseq 2\n```\n```text\n1\n```\n", want: "```sh\nseq 2\n```\n```text\n1\n2\n```\n",
		},
		"an abridged line": {
			page: "```sh\necho a b; echo c\n```\n```text\na…\nd\n```\n",
			want: "```sh\necho a b; echo c\n```\n```text\na…\nc\n```\n",
		},
		"of another": {page: "```sh\necho a\n```\n\nIt\n\n```text\nb\n```\n"},
		"what varies": {page: "```sh\necho 1d0f9f0e-3f63-4c3f-9d2a-0c7e0c1f4a11 2027-02-03 10:11:12 UTC\n```\n\n" +
			"```text\n00000000-3f63-4c3f-9d2a-0c7e0c1f4a11 2028-01-01 00:00:00 UTC\n```\n"},
		"what is left out": {page: "```sh\nprintf 'a b c\\nd\\ne\\nf\\n'\n```\n```text\na … c\n…\nf\n```\n"},
		"the address in output": {page: simulator + "```sh\necho https://127.0.0.1:4443 9f86d081…\n```\n" +
			"```text\nhttps://127.0.0.1:4443 9f86d081…\n```\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown, err := newReader(t).follow(test.page)
			if test.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.err) {
					t.Errorf("error %v, want %s", err, test.err)
				}
				return
			}
			want := test.page
			if test.want != "" {
				want = test.want
			}
			if err != nil || shown != want {
				t.Errorf("%v: %s, want %s", err, shown, want)
			}
		})
	}
}

// A reader does what a page says, in a shell. Another shell has the simulator, until the page starts the next one.
type reader struct {
	dir       string
	env       []string
	in        io.Writer
	out       *bufio.Reader
	stop      func() error // ends the simulator
	simulated struct {
		URL         string `json:"url"`
		Fingerprint string `json:"fingerprint"`
	}
}

// newReader returns a reader in a new directory, which is the home directory, too, and has a copy of the folder docs.
func newReader(t *testing.T) *reader {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "docs"), os.DirFS(filepath.Join(checkout, "docs"))); err != nil {
		t.Fatal(err)
	}
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "VBO365_") || strings.HasPrefix(variable, "XDG_")
	})
	r := &reader{
		dir: dir, env: append(env, "HOME="+dir, "TMPDIR="+t.TempDir(), "TZ=UTC", "LC_ALL=C.UTF-8", "VBO365_ATTEMPTS=1"),
		stop: func() error { return nil },
	}
	shell := r.shell("-e")
	in, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	shell.Stderr = shell.Stdout
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	r.in, r.out = in, bufio.NewReader(out)
	t.Cleanup(func() {
		_ = in.Close()
		_ = shell.Wait() // its failure has been seen
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *reader) shell(args ...string) *exec.Cmd {
	shell := exec.CommandContext(context.Background(), "sh", args...)
	shell.Dir, shell.Env = r.dir, r.env
	return shell
}

var (
	fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```\n")

	// varying is what differs from one run to the next: ids, beginnings of digests, addresses of simulators, and times.
	varying = []*regexp.Regexp{
		regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:[0-9a-f-]{36})?`),
		regexp.MustCompile(`[0-9a-f]{8}…`),
		regexp.MustCompile(`127\.0\.0\.1:\d+`),
		regexp.MustCompile(`20\d\d-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?`),
	}
)

// fixed are what the times of the practice data and the fingerprint of the simulator begin with in the documents.
var fixed = regexp.MustCompile(`^(?:2026-01-|9f86d081…)`)

// short is the part of a digest or of a long id that a page shows.
var short = regexp.MustCompile(`([0-9a-f]{8})(?:[0-9a-f]{56}|-[0-9a-f-]{63})`)

// general replaces what varies.
func general(output string) string {
	for _, form := range varying {
		output = form.ReplaceAllStringFunc(output, func(s string) string {
			if fixed.MatchString(s) {
				return s
			}
			return form.String()
		})
	}
	return output
}

// shows reports whether a block of a page shows an output: an ellipsis stands for a part of a line, and a line with
// nothing else for any lines.
func shows(block, output string) bool {
	form := regexp.QuoteMeta(general(block))
	form = regexp.MustCompile(`(?m)^…\n`).ReplaceAllLiteralString(form, `(?:.*\n)*`)
	form = strings.ReplaceAll(form, "…", ".*")
	return regexp.MustCompile("^" + form + "$").MatchString(general(output))
}

// follow runs the commands of a page, and returns the page with their output.
func (r *reader) follow(page string) (string, error) {
	shown, output, end := "", "", 0
	ran := false // the last block, and its output is known
	for _, at := range fence.FindAllStringSubmatchIndex(page, -1) {
		between := page[end:at[0]]
		language, code := page[at[2]:at[3]], page[at[4]:at[5]]
		end = at[1]
		shown += between
		block := page[at[0]:at[1]]
		switch directly := strings.TrimSpace(between) == ""; {
		case language == "sh":
			var err error
			if output, err = r.run(code); err != nil {
				return "", fmt.Errorf("%d: %w", 1+strings.Count(page[:at[0]], "\n"), err)
			}
		case language == "text" && ran && directly && !shows(code, output):
			block = "```text\n" + abridged(output, code) + "```\n"
		}
		ran = language == "sh"
		shown += block
	}
	return shown + page[end:], nil
}

// abridged returns the output with the lines of the block that still show theirs, because they may leave out parts.
func abridged(output, block string) string {
	old := slices.Collect(strings.Lines(block))
	var text strings.Builder
	for line := range strings.Lines(output) {
		at := slices.IndexFunc(old, func(shown string) bool { return shown != "…\n" && shows(shown, line) })
		if at >= 0 {
			line = old[at]
		}
		text.WriteString(line)
	}
	return text.String()
}

const mark = "-- end of the block --"

// run runs the commands of a block, and returns their output.
func (r *reader) run(commands string) (string, error) {
	lines := slices.DeleteFunc(strings.SplitAfter(commands, "\n"), func(line string) bool {
		_, ok := elsewhere[strings.TrimSuffix(line, "\n")]
		return ok
	})
	commands = strings.Join(lines, "")
	if strings.Contains(commands, "vbo365 simulate") {
		return r.simulate(commands)
	}
	if r.simulated.URL != "" {
		commands = strings.NewReplacer("https://127.0.0.1:4443", r.simulated.URL, "9f86d081…", r.simulated.Fingerprint).
			Replace(commands)
	}
	file := filepath.Join(r.dir, ".block")
	if err := os.WriteFile(file, []byte(commands), 0o600); err != nil {
		return "", err
	}
	// The commands are in a file because they must not read the lines that the shell reads.
	if _, err := fmt.Fprintf(r.in, ". '%s' </dev/null\necho '%s'\n", file, mark); err != nil {
		return "", err
	}
	var output strings.Builder
	for {
		line, err := r.out.ReadString('\n')
		if strings.HasSuffix(line, mark+"\n") {
			output.WriteString(strings.TrimSuffix(line, mark+"\n"))
			break
		}
		output.WriteString(line)
		if err != nil {
			return "", fmt.Errorf("the commands failed:\n%s", output.String())
		}
	}
	return r.asShown(output.String()), nil
}

// asShown replaces what is different for each reader, and shortens what is long.
func (r *reader) asShown(output string) string {
	output = strings.ReplaceAll(output, r.dir, "/home/you")
	if r.simulated.URL != "" {
		output = strings.NewReplacer(r.simulated.URL, "https://127.0.0.1:4443", r.simulated.Fingerprint, "9f86d081…").
			Replace(output)
	}
	return short.ReplaceAllString(output, "$1…")
}

// simulate runs the commands of a block that ends with the start of a simulator, in a shell of their own.
func (r *reader) simulate(commands string) (string, error) {
	if err := r.stop(); err != nil {
		return "", err
	}
	commands = strings.ReplaceAll(commands, "vbo365 simulate", "exec vbo365 simulate --listen 127.0.0.1:0")
	shell := r.shell("-ec", commands)
	var messages bytes.Buffer
	shell.Stderr = &messages
	out, err := shell.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := shell.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), &r.simulated)
	}
	if err != nil {
		return "", fmt.Errorf("the simulator failed: %w\n%s", errors.Join(err, shell.Wait()), messages.String())
	}
	r.stop = func() error {
		return errors.Join(shell.Process.Signal(syscall.SIGINT), shell.Wait())
	}
	return r.asShown(line), nil
}
