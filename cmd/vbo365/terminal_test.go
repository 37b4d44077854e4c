package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestNamesOnATerminal lists names that would control a terminal, or be shown as another name. On a terminal they are
// escaped in results and messages. Elsewhere text and JSON are exact.
func TestNamesOnATerminal(t *testing.T) {
	t.Parallel()
	const evil, escaped = "a\x1b[2J\nb\u202ec", `a\x1b[2J\nb\u202ec`
	backup := []apitest.RestorePoint{{Time: time.Now().Add(-time.Hour), FS: fstest.MapFS{
		"Documents/" + evil + ".txt":        {Data: []byte("content")},
		"Documents/Träume \"1\\2\" 日本語.txt": {},
	}}}
	server := apitest.NewServer(t, apitest.Config{Organizations: []apitest.Organization{{
		Name:      "org " + evil,
		OneDrives: []apitest.OneDrive{{Owner: "alice@example.com", Name: "Alice " + evil, Backup: backup}},
	}}})
	// The restore finds a directory in the place of the document. Systems that cannot make this directory cannot make
	// such a document.
	_ = os.MkdirAll(filepath.Join(server.Drives()[0].Production, "Documents", evil+".txt"), 0o750)
	flags := flags(t, server)
	do := func(onTerminal bool, args ...string) (out, messages string) {
		t.Helper()
		printed, said := &page{terminal: onTerminal}, &page{terminal: onTerminal}
		run(t.Context(), append(args, flags...), terminal{in: os.Stdin, out: printed, err: said})
		return printed.String(), said.String()
	}
	const folder, path = "--owner=Alice " + evil, "--path=Documents"
	for _, args := range [][]string{
		{"orgs"},
		{"drives"},
		{"sessions"},
		{"ls", folder, path},
		{"tree", folder, path},
		{"restore", folder, path, "--user-code", "CODE"},
		{"save", folder, path, "--extract", evil + "/x"}, // the message names the directory
		{"ls", folder, "--path=Documents/" + evil},
		{"ls", evil},
	} {
		out, messages := do(true, args...)
		text := out + strings.ReplaceAll(messages, "\r\x1b[K", "")
		if !strings.Contains(text, escaped) || strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%q on a terminal: %q", args, text)
		}
		out, messages = do(false, args...)
		if text := out + messages; !strings.Contains(text, evil) && !strings.Contains(text, escaped) {
			t.Errorf("%q elsewhere: %q", args, out+messages)
		}
	}
	if out, _ := do(true, "tree", folder, path); !strings.Contains(out, "Träume \"1\\2\" 日本語.txt\n") {
		t.Errorf("a name that is all visible: %q", out)
	}
	out, _ := do(false, "tree", folder, path)
	if !strings.Contains(out, "\n"+evil+".txt\n") && !strings.HasPrefix(out, evil+".txt\n") {
		t.Errorf("piped: %q", out)
	}
	out, _ = do(true, "tree", folder, path, "--json")
	if !strings.Contains(out, `"path":"a\u001b[2J\nb`+"\u202e"+`c.txt"`) {
		t.Errorf("JSON: %q", out)
	}
}
