package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

type saveCommand struct {
	selection
	output

	From string `placeholder:"FILE" help:"File with the items: lines of 'find --json'. - is standard input."`

	Output  string `short:"o" placeholder:"FILE" xor:"to" help:"File to write, - for standard output."`
	Extract string `type:"path" placeholder:"DIR" xor:"to" help:"Directory to unpack the folder to, instead. It must not exist, or must be empty."`
	Force   bool   `help:"Replace the file if it exists."`

	Manifest string `type:"path" placeholder:"FILE" help:"Write a list of what is in the saved file, with the size, the time and the SHA-256 of each file. The command verify compares it."`

	Mode              string `placeholder:"MODE" help:"Permissions of the file, 0640 for example. Default: those of the replaced file, or 0600 for a new one."`
	VerifyChecksums   bool   `help:"Read the file again and verify all checksums in it."`
	KeepPartial       bool   `help:"Keep the received part if the save fails."`
	MaxExtractedBytes uint64 `default:"1099511627776" placeholder:"N" help:"Maximum size of the unpacked files in bytes (${default})."`
	UnsafeNames       string `enum:"rename,skip" default:"rename" placeholder:"rename|skip" help:"Rename or skip files and folders whose names this system cannot store. They are listed on standard error (${default})."`
}

// Run saves items.
func (c *saveCommand) Run(ctx context.Context, t terminal) error {
	c.from = c.From
	switch {
	case c.Output == "" && c.Extract == "":
		return usageError{errors.New("--output or --extract is needed")}
	case (c.Mode != "" || c.Manifest != "") && (c.Output == "-" || c.Extract != ""):
		return usageError{errors.New("--mode and --manifest are for --output to a file")}
	case c.Output == "-":
		return c.stream(ctx, t)
	case c.Extract != "":
		return c.report(ctx, t, "save", func() (any, error) { return c.unpack(ctx, t) })
	}
	return c.report(ctx, t, "save", func() (any, error) {
		if _, err := os.Lstat(c.Output); err == nil && !c.Force {
			return nil, usageError{fmt.Errorf("%s exists: use --force to replace it", c.Output)}
		}
		if _, err := os.Lstat(c.Manifest); err == nil {
			return nil, usageError{fmt.Errorf("%s exists: a manifest is not replaced", c.Manifest)}
		}
		report, err := c.saveFile(ctx, t, c.Output)
		return saved{report}, err
	})
}

// withTarget calls work with the selected items, which must be of one kind.
func (c *saveCommand) withTarget(
	ctx context.Context, t terminal, work func(context.Context, api.RestoreSession, target) error,
) error {
	return c.withTargets(ctx, t, func(ctx context.Context, session api.RestoreSession, targets []target) error {
		if len(targets) > 1 {
			return usageError{errors.New("the items are several archives: save those of one OneDrive, and folders apart from documents")}
		}
		return work(ctx, session, targets[0])
	})
}

func (c *saveCommand) saveFile(ctx context.Context, t terminal, name string) (report api.SaveReport, err error) {
	err = c.withTarget(ctx, t, func(ctx context.Context, session api.RestoreSession, items target) error {
		bar := c.progress(t, waiting, true)
		defer bar.end()
		opts := []api.SaveFileOption{api.WithProgress(func(p api.SaveProgress) { bar.update(p.Written, p.Size) })}
		if c.Mode != "" {
			mode, err := strconv.ParseUint(c.Mode, 8, 9)
			if err != nil {
				return usageError{fmt.Errorf("--mode %q is not one such as 0640", c.Mode)}
			}
			opts = append(opts, api.WithFileMode(fs.FileMode(mode)))
		}
		if c.VerifyChecksums {
			opts = append(opts, api.WithVerifyChecksums())
		}
		if c.KeepPartial {
			opts = append(opts, api.WithKeepPartial())
		}
		report, err = items.SaveFile(ctx, name, opts...)
		if err == nil && c.Manifest != "" {
			err = writeManifest(ctx, c.Manifest, report.Name, manifestHead{
				File: filepath.Base(report.Name), Archive: !isFile(items), Size: report.Size, SHA256: report.SHA256,
				Server: c.Server, Session: session.ID(), Items: slices.Concat(c.Path, c.Folder, c.Document),
				SavedAt: time.Now().UTC().Truncate(time.Second),
			})
		}
		return err
	})
	return report, err
}

