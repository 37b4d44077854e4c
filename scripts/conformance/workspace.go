package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// workspace is where a row is worked on: a copy of its folder, and what is installed, generated and compiled there.
type workspace struct {
	row    row
	dir    string // absolute
	backup string // what the simulator serves
}

// The steps may take this long on a slow machine with empty caches.
const (
	installTimeout  = 15 * time.Minute
	generateTimeout = 5 * time.Minute
	compileTimeout  = 20 * time.Minute
	programTimeout  = 5 * time.Minute
)

// prove does all that there is to do about a row. The error is what differs from what is expected of it; the result is
// complete all the same.
func (w workspace) prove(ctx context.Context) (result, error) {
	began := time.Now()
	o := outcome{}
	r := result{row: w.row, outcome: o}
	if err := w.lay(ctx); err != nil {
		return r, fmt.Errorf("prepare: %w", err)
	}
	version, err := w.step(ctx, "version", generateTimeout)
	if err != nil {
		return r, fmt.Errorf("version: %w", err)
	}
	r.version = strings.TrimPrefix(strings.TrimSpace(version), "v")
	log.Printf("%s: %s %s", w.row, w.row.Tool, r.version)

	_, o[generated] = w.step(ctx, "generate", generateTimeout)
	if o.passed(generated) && w.row.Patched != "" {
		_, o[generated] = w.step(ctx, "patch", generateTimeout)
	}
	if o.passed(generated) {
		_, o[compiled] = w.step(ctx, "compile", compileTimeout)
	}
	var ended error
	if o.passed(compiled) {
		ended = w.runProgram(ctx, o)
	}
	log.Printf("%s: done, %v", w.row, time.Since(began).Round(time.Second))
	return r, errors.Join(o.unexpected(w.row.Fails[w.row.APIVersion]), ended)
}

// lay copies the row into the workspace, takes away the client of an earlier run, and installs what the row needs.
func (w workspace) lay(ctx context.Context) error {
	if err := os.RemoveAll(filepath.Join(w.dir, "client")); err != nil {
		return err
	}
	var forms []string // the folders for API versions
	hash := sha256.New()
	err := fs.WalkDir(os.DirFS(w.row.folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && versionFolder.MatchString(name) {
			forms = append(forms, name)
			return fs.SkipDir
		}
		return w.copyFile(name, name, entry, hash)
	})
	if err != nil {
		return err
	}
	for _, form := range slices.Backward(forms) {
		if form > w.row.APIVersion {
			continue
		}
		err := fs.WalkDir(os.DirFS(filepath.Join(w.row.folder, form)), ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return w.copyFile(form+"/"+name, name, entry, io.Discard)
		})
		if err != nil {
			return err
		}
		break
	}

	installed := filepath.Join(w.dir, ".installed")
	sum := fmt.Sprintf("%x", hash.Sum(nil))
	if before, err := os.ReadFile(installed); err == nil && string(before) == sum {
		return nil
	}
	if _, err := w.step(ctx, "install", installTimeout); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	return os.WriteFile(installed, []byte(sum), 0o644)
}

var versionFolder = regexp.MustCompile(`^v\d$`)

// copyFile copies a file of the row into the workspace, and makes its folder there.
func (w workspace) copyFile(name, to string, entry fs.DirEntry, hash io.Writer) error {
	target := filepath.Join(w.dir, filepath.FromSlash(to))
	if entry.IsDir() {
		return os.MkdirAll(target, 0o755)
	}
	content, err := os.ReadFile(filepath.Join(w.row.folder, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(hash, "%s %d\n%s", name, len(content), content) // a hash does not fail
	return writeIfOther(target, content)
}

// writeIfOther leaves a file alone that has the content already, so that build tools find nothing to do.
func writeIfOther(file string, content []byte) error {
	if before, err := os.ReadFile(file); err == nil && string(before) == string(content) {
		return nil
	}
	return os.WriteFile(file, content, 0o644)
}

// step runs a function of row.sh and gives its output. What it writes to standard error goes to a log beside the
// workspace. timeout(1) ends all of its processes, not only the shell.
func (w workspace) step(ctx context.Context, name string, limit time.Duration) (string, error) {
	logFile, err := os.Create(w.logPrefix() + name + ".log")
	if err != nil {
		return "", err
	}
	defer func() { _ = logFile.Close() }()
	seconds := strconv.Itoa(int(limit.Seconds()))
	//nolint:gosec // G204: the name is one of ours
	cmd := exec.CommandContext(ctx, "timeout", "--kill-after=10", seconds, "bash", "row.sh", name)
	cmd.Dir = w.dir
	cmd.Env = w.environment()
	var out strings.Builder
	cmd.Stdout = io.MultiWriter(&out, logFile)
	cmd.Stderr = logFile
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // timeout passes it on
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("row.sh %s: %w; the end of its output:\n%s", name, err, tail(logFile.Name()))
	}
	return out.String(), nil
}

// logPrefix begins the names of the row's logs, which are beside the workspace.
func (w workspace) logPrefix() string { return w.dir + "." + w.row.APIVersion + "." }

// environment is what the functions of row.sh find in theirs.
func (w workspace) environment() []string {
	root := filepath.Dir(filepath.Dir(filepath.Dir(w.dir))) // above .cache/conformance
	return append(os.Environ(),
		"LC_ALL=C.UTF-8", // what programs read of their environment
		"CONFORMANCE="+filepath.Join(root, filepath.FromSlash(rowsFolder), ".."),
		"DOCUMENT="+filepath.Join(root, documentFolder, filepath.FromSlash(w.row.document())),
	)
}

// tail gives the last lines of a file.
func tail(file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}

// runProgram performs the scene with the program, and enters what it showed into the outcome. The error is about what
// is no check: that the scene cannot be set, or that the program does not end as it should.
func (w workspace) runProgram(ctx context.Context, o outcome) (err error) {
	s, err := openScene(w.dir, w.backup, w.row) //nolint:contextcheck // the scene ends when it is closed
	if err != nil {
		return fmt.Errorf("open scene: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	ctx, cancel := context.WithTimeout(ctx, programTimeout)
	defer cancel()
	p, err := startProgram(ctx, w.dir, w.logPrefix()+"run.log", append(w.environment(), s.environment()...))
	if err != nil {
		return fmt.Errorf("start program: %w", err)
	}
	s.perform(ctx, p, largeSize, o)
	return p.end()
}
