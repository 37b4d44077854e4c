package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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
	LimitRate         rate   `placeholder:"RATE" help:"Maximum number of bytes that are received a second: 500K, 20M."`
	UnsafeNames       string `enum:"rename,skip" default:"rename" placeholder:"rename|skip" help:"Rename or skip files and folders whose names this system cannot store. They are listed on standard error (${default})."`

	target string // file to save to
}

// Run saves items.
func (c *saveCommand) Run(ctx context.Context, t terminal) error {
	c.from, c.limit = c.From, c.LimitRate
	c.target = cmp.Or(c.Output, c.Extract)
	_, outputErr := os.Lstat(c.Output)
	_, manifestErr := os.Lstat(c.Manifest)
	save := c.saveFile
	switch {
	case c.target == "":
		return usageError{errors.New("--output or --extract is needed")}
	case (c.Mode != "" || c.Manifest != "") && (c.Output == "-" || c.Extract != ""):
		return usageError{errors.New("--mode and --manifest are for --output to a file")}
	case c.Output == "-" && isTerminal(t.out) && !c.DryRun:
		return usageError{errors.New("an archive does not belong on a terminal: redirect the output, or name a file")}
	case c.Output == "-":
		t.job.out = t.err // standard output gets the archive and nothing else
		save = c.stream
	case c.Extract != "":
		if err := checkEmpty(c.Extract); err != nil {
			return err
		}
		save = c.unpack
	case outputErr == nil && !c.Force:
		return usageError{fmt.Errorf("%s exists: use --force to replace it", c.Output)}
	case manifestErr == nil:
		return usageError{fmt.Errorf("%s exists: a manifest is not replaced", c.Manifest)}
	}
	t.job.base.Target = c.target
	return c.perform(ctx, t, oneArchive, func(ctx context.Context, items chosen, r *result, p *progress) error {
		return save(ctx, t, items, r, p)
	})
}

// oneArchive refuses items of several kinds.
func oneArchive(_ context.Context, _ api.RestoreSession, targets []chosen) error {
	if len(targets) > 1 {
		return usageError{errors.New("the items are several archives: save those of one OneDrive, and folders apart " +
			"from documents")}
	}
	return nil
}

// saveFile saves to the target.
func (c *saveCommand) saveFile(ctx context.Context, _ terminal, items chosen, r *result, p *progress) error {
	opts := []api.SaveFileOption{api.WithProgress(func(now api.SaveProgress) { p.update(now.Written, now.Size) })}
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
	report, err := items.SaveFile(ctx, c.target, opts...)
	if err != nil {
		return err
	}
	r.Size, r.SHA256, r.Entries = report.Size, report.SHA256, report.Entries
	if c.Extract == "" {
		r.Target = report.Name
	}
	if c.Manifest != "" {
		err = writeManifest(ctx, c.Manifest, report.Name, manifestHead{
			File: filepath.Base(report.Name), Archive: !isFile(items.target), Size: report.Size, SHA256: report.SHA256,
			Server: c.Server, Session: r.Session, RestorePoint: r.RestorePoint, Items: r.Items,
			SavedAt: time.Now().UTC().Truncate(time.Second),
		})
	}
	if err == nil {
		entries := ""
		if r.Entries > 0 { // not of a document
			entries = fmt.Sprintf(", %d entries", r.Entries)
		}
		r.summary = fmt.Sprintf("%s, %s%s, SHA-256 %s", r.Target, bytesOf(r.Size), entries, r.SHA256)
	}
	return err
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
func (c *saveCommand) unpack(ctx context.Context, t terminal, items chosen, r *result, p *progress) (err error) {
	c.target = filepath.Clean(c.Extract) + "." + rand.Text()[:8] + ".zip"
	defer func() { // also after a panic
		if removeErr := os.Remove(c.target); !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
	}()
	if err := c.saveFile(ctx, t, items, r, p); err != nil {
		return err
	}
	r.summary = ""
	unpacked, err := c.unpackFile(ctx, c.target, r.Entries)
	if err != nil {
		return err
	}
	for _, entry := range unpacked.Renamed {
		t.say("%q is stored as %q", entry.Name, entry.Stored)
	}
	for _, entry := range unpacked.Skipped {
		t.say("%q is skipped: this system cannot store it under its name", entry)
	}
	r.contents = unpacked
	r.summary = fmt.Sprintf("%s, %d files", r.Target, r.Files)
	return nil
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

// stream saves to standard output.
func (c *saveCommand) stream(ctx context.Context, t terminal, items chosen, r *result, p *progress) error {
	download, err := items.Save(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = download.Close() }()
	p.update(0, download.Size)
	digest := sha256.New()
	r.Size, err = io.Copy(t.out, io.TeeReader(download, io.MultiWriter(digest, p)))
	r.SHA256 = hex.EncodeToString(digest.Sum(nil))
	if err == nil {
		r.summary = fmt.Sprintf("%s, SHA-256 %s", bytesOf(r.Size), r.SHA256)
	}
	return err
}
