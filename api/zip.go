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

var le = binary.LittleEndian

// A zipEnd has the values of the end records of an archive: the number of entries, and the length and offset of the
// central directory.
type zipEnd struct{ entries, length, directory uint64 }

// findZIPEnd reads the end records of an archive from its last bytes. The central directory must end where the end
// records start. ZIP64 records are directly before the end record.
func findZIPEnd(tail []byte, archiveSize uint64) (zipEnd, error) {
	for at := len(tail) - endSize; at >= 0; at-- {
		record := tail[at:]
		if !bytes.HasPrefix(record, []byte(endSignature)) || int(le.Uint16(record[20:])) != len(record)-endSize {
			continue
		}
		begin := archiveSize - uint64(len(record))
		end := zipEnd{uint64(le.Uint16(record[10:])), uint64(le.Uint32(record[12:])), uint64(le.Uint32(record[16:]))}
		if at64 := at - locator64Size - end64Size; at64 >= 0 {
			record64, locator, begin64 := tail[at64:], tail[at64+end64Size:], begin-locator64Size-end64Size
			if bytes.HasPrefix(record64, []byte(end64Signature)) && bytes.HasPrefix(locator, []byte(locator64Sign)) &&
				le.Uint64(locator[8:]) == begin64 {
				begin = begin64
				end = zipEnd{le.Uint64(record64[32:]), le.Uint64(record64[40:]), le.Uint64(record64[48:])}
			}
		}
		if end.directory > begin || end.length != begin-end.directory {
			return zipEnd{}, errors.New("the archive's central directory is not at the offset in its end record")
		}
		return end, nil
	}
	return zipEnd{}, errors.New("the archive has no end record")
}

// appendTail appends the next bytes of a stream to its tail. It keeps at least the last maxTailSize bytes, which
// contain the end records of an archive.
func appendTail(tail, p []byte) []byte {
	p = p[max(0, len(p)-maxTailSize):]
	if len(tail)+len(p) > 4*maxTailSize { // moving the bytes now and then is simpler than a ring buffer
		tail = tail[:copy(tail, tail[max(0, len(tail)-maxTailSize):])]
	}
	return append(tail, p...)
}

// checkZIP verifies the central directory of an archive with these end records. It uses constant memory, unlike
// archive/zip, and reads about 100 bytes for each entry.
func checkZIP(archive io.ReaderAt, end zipEnd) (entries int64, err error) {
	//nolint:gosec // findZIPEnd has checked that both are below the size
	directory := bufio.NewReaderSize(io.NewSectionReader(archive, int64(end.directory), int64(end.length)), 64<<10)
	header := make([]byte, directorySize)
	for ; ; entries++ {
		_, err := io.ReadFull(directory, header)
		switch {
		case err == io.EOF && uint64(entries) != end.entries:
			return 0, fmt.Errorf("the central directory has %d entries, not %d", entries, end.entries)
		case err == io.EOF:
			return entries, nil
		case err == nil && !bytes.HasPrefix(header, []byte(entrySignature)):
			return 0, fmt.Errorf("entry %d of the central directory is damaged", entries+1)
		case err == nil:
			name, extra, comment := le.Uint16(header[28:]), le.Uint16(header[30:]), le.Uint16(header[32:])
			_, err = directory.Discard(int(name) + int(extra) + int(comment))
		}
		if err != nil {
			return 0, fmt.Errorf("read central directory: %w", err)
		}
	}
}

// checkChecksums reads each file of an archive to its end, where archive/zip compares the size and the checksum. It
// keeps the central directory in memory, some hundred bytes for each entry.
func checkChecksums(ctx context.Context, archive io.ReaderAt, size int64) error {
	reader, err := zip.NewReader(archive, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is extracted here
		return err
	}
	for _, file := range reader.File {
		if err := checkChecksum(ctx, file); err != nil {
			return fmt.Errorf("%q: %w", file.Name, err)
		}
	}
	return nil
}

func checkChecksum(ctx context.Context, file *zip.File) error {
	content, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	checksum := crc32.NewIEEE()
	for err == nil && ctx.Err() == nil {
		_, err = io.CopyN(checksum, content, 1<<20)
	}
	switch {
	case err == nil:
		return ctx.Err()
	case !errors.Is(err, io.EOF):
		return err
	case file.CRC32 == 0 && checksum.Sum32() != 0: // archive/zip does not compare with 0
		return zip.ErrChecksum
	}
	return nil
}
