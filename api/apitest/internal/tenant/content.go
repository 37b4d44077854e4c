package tenant

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// content is that of a document somewhere: in a restore point, or in a production directory.
type content struct {
	fs   fs.FS
	path string
}

// copy writes the content of the document, and fails if it is not the one that info describes from beginning to end.
func (c content) copy(ctx context.Context, w io.Writer, info fs.FileInfo) error {
	file, err := c.fs.Open(c.path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	buffer := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buffer)
	reader := contextReader{ctx, io.LimitReader(file, info.Size()+1)} // one more byte shows that it has grown
	// The wrapper hides ReadFrom, which would bring its own, smaller buffer.
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, reader, buffer[:])
	if err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return err
	}
	if n != info.Size() || after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		return fmt.Errorf("read %s: it changed meanwhile", c.path)
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
func (c content) same(other content) (bool, error) {
	a, err := c.fs.Open(c.path)
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
	if err != nil || aInfo.Size() != bInfo.Size() {
		return false, err
	}
	const size = copyBuffer / 2
	buffer := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buffer)
	for {
		n, aErr := io.ReadFull(a, buffer[:size])
		m, bErr := io.ReadFull(b, buffer[size:])
		for _, err := range []error{aErr, bErr} {
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return false, err
			}
		}
		if same := bytes.Equal(buffer[:n], buffer[size:size+m]); !same || n < size {
			return same, nil
		}
	}
}

// sameAsAny tells whether one of others has the same content.
func (c content) sameAsAny(others []content) (bool, error) {
	for _, other := range others {
		if same, err := c.same(other); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// Large buffers keep the number of system calls and TLS records low.
const (
	streamBuffer = 64 << 10
	copyBuffer   = 256 << 10
)

var (
	streamBuffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, streamBuffer) }}
	copyBuffers   = sync.Pool{New: func() any { return new([copyBuffer]byte) }}
)
