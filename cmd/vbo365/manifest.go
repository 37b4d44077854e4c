package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// manifestHead is the first line of a manifest, a file of JSON lines. It describes the saved file. Each other line is a
// manifestEntry: a file or folder in the archive, in its order.
type manifestHead struct {
	File         string        `json:"file"`
	Archive      bool          `json:"archive"`
	Size         int64         `json:"size"`
	SHA256       string        `json:"sha256"`
	Server       string        `json:"server"`
	Session      string        `json:"restoreSession"`
	RestorePoint *restorePoint `json:"restorePoint,omitempty"`
	Items        []string      `json:"items"`
	SavedAt      time.Time     `json:"savedAt"`
}

type manifestEntry struct {
	Path     string    `json:"path"` // with a slash at the end if it is a folder
	Size     uint64    `json:"size"`
	Modified time.Time `json:"modified,omitzero"`
	SHA256   string    `json:"sha256,omitempty"` // of a file
}

// writeManifest reads a saved file again, and writes its manifest. It does not replace a file.
func writeManifest(ctx context.Context, name, saved string, head manifestHead) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = fmt.Errorf("write manifest: %w", errors.Join(err, os.Remove(name)))
		}
	}()
	encoder := json.NewEncoder(file)
	if err := encoder.Encode(head); err != nil {
		return err
	}
	for entry, err := range entries(ctx, saved, head.Archive) {
		if err = cmp.Or(err, encoder.Encode(entry)); err != nil {
			return err
		}
	}
	return nil
}

// entries reads the files and folders of an archive, or of a file that is none.
func entries(ctx context.Context, name string, isArchive bool) iter.Seq2[manifestEntry, error] {
	return func(yield func(manifestEntry, error) bool) {
		if !isArchive {
			size, digest, err := digestOf(ctx, name)
			yield(manifestEntry{Path: filepath.Base(name), Size: uint64(max(size, 0)), SHA256: digest}, err)
			return
		}
		file, archive, err := openArchive(name, maxDirectory)
		if err != nil {
			yield(manifestEntry{}, err)
			return
		}
		defer func() { _ = file.Close() }()
		for _, f := range archive.File {
			entry := manifestEntry{Path: f.Name, Size: f.UncompressedSize64, Modified: f.Modified.UTC()}
			if !strings.HasSuffix(f.Name, "/") {
				content, err := f.Open()
				if err == nil {
					_, entry.SHA256, err = digestFrom(ctx, content)
					_ = content.Close()
				}
				if err != nil {
					yield(entry, fmt.Errorf("read %q: %w", f.Name, err))
					return
				}
			}
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// digestOf returns the size and the SHA-256 of a file.
func digestOf(ctx context.Context, name string) (int64, string, error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = file.Close() }()
	return digestFrom(ctx, file)
}

func digestFrom(ctx context.Context, content io.Reader) (size int64, digest string, err error) {
	hash := sha256.New()
	for err == nil && ctx.Err() == nil {
		var n int64
		n, err = io.CopyN(hash, content, 1<<20)
		size += n
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return size, fmt.Sprintf("%x", hash.Sum(nil)), cmp.Or(err, ctx.Err())
}

type verifyCommand struct {
	output

	Archive  string `arg:"" type:"path" help:"File that was saved."`
	Manifest string `required:"" type:"path" placeholder:"FILE" help:"Manifest that the save wrote."`
}

// maxDifferences is the number of differences that verify prints.
const maxDifferences = 20

// Run compares a saved file with its manifest.
func (c *verifyCommand) Run(ctx context.Context, t terminal) error {
	return t.report(ctx, func(r *result) error {
		r.Target = c.Archive
		err := c.compare(ctx, r)
		switch {
		case err == nil && len(r.Issues) > 0:
			r.summary = fmt.Sprintf("%s does not match its manifest", c.Archive)
			return fmt.Errorf("%w: the file does not match its manifest", api.ErrIncomplete)
		case err == nil:
			r.summary = fmt.Sprintf("%s, %d entries match", c.Archive, r.Entries)
		}
		return err
	})
}

func (c *verifyCommand) compare(ctx context.Context, r *result) error {
	differs := func(name, format string, args ...any) {
		if len(r.Issues) < maxDifferences {
			r.Issues = append(r.Issues, issue{name, fmt.Sprintf(format, args...)})
		}
	}
	manifest, err := os.Open(c.Manifest)
	if err != nil {
		return err
	}
	defer func() { _ = manifest.Close() }()
	lines := json.NewDecoder(manifest)
	var head manifestHead
	if err := lines.Decode(&head); err != nil || head.SHA256 == "" {
		return usageError{fmt.Errorf("%s is not a manifest: %w", c.Manifest, cmp.Or(err, errors.New("it has no SHA-256")))}
	}
	size, digest, err := digestOf(ctx, c.Archive)
	if err != nil {
		return err
	}
	r.Size, r.SHA256 = size, digest
	if size != head.Size || digest != head.SHA256 {
		differs(c.Archive, "it has %d bytes and SHA-256 %s, not %d and %s", size, digest, head.Size, head.SHA256)
	}
	for entry, err := range entries(ctx, c.Archive, head.Archive) {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil {
			differs(entry.Path, "%v", err)
			return nil
		}
		var want manifestEntry
		switch err := lines.Decode(&want); {
		case errors.Is(err, io.EOF):
			differs(entry.Path, "it is not in the manifest")
			return nil
		case err != nil:
			return usageError{fmt.Errorf("%s is not a manifest: %w", c.Manifest, err)}
		case !head.Archive:
			want.Path = entry.Path // the file may have another name now
		}
		r.Entries++
		if entry.Modified.Equal(want.Modified) {
			entry.Modified = want.Modified
		}
		if entry != want {
			differs(entry.Path, "it is not as in the manifest, %q", want.Path)
		}
	}
	if lines.More() {
		differs(c.Archive, "the manifest has more entries than the file")
	}
	return nil
}
