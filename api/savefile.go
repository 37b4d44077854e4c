package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// SaveReport describes a file that [Folder.SaveFile] has written.
type SaveReport struct {
	// Name is the name of the file: as it was given, or in the directory that was given.
	Name string `json:"name"`
	// Size is the length of the file in bytes.
	Size int64 `json:"size"`
	// SHA256 is the digest of the content, in lower-case hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Entries is the number of files and folders in the archive. It is 0 for a document.
	Entries int64 `json:"entries"`
}

// SaveFileOption is an option of [Folder.SaveFile].
type SaveFileOption func(*saveFileOptions)

type saveFileOptions struct {
	progress    func(SaveProgress)
	keepPartial bool
	checksums   bool
	mode        fs.FileMode // 0: the mode of the replaced file, or privateMode
}

// privateMode is the default mode: archives contain personal data.
const privateMode fs.FileMode = 0o600

// WithFileMode sets the permissions of the file. The default is the permissions of the file that is replaced, and 0600
// for a new file. Windows supports only the write permission.
func WithFileMode(mode fs.FileMode) SaveFileOption {
	return func(o *saveFileOptions) { o.mode = mode }
}

// SaveProgress is the progress of a save, in bytes.
type SaveProgress struct {
	// Written is the number of bytes written so far. It starts again at 0 when the save is retried.
	Written int64
	// Size is the length of the whole archive, -1 if the server did not send it.
	Size int64
}

// WithProgress calls report after each part of the file that was written, from the goroutine that calls SaveFile. The
// default is no report.
func WithProgress(report func(SaveProgress)) SaveFileOption {
	return func(o *saveFileOptions) { o.progress = report }
}

// WithKeepPartial keeps the received data if SaveFile fails. It is in the same directory, in a file whose name ends in
// .partial and is in the error. The caller removes that file. The default is to remove the data.
func WithKeepPartial() SaveFileOption {
	return func(o *saveFileOptions) { o.keepPartial = true }
}

// WithVerifyChecksums reads the whole archive again, and verifies the checksum of each file in it. The default is to
// verify only that the archive and its directory are complete.
func WithVerifyChecksums() SaveFileOption {
	return func(o *saveFileOptions) { o.checksums = true }
}

// SaveFile saves the items as a ZIP archive to a file; a [Document] or [PreviousDocument] is a file as it is. If name is
// a directory, the file in it has the name that the server sends. SaveFile writes to a temporary file in the same directory, verifies
// that the archive is complete, syncs it to disk, and renames it. An existing file of that name is replaced. If
// SaveFile fails, it removes the temporary file, and an existing file stays unchanged.
//
// A save is idempotent. If the stream ends early or stalls, SaveFile retries from the beginning, as [WithAttempts]
// says.
//
// SaveFile creates the temporary file before it sends the request, so that it fails early in a directory without write
// permission. It removes temporary files that killed processes of the same user have left in the directory.
func (a actions) SaveFile(ctx context.Context, name string, opts ...SaveFileOption) (report SaveReport, err error) {
	defer func() { err = failed(a.op("save"), err) }()
	var o saveFileOptions
	for _, opt := range opts {
		opt(&o)
	}
	if err := a.check(); err != nil {
		return report, err
	}
	if o.mode != o.mode.Perm() {
		return report, invalid("the file mode %v is more than permissions", o.mode)
	}
	report.Name = name
	partialFor, directory := name, ""
	if existing, err := os.Stat(name); err == nil && existing.IsDir() {
		partialFor, directory = filepath.Join(name, "file"), name
	} else if _, err := o.modeOf(name); err != nil {
		return report, err
	}
	file, err := createPartial(partialFor)
	if err != nil {
		return report, err
	}
	published := false
	defer func() { // also if a callback panics
		if !published {
			report, err = SaveReport{}, o.abandon(file, name, err)
		}
		_ = file.Close()
	}()
	err = a.session.client.retries.run(ctx, transient, func(attempt int) error {
		download, err := a.download(ctx, attempt, file, &report, o)
		if err == nil && directory != "" {
			report.Name = filepath.Join(directory, cmp.Or(download.Name, a.noun))
		}
		return err
	})
	var mode fs.FileMode
	if err == nil {
		mode, err = o.modeOf(report.Name)
	}
	if err == nil {
		err = publish(file, report.Name, mode)
	}
	published = err == nil
	return report, err
}

