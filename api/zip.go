package api

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Layout of the records at the end of a ZIP archive (PKWARE APPNOTE 4.3.12 to 4.3.16).
const (
	endSize        = 22
	maxCommentSize = 1<<16 - 1
	end64Size      = 56
	locator64Size  = 20
	directorySize  = 46
	endSignature   = "PK\x05\x06"
	end64Signature = "PK\x06\x06"
	locator64Sign  = "PK\x06\x07"
	entrySignature = "PK\x01\x02"
	maxTailSize    = endSize + maxCommentSize + locator64Size + end64Size
)

var errNoZIPEnd = errors.New("the archive has no end record")

// A zipEnd is what the records at the end of an archive say.
type zipEnd struct {
	entries   uint64
	directory uint64 // offset of the central directory
	length    uint64 // its length
}

// findZIPEnd reads the end records of an archive from its last bytes. It fails unless everything fits: the central
// directory must end where the end records begin.
func findZIPEnd(tail []byte, archiveSize uint64) (zipEnd, error) {
	for at := len(tail) - endSize; at >= 0 && len(tail)-at <= endSize+maxCommentSize; at-- {
		record := tail[at:]
		if !bytes.HasPrefix(record, []byte(endSignature)) ||
			int(binary.LittleEndian.Uint16(record[20:])) != len(record)-endSize {
			continue
		}
		end := zipEnd{
			entries:   uint64(binary.LittleEndian.Uint16(record[10:])),
			length:    uint64(binary.LittleEndian.Uint32(record[12:])),
			directory: uint64(binary.LittleEndian.Uint32(record[16:])),
		}
		begin := archiveSize - uint64(len(record))
		if end64, ok := findZIP64End(tail[:at], begin); ok {
			end, begin = end64, begin-locator64Size-end64Size
		}
		if end.directory > begin || end.length != begin-end.directory {
			return zipEnd{}, errors.New("the archive's central directory is not where its end record says")
		}
		return end, nil
	}
	return zipEnd{}, errNoZIPEnd
}

// findZIP64End reads the ZIP64 records, which stand right before the end record if there are any.
func findZIP64End(tail []byte, at uint64) (zipEnd, bool) {
	if len(tail) < locator64Size+end64Size {
		return zipEnd{}, false
	}
	locator := tail[len(tail)-locator64Size:]
	record := tail[len(tail)-locator64Size-end64Size:]
	if !bytes.HasPrefix(locator, []byte(locator64Sign)) || !bytes.HasPrefix(record, []byte(end64Signature)) ||
		binary.LittleEndian.Uint64(locator[8:]) != at-locator64Size-end64Size {
		return zipEnd{}, false
	}
	return zipEnd{
		entries:   binary.LittleEndian.Uint64(record[32:]),
		length:    binary.LittleEndian.Uint64(record[40:]),
		directory: binary.LittleEndian.Uint64(record[48:]),
	}, true
}

// A tail keeps the last bytes of a stream, enough for the end records of an archive.
type tail struct{ bytes []byte }

func (t *tail) write(p []byte) {
	if len(p) >= maxTailSize {
		t.bytes = append(t.bytes[:0], p[len(p)-maxTailSize:]...)
		return
	}
	t.bytes = append(t.bytes, p...)
	// Moving the bytes only once in a while costs less than a ring and reads easier.
	if len(t.bytes) > 4*maxTailSize {
		t.bytes = t.bytes[:copy(t.bytes, t.bytes[len(t.bytes)-maxTailSize:])]
	}
}

func (t *tail) check(size uint64) error {
	_, err := findZIPEnd(t.bytes[max(0, len(t.bytes)-maxTailSize):], size)
	return err
}

// checkZIP verifies the frame of an archive: that its end records and the entries of its central directory are in their
// places. It uses constant memory, and reads about 100 bytes an entry. It returns the number of entries.
func checkZIP(archive io.ReaderAt, size int64) (entries int64, err error) {
	last := make([]byte, min(size, maxTailSize))
	if _, err := archive.ReadAt(last, size-int64(len(last))); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	end, err := findZIPEnd(last, uint64(max(size, 0)))
	if err != nil {
		return 0, err
	}
	//nolint:gosec // findZIPEnd has seen to it that both are below the size
	section := io.NewSectionReader(archive, int64(end.directory), int64(end.length))
	directory := bufio.NewReaderSize(section, 64<<10)
	var header [directorySize]byte
	for {
		if _, err := io.ReadFull(directory, header[:]); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, fmt.Errorf("read central directory: %w", err)
		}
		if !bytes.HasPrefix(header[:], []byte(entrySignature)) {
			return 0, fmt.Errorf("entry %d of the central directory is damaged", entries+1)
		}
		variable := 0 // name, extra field and comment
		for _, at := range []int{28, 30, 32} {
			variable += int(binary.LittleEndian.Uint16(header[at:]))
		}
		if _, err := directory.Discard(variable); err != nil {
			return 0, fmt.Errorf("read central directory: %w", err)
		}
		entries++
	}
	if uint64(entries) != end.entries {
		return 0, fmt.Errorf("the central directory has %d entries, not %d", entries, end.entries)
	}
	return entries, nil
}

// checkChecksums reads every file of an archive to its end, where package zip compares size and checksum. It keeps the central
// directory in memory, some hundred bytes an entry.
func checkChecksums(ctx context.Context, archive io.ReaderAt, size int64) error {
	reader, err := zip.NewReader(archive, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is extracted here
		return err
	}
	buffer := make([]byte, chunkSize)
	for _, file := range reader.File {
		if err := checkChecksum(ctx, file, buffer); err != nil {
			return fmt.Errorf("%q: %w", file.Name, err)
		}
	}
	return nil
}

func checkChecksum(ctx context.Context, file *zip.File, buffer []byte) (err error) {
	content, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	checksum := crc32.NewIEEE()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := content.Read(buffer)
		if file.CRC32 == 0 { // package zip takes it for none
			_, _ = checksum.Write(buffer[:n]) // never fails
		}
		switch {
		case errors.Is(err, io.EOF) && checksum.Sum32() != 0:
			return zip.ErrChecksum
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
