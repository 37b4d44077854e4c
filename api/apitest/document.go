package apitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// document is a document somewhere: in a restore point, or in a production directory.
type document struct {
	fs   fs.FS
	path string
}

// copy writes the content of the document, and fails if it is not the one that info describes from beginning to end.
func (d document) copy(ctx context.Context, w io.Writer, info fs.FileInfo) error {
	file, err := d.fs.Open(d.path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	buffer := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buffer)
	content := contextReader{ctx, io.LimitReader(file, info.Size()+1)} // one more byte shows that it has grown
	// The wrapper hides ReadFrom, which would bring its own, smaller buffer.
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, content, buffer[:])
	if err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return err
	}
	if n != info.Size() || after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		return fmt.Errorf("read %s: it changed meanwhile", d.path)
	}
	return nil
}

// contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// same tells whether two documents have the same content.
func (d document) same(other document) (bool, error) {
	a, err := d.fs.Open(d.path)
	if err != nil {
		return false, err
	}
	defer func() { _ = a.Close() }()
	b, err := other.fs.Open(other.path)
	if err != nil {
		return false, err
	}
	defer func() { _ = b.Close() }()
	aInfo, err := a.Stat()
	if err != nil {
		return false, err
	}
	bInfo, err := b.Stat()
	if err != nil {
		return false, err
	}
	if aInfo.Size() != bInfo.Size() {
		return false, nil
	}
	const size = copyBuffer / 2
	buffer := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buffer)
	for {
		n, aErr := io.ReadFull(a, buffer[:size])
		m, bErr := io.ReadFull(b, buffer[size:])
		if !bytes.Equal(buffer[:n], buffer[size:size+m]) {
			return false, nil
		}
		switch {
		case atEnd(aErr) && atEnd(bErr):
			return true, nil
		case aErr != nil && !atEnd(aErr):
			return false, aErr
		case bErr != nil && !atEnd(bErr):
			return false, bErr
		case aErr != nil || bErr != nil:
			return false, nil
		}
	}
}

func atEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// sameAsAny tells whether one of others has the same content.
func (d document) sameAsAny(others []document) (bool, error) {
	for _, other := range others {
		if same, err := d.same(other); same || err != nil {
			return same, err
		}
	}
	return false, nil
}
