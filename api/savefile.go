package api

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// SaveReport describes a file that SaveFile has written.
type SaveReport struct {
	// Name is the file's name, as it was given.
	Name string `json:"name"`
	// Size is the file's length in bytes.
	Size int64 `json:"size"`
	// SHA256 is the digest of its content, in lower-case hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Entries is the number of files and folders in the archive.
	Entries int64 `json:"entries"`
}

// SaveFileOption changes what SaveFile does.
type SaveFileOption func(*saveFileOptions)

type saveFileOptions struct {
	progress    func(SaveProgress)
	keepPartial bool
	checksums   bool
	mode        fs.FileMode // 0: that of the file that is replaced, or privateMode
}

// privateMode is for files that hold what a person has stored.
const privateMode fs.FileMode = 0o600

// WithFileMode sets the permissions of the file. The default is those of the file that is replaced, and 0600 for a new
// one: what is saved is personal. Windows knows only whether a file can be written to.
func WithFileMode(mode fs.FileMode) SaveFileOption {
	return func(o *saveFileOptions) { o.mode = mode }
}

// SaveProgress is how far a save is, in bytes.
type SaveProgress struct {
	// Written is what the file has so far.
	Written int64
	// Size is that of the whole archive, -1 if the server did not say it.
	Size int64
}

// WithProgress calls report whenever a part of the file has been written. SaveFile waits for report to return, and
// calls it from one goroutine at a time. The default is not to report.
func WithProgress(report func(SaveProgress)) SaveFileOption {
	return func(o *saveFileOptions) { o.progress = report }
}

// WithKeepPartial keeps what has arrived when SaveFile fails, beside the file, under a name that ends in .partial,
// which the error says. Nothing removes it. The default is to remove it at once.
func WithKeepPartial() SaveFileOption {
	return func(o *saveFileOptions) { o.keepPartial = true }
}

// WithVerifyChecksums reads the whole archive once more and verifies the checksum of every file in it. The default is
// to verify that the archive is complete and that its directory is in order.
func WithVerifyChecksums() SaveFileOption {
	return func(o *saveFileOptions) { o.checksums = true }
}

// SaveFile saves the items as a ZIP archive to a file. It writes to a temporary file in the same directory, verifies
// that the archive is complete, syncs it to disk, and then gives it its name; an existing file of that name is
// replaced. If anything fails, or the context ends, the temporary file is removed and an existing file stays as it was.
//
// A stream that ends early, stalls or does not come is asked for again from the beginning, as [WithAttempts] says:
// repeating a save does no harm.
//
// The temporary file is made before anything is sent, so that a directory that cannot be written to costs no time.
// Those that other saves of the same user have left in the directory, because their process was killed, are removed.
func (a actions) SaveFile(ctx context.Context, name string, opts ...SaveFileOption) (SaveReport, error) {
	var o saveFileOptions
	for _, opt := range opts {
		opt(&o)
	}
	report, err := a.saveFile(ctx, name, o)
	return report, failed(a.op("save"), err)
}

func (a actions) saveFile(ctx context.Context, name string, o saveFileOptions) (report SaveReport, err error) {
	if err := a.check(); err != nil {
		return report, err
	}
	if o.mode != o.mode.Perm() {
		return report, invalid("the file mode %v is more than permissions", o.mode)
	}
	mode := cmp.Or(o.mode, privateMode)
	if replaced, err := os.Stat(name); err == nil {
		if !replaced.Mode().IsRegular() {
			return report, invalid("%s exists and is not a file", name)
		}
		mode = cmp.Or(o.mode, replaced.Mode().Perm())
	}
	file, err := createPartial(name)
	if err != nil {
		return report, err
	}
	published := false
	defer func() { // also when a callback panics
		if !published {
			report, err = SaveReport{}, o.abandon(file, name, err)
		}
		_ = file.Close()
	}()
	report.Name = name
	err = a.session.client.retries.run(ctx, transient, func(attempt int) error {
		return a.download(ctx, attempt, file, &report, o)
	})
	if err == nil {
		err = publish(file, name, mode)
	}
	published = err == nil
	return report, err
}

// download makes one attempt to fill the file, from its beginning.
func (a actions) download(
	ctx context.Context, attempt int, file *os.File, report *SaveReport, o saveFileOptions,
) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	streaming, cancel := context.WithCancel(ctx)
	defer cancel()
	download, err := a.open(streaming, call{once: true, attempt: attempt})
	if err != nil {
		return err
	}
	defer func() { _ = download.Close() }()
	size, digest, err := writeDownload(io.NewOffsetWriter(file, 0), download, cancel, o.progress)
	if err != nil {
		return err
	}
	report.Size, report.SHA256 = size, fmt.Sprintf("%x", digest.Sum(nil))
	report.Entries, err = checkZIP(file, size)
	if err == nil && o.checksums {
		err = checkChecksums(ctx, file, size)
	}
	if err != nil {
		return fmt.Errorf("verify archive: %w: %w", ErrTruncated, err)
	}
	return nil
}

// abandon closes a partial file, and removes it or says under which name it is kept. Without an error, nothing is kept.
func (o saveFileOptions) abandon(file *os.File, name string, err error) error {
	partial := file.Name()
	_, closed := file.Stat()
	if closed == nil && checkName(file) != nil {
		// What stands under the name now is somebody else's, and what was written is no longer under it.
		_ = file.Truncate(0)
		return err
	}
	_ = file.Close()
	if o.keepPartial && err != nil {
		kept := name + "." + rand.Text()[:8] + partialSuffix
		renameErr := os.Rename(partial, kept)
		if renameErr != nil { // the name may be too long
			kept = filepath.Join(filepath.Dir(name), "vbo365-"+rand.Text()+partialSuffix)
			renameErr = os.Rename(partial, kept)
		}
		if renameErr != nil {
			return fmt.Errorf("%w; what has arrived is in %s: %w", err, partial, renameErr)
		}
		return fmt.Errorf("%w; what has arrived is in %s", err, kept)
	}
	if removeErr := os.Remove(partial); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
		return fmt.Errorf("%w; the partial file is left: %w", err, removeErr)
	}
	return err
}

// chunkSize is how much of a download is written at once.
const chunkSize = 128 << 10

// writeDownload copies the download to a file and computes its digest. While one chunk is hashed and written, the next
// one is read. It calls stop, which must end the download, before it returns.
func writeDownload(
	file io.Writer, download *Download, stop func(), progress func(SaveProgress),
) (written int64, digest hash.Hash, err error) {
	chunks, full := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffered := bufio.NewWriterSize(full, chunkSize)
		_, err := buffered.ReadFrom(download)
		_ = buffered.Flush() // it fails if nobody reads any more
		_ = full.CloseWithError(err)
	}()
	defer func() {
		stop()
		_ = chunks.Close()
		<-ended
	}()
	digest = sha256.New()
	for chunk := make([]byte, chunkSize); ; {
		n, err := chunks.Read(chunk)
		switch {
		case err == io.EOF: //nolint:errorlint // the pipe's own: what a download has ended with may wrap another
			return written, digest, nil
		case err != nil:
			return written, nil, err
		}
		if _, err := file.Write(chunk[:n]); err != nil {
			return written, nil, err
		}
		_, _ = digest.Write(chunk[:n]) // never fails
		written += int64(n)
		if progress != nil {
			progress(SaveProgress{Written: written, Size: download.Size})
		}
	}
}
