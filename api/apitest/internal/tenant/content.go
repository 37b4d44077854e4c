package tenant

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
	n, beyond := int64(0), int64(1) // one more byte shows that it has grown
	if _, ofSystem := file.(*os.File); ofSystem {
		beyond = 0 // its size below shows that, too, without another system call
	}
	for left := info.Size() + beyond; left > 0 && err == nil; left = info.Size() + beyond - n {
		if err := ctx.Err(); err != nil {
			return err
		}
		var read int
		read, err = file.Read(buffer[:min(left, copyBuffer)])
		n += int64(read)
		if _, err := w.Write(buffer[:read]); err != nil {
			return err
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
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
