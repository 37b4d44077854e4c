package main

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/vbo365/vbo365-go/api"
)

type saveCommand struct {
	folder
	output

	Output  string `short:"o" placeholder:"FILE" xor:"to" help:"File to write, - for standard output."`
	Extract string `type:"path" placeholder:"DIR" xor:"to" help:"Directory to unpack the folder to, instead. It must not exist or be empty."`
	Force   bool   `help:"Replace the file if it exists."`

	VerifyChecksums   bool   `help:"Read the file again and verify the checksum of everything in it."`
	KeepPartial       bool   `help:"Keep what has arrived if the save fails."`
	MaxExtractedBytes uint64 `default:"1099511627776" placeholder:"N" help:"Do not unpack more than this (${default})."`
}

// Run saves a folder.
func (c *saveCommand) Run(ctx context.Context, t terminal) error {
	switch {
	case c.Output == "" && c.Extract == "":
		return usageError{errors.New("--output or --extract is needed")}
	case c.Output == "-":
		return c.stream(ctx, t)
	case c.Extract != "":
		return c.report(ctx, t, "save", func() (any, error) { return c.unpack(ctx, t) })
	}
	return c.report(ctx, t, "save", func() (any, error) {
		if _, err := os.Lstat(c.Output); err == nil && !c.Force {
			return nil, usageError{fmt.Errorf("%s exists: use --force to replace it", c.Output)}
		}
		report, err := c.saveFile(ctx, t, c.Output)
		return saved{report}, err
	})
}

func (c *saveCommand) saveFile(ctx context.Context, t terminal, name string) (report api.SaveReport, err error) {
	err = c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
		bar := c.progress(t, waiting, true)
		defer bar.end()
		opts := []api.SaveFileOption{api.Progress(bar.update)}
		if c.VerifyChecksums {
			opts = append(opts, api.VerifyChecksums())
		}
		if c.KeepPartial {
			opts = append(opts, api.KeepPartial())
		}
		report, err = folder.SaveFile(ctx, name, opts...)
		return err
	})
	return report, err
}

// unpack saves to a temporary file, beside the directory so that there is room for both, and unpacks that.
func (c *saveCommand) unpack(ctx context.Context, t terminal) (any, error) {
	if err := checkEmpty(c.Extract); err != nil {
		return nil, err
	}
	name := filepath.Clean(c.Extract) + "." + rand.Text()[:8] + ".zip"
	report, err := c.saveFile(ctx, t, name)
	if err != nil {
		return nil, err
	}
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	files, err := extract(ctx, &archive.Reader, c.Extract, c.MaxExtractedBytes)
	err = errors.Join(err, archive.Close(), os.Remove(name))
	return extracted{Directory: c.Extract, Files: files, Size: report.Size, SHA256: report.SHA256}, err
}

// extracted is the result of a save that was unpacked.
type extracted struct {
	Directory string `json:"directory"`
	Files     int    `json:"files"`
	Size      int64  `json:"size"`   // of the archive
	SHA256    string `json:"sha256"` // of the archive
}

func (e extracted) print(out io.Writer, action string) {
	_, _ = fmt.Fprintf(out, "%s: %s, %d files\n", action, e.Directory, e.Files)
}

// stream saves to standard output, and reports to standard error.
func (c *saveCommand) stream(ctx context.Context, t terminal) error {
	if isTerminal(t.out) {
		return usageError{errors.New("an archive does not belong on a terminal: redirect the output, or name a file")}
	}
	reports := t
	reports.out = t.err
	return c.report(ctx, reports, "save", func() (any, error) {
		var written int64
		err := c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
			bar := c.progress(t, waiting, true)
			defer bar.end()
			download, err := folder.Save(ctx)
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
	_, _ = fmt.Fprintf(out, "%s: %s, %d bytes, %d entries, SHA-256 %s\n", action, s.Name, s.Size, s.Entries, s.SHA256)
}

type streamed struct {
	Size int64 `json:"size"`
}

func (s streamed) print(out io.Writer, action string) {
	_, _ = fmt.Fprintf(out, "%s: %d bytes\n", action, s.Size)
}

const waiting = "Waiting for the server to build the archive …"

// A meter tells a bar what was written to it.
type meter struct {
	bar           *bar
	written, size int64
}

func (m *meter) Write(p []byte) (int, error) {
	m.written += int64(len(p))
	m.bar.update(m.written, m.size)
	return len(p), nil
}