// modeOf returns the mode of the file with a name: that of the option, or of the file that is replaced.
func (o saveFileOptions) modeOf(name string) (fs.FileMode, error) {
	mode := privateMode
	if replaced, err := os.Stat(name); err == nil {
		if !replaced.Mode().IsRegular() {
			return 0, invalid("%s exists and is not a file", name)
		}
		mode = replaced.Mode().Perm()
	}
	return cmp.Or(o.mode, mode), nil
}

// download makes one attempt to write the whole file.
func (a actions) download(
	ctx context.Context, attempt int, file *os.File, report *SaveReport, o saveFileOptions,
) (*Download, error) {
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	streaming, cancel := context.WithCancel(ctx)
	defer cancel()
	download, err := a.open(streaming, call{once: true, attempt: attempt})
	if err != nil {
		return nil, err
	}
	defer func() { _ = download.Close() }()
	size, digest, err := writeDownload(io.NewOffsetWriter(file, 0), download, cancel, o.progress)
	if err != nil {
		return nil, err
	}
	report.Size, report.SHA256 = size, fmt.Sprintf("%x", digest.Sum(nil))
	if download.file {
		return download, nil
	}
	report.Entries, err = checkZIP(file, download.end)
	if err == nil && o.checksums {
		err = checkChecksums(ctx, file, size)
	}
	if err != nil {
		return nil, fmt.Errorf("verify archive: %w: %w", ErrTruncated, err)
	}
	return download, nil
}

// abandon closes a partial file. It removes it, or adds the name under which it is kept to err. Without err, after a
// panic, it removes the file.
func (o saveFileOptions) abandon(file *os.File, name string, err error) error {
	partial := file.Name()
	_, closed := file.Stat()
	if closed == nil && checkName(file) != nil {
		// The file with this name is another one now. The written data is under no known name.
		_ = file.Truncate(0)
		return err
	}
	_ = file.Close()
	if o.keepPartial && err != nil {
		long := name + "." + rand.Text()[:8] + partialSuffix // may be too long
		short := filepath.Join(filepath.Dir(name), "vbo365-"+rand.Text()+partialSuffix)
		var renameErr error
		for _, kept := range []string{long, short} {
			if renameErr = os.Rename(partial, kept); renameErr == nil {
				return fmt.Errorf("%w; the received data is in %s", err, kept)
			}
		}
		return fmt.Errorf("%w; the received data is in %s: %w", err, partial, renameErr)
	}
	if removeErr := os.Remove(partial); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
		return fmt.Errorf("%w; the partial file is left: %w", err, removeErr)
	}
	return err
}

// chunkSize is the number of bytes of a download that are written at once.
const chunkSize = 128 << 10

// writeDownload copies the download to a file, and computes its digest. It reads the next two chunks while it hashes
// and writes one. Before it returns, it calls stop, which must end the download.
func writeDownload(
	file io.Writer, download *Download, stop func(), progress func(SaveProgress),
) (written int64, digest hash.Hash, err error) {
	digest = sha256.New()
	for chunk, err := range ahead(chunks(download), 1, stop) {
		if _, err := file.Write(chunk); err != nil {
			return written, nil, err
		}
		_, _ = digest.Write(chunk) // never fails
		written += int64(len(chunk))
		if progress != nil && len(chunk) > 0 {
			progress(SaveProgress{Written: written, Size: download.Size})
		}
		if err != nil {
			return written, nil, err
		}
	}
	return written, digest, nil
}

// chunks reads a download to its end, into three buffers in turn: ahead has one in use and one in its channel while
// another is read.
func chunks(download *Download) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var buffers [3][chunkSize]byte
		for i := 0; ; i++ {
			n, err := io.ReadFull(download, buffers[i%3][:])
			last := err != nil
			if err == io.EOF || err == io.ErrUnexpectedEOF { // of ReadFull: the download wraps its own
				err = nil
			}
			if !yield(buffers[i%3][:n], err) || last {
				return
			}
		}
	}
}
