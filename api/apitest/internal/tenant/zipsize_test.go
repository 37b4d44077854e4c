package tenant

import (
	"archive/zip"
	"fmt"
	"strings"
	"testing"
	"time"
)

type zipEntry struct {
	name  string
	size  int64
	dated bool
}

func (e zipEntry) isFolder() bool { return strings.HasSuffix(e.name, "/") }

type countingWriter struct{ n int64 }

func (c *countingWriter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// zeros is written over and over; nobody reads it, so that archives of any size take little time.
var zeros [64 << 20]byte

// measure gives the length of the archive that archive/zip makes after an offset.
func measure(t *testing.T, offset int64, entries []zipEntry) int64 {
	t.Helper()
	written := &countingWriter{}
	archive := zip.NewWriter(written)
	archive.SetOffset(offset)
	for _, entry := range entries {
		header := &zip.FileHeader{Name: entry.name, Method: zip.Store}
		if entry.dated {
			header.Modified = time.Unix(1, 0)
		}
		if entry.size == 0 {
			if _, err := archive.CreateHeader(header); err != nil {
				t.Fatal(err)
			}
			continue
		}
		// Raw content needs no checksum. Its header must be as CreateHeader would make it.
		header.Flags, header.CompressedSize64, header.UncompressedSize64 = 8, uint64(entry.size), uint64(entry.size)
		if entry.dated {
			header.Extra = []byte{'U', 'T', 5, 0, 1, 1, 0, 0, 0}
		}
		content, err := archive.CreateRaw(header)
		if err != nil {
			t.Fatal(err)
		}
		for left := entry.size; left > 0; {
			n, err := content.Write(zeros[:min(left, int64(len(zeros)))])
			if err != nil {
				t.Fatal(err)
			}
			left -= int64(n)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return offset + written.n
}

func compute(offset int64, entries []zipEntry) int64 {
	size := zipSize{entries: offset}
	for _, entry := range entries {
		size.add(len(entry.name), entry.isFolder(), entry.size, entry.dated)
	}
	return size.total()
}

func TestZIPSize(t *testing.T) {
	t.Parallel()
	check := func(offset int64, entries ...zipEntry) {
		t.Helper()
		if got, want := compute(offset, entries), measure(t, offset, entries); got != want {
			t.Fatalf("offset %d, %d entries: computed %d, archive/zip makes %d", offset, len(entries), got, want)
		}
	}
	check(0)
	check(1 << 40)
	names := []string{"a", "folder/", "a/b/", "ä/日本語.txt", strings.Repeat("x", 200), strings.Repeat("y", 1<<16-1)}
	sizes := []int64{0, 1, 1 << 20, 1<<31 - 1, 1 << 31, 1<<32 - 2, 1<<32 - 1, 1 << 32, 1<<32 + 1, 1 << 40}
	for _, name := range names {
		for _, dated := range []bool{false, true} {
			for _, size := range sizes {
				entry := zipEntry{name, size, dated}
				if entry.isFolder() {
					entry.size = 0
				}
				for _, offset := range []int64{0, 1, 1 << 31, 1 << 40} {
					check(offset, entry)
					check(offset, zipEntry{"before/", 0, dated}, zipEntry{"before/empty", 0, !dated}, entry)
				}
				// Around 4 GiB every byte may matter: for the entry, and for the directory behind it.
				for near := int64(-3); near <= 3; near++ {
					check(1<<32+near, entry)
					behind := 1<<32 + near - (compute(0, []zipEntry{entry}) - zipEnd - zipDirectoryHeader)
					for slack := int64(-40); slack <= 40 && behind+slack > 0; slack++ {
						check(behind+slack, entry)
					}
				}
			}
		}
	}
	// Around 65535 entries.
	var many []zipEntry
	for i := range 1<<16 + 2 {
		if i >= 1<<16-3 {
			check(0, many...)
		}
		many = append(many, zipEntry{fmt.Sprint(i), 0, i%2 == 0})
	}
}
