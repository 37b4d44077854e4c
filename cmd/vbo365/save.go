package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/vbo365/vbo365-go/api"
)

type saveCommand struct {
	folder
	output

	Output string `short:"o" required:"" placeholder:"FILE" help:"File to write, - for standard output."`
	Force  bool   `help:"Replace the file if it exists."`
}

// Run saves a folder.
func (c *saveCommand) Run(ctx context.Context, t terminal) error {
	if c.Output == "-" {
		return c.stream(ctx, t)
	}
	return c.report(t, "save", func() (any, error) {
		if _, err := os.Lstat(c.Output); err == nil && !c.Force {
			return nil, usageError{fmt.Errorf("%s exists: use --force to replace it", c.Output)}
		}
		var report api.SaveReport
		err := c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) (err error) {
			bar := c.progress(t)
			defer bar.end()
			report, err = folder.SaveFile(ctx, c.Output, api.Progress(bar.update))
			return err
		})
		return saved{report}, err
	})
}

// stream saves to standard output, and reports to standard error.
func (c *saveCommand) stream(ctx context.Context, t terminal) error {
	if isTerminal(t.out) {
		return usageError{errors.New("an archive does not belong on a terminal: redirect the output, or name a file")}
	}
	reports := t
	reports.out = t.err
	return c.report(reports, "save", func() (any, error) {
		var written int64
		err := c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
			bar := c.progress(t)
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

// A bar shows the progress of a save on a terminal, and nothing elsewhere or for programs.
type bar struct {
	out io.Writer // nil: show nothing
	bar *progressbar.ProgressBar
}

func (c *saveCommand) progress(t terminal) *bar {
	if c.JSON || !isTerminal(t.err) {
		return &bar{}
	}
	_, _ = io.WriteString(t.err, "Waiting for the server to build the archive …\r")
	return &bar{out: t.err}
}

func (b *bar) update(written, size int64) {
	if b.out == nil {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions64(size,
			progressbar.OptionSetWriter(b.out),
			progressbar.OptionShowBytes(true),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionUseIECUnits(true),
			progressbar.OptionFullWidth(),
		)
	}
	_ = b.bar.Set64(written) // what cannot be shown is no reason to end a save
}

func (b *bar) end() {
	if b.bar != nil {
		_ = b.bar.Exit()
		_, _ = io.WriteString(b.out, "\n")
	}
}

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

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