// isFile reports whether a save gives a document as it is.
func isFile(items target) bool {
	switch items.(type) {
	case *api.Document, api.PreviousDocument:
		return true
	}
	return false
}

// unpack saves to a temporary file, and unpacks that. The file is beside the directory, to be on the same file system.
func (c *saveCommand) unpack(ctx context.Context, t terminal) (_ any, err error) {
	if err := checkEmpty(c.Extract); err != nil {
		return nil, err
	}
	name := filepath.Clean(c.Extract) + "." + rand.Text()[:8] + ".zip"
	defer func() { // also after a panic
		if removeErr := os.Remove(name); !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
	}()
	report, err := c.saveFile(ctx, t, name)
	if err != nil {
		return nil, err
	}
	unpacked, err := c.unpackFile(ctx, name, report.Entries)
	if err != nil {
		return nil, err
	}
	for _, entry := range unpacked.Renamed {
		_, _ = fmt.Fprintf(t.err, "vbo365: %q is stored as %q\n", entry.Name, entry.Stored)
	}
	for _, entry := range unpacked.Skipped {
		_, _ = fmt.Fprintf(t.err, "vbo365: %q is skipped: this system cannot store it under its name\n", entry)
	}
	return extracted{Directory: c.Extract, contents: unpacked, Size: report.Size, SHA256: report.SHA256}, nil
}

func (c *saveCommand) unpackFile(ctx context.Context, name string, entries int64) (_ contents, err error) {
	if entries > maxNodes { // before package zip allocates memory for them
		return contents{}, errTooManyNodes
	}
	file, archive, err := openArchive(name, maxDirectory)
	if err != nil {
		return contents{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	x := extraction{limit: c.MaxExtractedBytes, system: fileSystem(runtime.GOOS), skip: c.UnsafeNames == "skip"}
	return x.extract(ctx, archive, c.Extract)
}

// extracted is the result of a save with --extract.
type extracted struct {
	contents

	Directory string `json:"directory"`
	Size      int64  `json:"size"`   // of the archive
	SHA256    string `json:"sha256"` // of the archive
}

func (e extracted) print(out io.Writer, action string) {
	_ = printf(out, "%s: %s, %d files\n", action, e.Directory, e.Files)
}

// stream saves to standard output, and writes the report to standard error.
func (c *saveCommand) stream(ctx context.Context, t terminal) error {
	if isTerminal(t.out) {
		return usageError{errors.New("an archive does not belong on a terminal: redirect the output, or name a file")}
	}
	reports := t
	reports.out = t.err
	return c.report(ctx, reports, "save", func() (any, error) {
		var written int64
		err := c.withTarget(ctx, t, func(ctx context.Context, session api.RestoreSession, items target) error {
			bar := c.progress(t, waiting, true)
			defer bar.end()
			download, err := items.Save(ctx)
			if err != nil {
				return err
			}
			defer func() { _ = download.Close() }()
			written, err = io.Copy(t.out, io.TeeReader(download, &meter{bar: bar, size: download.Size}))
			return err
		})
		return streamed{Size: written}, err
	})
}

type saved struct{ api.SaveReport }

func (s saved) print(out io.Writer, action string) {
	entries := ""
	if s.Entries > 0 { // not of a document
		entries = fmt.Sprintf(", %d entries", s.Entries)
	}
	_ = printf(out, "%s: %s, %d bytes%s, SHA-256 %s\n", action, s.Name, s.Size, entries, s.SHA256)
}

type streamed struct {
	Size int64 `json:"size"`
}

func (s streamed) print(out io.Writer, action string) {
	_ = printf(out, "%s: %d bytes\n", action, s.Size)
}

const waiting = "Waiting for the server to build the archive …"

// A meter updates a bar with the number of bytes written to it.
type meter struct {
	bar           *bar
	written, size int64
}

func (m *meter) Write(p []byte) (int, error) {
	m.written += int64(len(p))
	m.bar.update(m.written, m.size)
	return len(p), nil
}
