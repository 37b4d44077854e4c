package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// slowly answers a save with an archive whose second half comes when the test says so.
func slowly(t *testing.T, half func()) http.HandlerFunc {
	t.Helper()
	content := archive(t, strings.Repeat("content ", 100_000))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(content[:len(content)/2])
		_ = http.NewResponseController(w).Flush()
		half()
		_, _ = w.Write(content[len(content)/2:])
	}
}

func partials(t *testing.T, directory string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(directory, ".*"+partialSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestSavedFilesArePrivate looks at the permissions of what is saved, whatever the umask.
func TestSavedFilesArePrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // which has no such permissions
	}
	folder := newFolder(t, slowly(t, func() {}))
	directory := t.TempDir()
	for _, test := range []struct {
		name string
		opts []SaveFileOption
		want fs.FileMode
	}{
		{"new", nil, 0o600},
		{"for the group", []SaveFileOption{WithFileMode(0o640)}, 0o640},
		{"there", nil, 0o664},
		{"there", []SaveFileOption{WithFileMode(0o644)}, 0o644},
	} {
		name := filepath.Join(directory, test.name)
		if test.name == "there" {
			if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Chmod(name, 0o664)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := folder.SaveFile(t.Context(), name, test.opts...); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != test.want {
			t.Errorf("%s: got %v, %v", test.name, info.Mode(), err)
		}
	}
}

// TestPartialFileIsReplaced puts something else in the place of the partial file while it is written.
func TestPartialFileIsReplaced(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // which renames no open file
	}
	move := func(partial string) error { return os.Rename(partial, partial+".moved") }
	for name, replace := range map[string]func(partial, other string) error{
		"by a link": func(partial,
			other string,
		) error {
			return errors.Join(move(partial), os.Symlink(other, partial))
		},
		"by a file": func(partial,
			_ string,
		) error {
			return errors.Join(move(partial), os.WriteFile(partial, nil, 0o600))
		},
		"with nothing": func(partial, _ string) error { return move(partial) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			other := filepath.Join(directory, "other")
			if err := os.WriteFile(other, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
			replaced := make(chan string, 1)
			folder := newFolder(t, slowly(t, func() {
				partial := partials(t, directory)[0]
				if err := replace(partial, other); err != nil {
					t.Error(err)
				}
				replaced <- partial
			}))
			target := filepath.Join(directory, "a.zip")
			_, err := folder.SaveFile(t.Context(), target)
			content, readErr := os.ReadFile(other)
			if _, statErr := os.Lstat(target); err == nil || !os.IsNotExist(statErr) || readErr != nil ||
				string(content) != "precious" {
				t.Errorf("got %v, %v, %q, %v", err, statErr, content, readErr)
			}
			// What somebody has put there is theirs, and what was written is nowhere.
			partial := <-replaced
			_, theirs := os.Lstat(partial)
			moved, err := os.Stat(partial + ".moved")
			if err != nil || moved.Size() != 0 || os.IsNotExist(theirs) != (name == "with nothing") {
				t.Errorf("got %v, %v, %v", theirs, moved, err)
			}
		})
	}
}

// TestPanicInACallback panics in the progress callback: no file is left, and no goroutine.
func TestPanicInACallback(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	folder := newFolder(t, slowly(t, func() {}))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = folder.SaveFile(t.Context(), filepath.Join(directory, "a.zip"), WithKeepPartial(),
			WithProgress(func(SaveProgress) { panic("callback") }))
	}()
	if left, err := os.ReadDir(directory); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

const saverVariable = "VBO365_TEST_SAVE"

// TestLeftoversOfAKilledProcess kills a process in the middle of a save. The next save removes what it has left, and
// nothing that somebody needs.
func TestLeftoversOfAKilledProcess(t *testing.T) {
	t.Parallel()
	if target := os.Getenv(saverVariable); target != "" { // the process that is killed
		folder := newFolder(t, slowly(t, func() {
			fmt.Println("half") //nolint:forbidigo // for the parent
			<-context.Background().Done()
		}))
		_, _ = folder.SaveFile(context.Background(), target)
		return
	}
	if runtime.GOOS == "windows" {
		return // which takes a minute to be sure
	}
	directory := t.TempDir()
	start := func() *exec.Cmd {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLeftoversOfAKilledProcess$")
		command.Env = append(os.Environ(), saverVariable+"="+filepath.Join(directory, "killed.zip"))
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "half\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		return command
	}
	killed, living := start(), start()
	before := partials(t, directory)
	_ = killed.Process.Kill()
	_ = killed.Wait()
	kept := filepath.Join(directory, "b.zip.ABCDEFGH.partial")
	foreign := filepath.Join(directory, ".vbo365-link.partial")
	if err := errors.Join(os.WriteFile(kept, nil, 0o600), os.Symlink(kept, foreign)); err != nil {
		t.Fatal(err)
	}
	folder := newFolder(t, slowly(t, func() {}))
	if _, err := folder.SaveFile(t.Context(), filepath.Join(directory, "c.zip")); err != nil {
		t.Error(err)
	}
	after := partials(t, directory)
	if _, err := os.Stat(kept); err != nil || len(before) != 2 || len(after) != 2 || after[1] != foreign &&
		after[0] != foreign {
		t.Errorf("before %q, after %q, %v", before, after, err)
	}
	_ = living.Process.Kill()
	_ = living.Wait()
	if _, err := folder.SaveFile(t.Context(), filepath.Join(directory, "d.zip")); err != nil {
		t.Error(err)
	}
	if after = partials(t, directory); len(after) != 1 {
		t.Errorf("left %q", after)
	}
}

// TestKeptPartialFileOfALongName keeps what has arrived for a name that has no room for more.
func TestKeptPartialFileOfALongName(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	folder := newFolder(t, slowly(t, func() { panic(http.ErrAbortHandler) }))
	_, err := folder.SaveFile(t.Context(), filepath.Join(directory, strings.Repeat("a", 250)), WithKeepPartial())
	kept, globErr := filepath.Glob(filepath.Join(directory, "vbo365-*.partial"))
	if err == nil || globErr != nil || len(kept) != 1 || len(partials(t, directory)) != 0 {
		t.Errorf("got %v, %q, %v", err, kept, globErr)
	}
}

// TestModeThatIsNotPermissions is refused before anything is sent.
func TestModeThatIsNotPermissions(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) })
	if _, err := folder.SaveFile(t.Context(), filepath.Join(t.TempDir(), "a"),
		WithFileMode(fs.ModeSetuid|0o755)); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// TestKeptPartialFilesStay keeps what has arrived, under a name that no later save removes.
func TestKeptPartialFilesStay(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	var whole atomic.Bool
	folder := newFolder(t, slowly(t, func() {
		if !whole.Load() {
			panic(http.ErrAbortHandler)
		}
	}))
	_, err := folder.SaveFile(t.Context(), filepath.Join(directory, "a.zip"), WithKeepPartial())
	kept, globErr := filepath.Glob(filepath.Join(directory, "a.zip.*.partial"))
	if err == nil || globErr != nil || len(kept) != 1 ||
		!strings.Contains(err.Error(), "the received data is in "+kept[0]) {
		t.Fatalf("got %v, %q, %v", err, kept, globErr)
	}
	whole.Store(true)
	if _, err := folder.SaveFile(t.Context(), filepath.Join(directory, "a.zip")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(kept[0]); err != nil || info.Size() == 0 {
		t.Errorf("got %v", err)
	}
}
