package fleet

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/fileblob"  // file://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://
)

// schemes are the targets of a save.
var schemes = []string{"file", "s3", "azblob", "gs"}

// bucket opens the bucket of a target, once, and returns the prefix of names in it.
func (e *Engine) bucket(ctx context.Context, target string) (*blob.Bucket, string, error) {
	address, err := url.Parse(target)
	if err != nil {
		return nil, "", err
	}
	prefix := ""
	if address.Scheme == "file" {
		query := address.Query()
		query.Set("create_dir", "true")    // of the target itself
		query.Set("no_tmp_dir", "true")    // a rename needs the same disk
		query.Set("metadata", "skip")      // no second file for each
		query.Set("dir_file_mode", "0700") // these are backups
		address.RawQuery = query.Encode()
	} else if prefix = strings.Trim(address.Path, "/"); prefix != "" {
		prefix += "/"
		address.Path = ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	name := address.String()
	if found := e.buckets[name]; found != nil {
		return found, prefix, nil
	}
	bucket, err := blob.OpenBucket(context.WithoutCancel(ctx), name)
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", target, err)
	}
	e.buckets[name] = bucket
	return bucket, prefix, nil
}

// objectName is where a save of an item is in its target: server/organization/owner/time/path. A document is as it is,
// and everything else a ZIP archive.
func (i Item) objectName() string {
	server := i.Server
	if address, err := url.Parse(server); err == nil && address.Host != "" {
		server = address.Host
	}
	owner := i.Owner
	if address, err := url.Parse(owner); err == nil && address.Scheme != "" {
		owner = path.Base(strings.TrimRight(address.Path, "/"))
	}
	parts := []string{server, cmp.Or(i.Organization, "own"), owner, i.At.UTC().Format("2006-01-02T150405Z")}
	if i.Path == "" {
		parts = append(parts, "OneDrive")
	} else {
		parts = append(parts, strings.Split(strings.Trim(strings.ReplaceAll(i.Path, `\`, "/"), "/"), "/")...)
	}
	for n, part := range parts {
		parts[n] = portable(part)
	}
	name := strings.Join(parts, "/")
	if i.DocumentID == "" {
		name += ".zip"
	}
	return name
}

// portable replaces what a file system or a bucket could refuse in a name.
func portable(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if trimmed := strings.TrimRight(name, ". "); trimmed != name {
		name = trimmed + "_"
	}
	return name
}

// save saves an item. It is idempotent: the object is complete or absent, and another save replaces it.
func (e *Engine) save(ctx context.Context, plan string, item Item) Outcome {
	if e.planState(plan) == planCancelled {
		return cancelled()
	}
	session, err := e.session(ctx, plan, item)
	if err != nil {
		return e.failed(ctx, plan, item, session, err)
	}
	bucket, prefix, err := e.bucket(ctx, item.Target)
	if err != nil {
		return Outcome{State: Failed, Error: err.Error(), Session: session.ID()}
	}
	outcome := Outcome{State: Done, Session: session.ID(), Object: prefix + item.objectName()}
	download, err := item.what(session).Save(ctx)
	if err != nil {
		return e.failed(ctx, plan, item, session, err)
	}
	size := int64(-1)
	if item.DocumentID != "" {
		size = item.Bytes
	}
	outcome.Size, outcome.SHA256, err = writeObject(ctx, bucket, outcome.Object, download, size)
	if err = errors.Join(err, download.Close()); err != nil {
		failed := e.failed(ctx, plan, item, session, err)
		failed.Again = failed.Again || isTarget(err)
		return failed
	}
	return outcome
}

// A targetError is one of the place that a save goes to.
type targetError struct{ error }

func (e targetError) Unwrap() error { return e.error }

func isTarget(err error) bool {
	var target targetError
	return errors.As(err, &target)
}

// writeObject writes a stream to an object, which appears when it is complete. want is its size, -1 if that is not
// known.
func writeObject(
	ctx context.Context, bucket *blob.Bucket, name string, from io.Reader, want int64,
) (size int64, digest string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := bucket.NewWriter(ctx, name, &blob.WriterOptions{
		ContentType: "application/octet-stream", BufferSize: 8 << 20, MaxConcurrency: 2,
	})
	if err != nil {
		return 0, "", targetError{fmt.Errorf("write %s: %w", name, err)}
	}
	hash, read := sha256.New(), &reading{Reader: from}
	size, err = io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(hash, w)}, read, make([]byte, 256<<10))
	if err == nil && want >= 0 && size != want {
		err = fmt.Errorf("the document has %d bytes, and %d were sent: %w", want, size, api.ErrTruncated)
		read.err = err
	}
	if err != nil {
		cancel() // so that Close leaves nothing
		_ = w.Close()
		if read.err == nil {
			err = targetError{fmt.Errorf("write %s: %w", name, err)}
		}
		return 0, "", err
	}
	if err := w.Close(); err != nil {
		return 0, "", targetError{fmt.Errorf("write %s: %w", name, err)}
	}
	attributes, err := bucket.Attributes(ctx, name)
	if err == nil && attributes.Size != size {
		err = fmt.Errorf("it has %d bytes, and %d were written", attributes.Size, size)
	}
	if err != nil {
		return 0, "", targetError{fmt.Errorf("verify %s: %w", name, err)}
	}
	return size, hex.EncodeToString(hash.Sum(nil)), nil
}

// reading keeps the error of a reader, to tell it from one of the writer.
type reading struct {
	io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// WriteManifests writes a list of the objects of a plan with their SHA-256 digests to each target of its saves, in the
// form that sha256sum -c reads, and returns the names of the lists.
func (e *Engine) WriteManifests(ctx context.Context, name string) (written []string, err error) {
	row, err := e.store.plan(ctx, name)
	if err != nil {
		return nil, err
	}
	targets := map[string]bool{}
	for result, err := range e.Results(ctx, row.Name, Done) {
		if err != nil {
			return nil, err
		}
		if result.Object != "" {
			targets[result.Target] = true
		}
	}
	for _, target := range slices.Sorted(maps.Keys(targets)) {
		manifest, err := e.writeManifest(ctx, row, target)
		if err != nil {
			return written, err
		}
		written = append(written, manifest)
	}
	return written, nil
}

func (e *Engine) writeManifest(ctx context.Context, row planRow, target string) (name string, err error) {
	bucket, prefix, err := e.bucket(ctx, target)
	if err != nil {
		return "", err
	}
	name = prefix + "SHA256SUMS-" + portable(row.Name) + "-" + row.id
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "text/plain; charset=utf-8"})
	if err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	lines := bufio.NewWriter(w)
	for result, err := range e.Results(ctx, row.Name, Done) {
		if err == nil && result.Target == target && result.Object != "" {
			_, err = fmt.Fprintf(lines, "%s  %s\n", result.SHA256, strings.TrimPrefix(result.Object, prefix))
		}
		if err != nil {
			cancel()
			_ = w.Close()
			return "", fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := errors.Join(lines.Flush(), w.Close()); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return strings.TrimSuffix(target, "/") + "/" + strings.TrimPrefix(name, prefix), nil
}

var _ = []target{api.OneDrive{}, api.Folder{}, api.Document{}, (*api.Folder)(nil)}
