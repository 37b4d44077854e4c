package tenant

// Sizes of the parts of a ZIP archive as archive/zip writes them to a stream.
const (
	zipLocalHeader     = 30
	zipDescriptor      = 16 // follows the content of a file: its checksum and sizes are not known before
	zipDescriptor64    = 24
	zipDirectoryHeader = 46
	zipExtraTime       = 9
	zipExtraSizes64    = 28
	zipEnd             = 22
	zipEnd64           = 56 + 20 // end record and its locator
	zipMax16, zipMax32 = 1<<16 - 1, 1<<32 - 1
)

// zipSize computes how long an archive becomes whose entries are stored, not compressed. The zero value is an empty
// archive.
type zipSize struct {
	entries   int64 // local headers, contents and descriptors; the offset of the next entry
	directory int64
	records   int64
}

// add counts an entry with a name of the given length. dated tells whether it has a modification time.
func (z *zipSize) add(nameLength int, isFolder bool, size int64, dated bool) {
	extra := int64(0)
	if dated {
		extra = zipExtraTime
	}
	header := int64(nameLength) + extra
	z.directory += zipDirectoryHeader + header
	if size >= zipMax32 || z.entries >= zipMax32 {
		z.directory += zipExtraSizes64
	}
	z.records++

	z.entries += zipLocalHeader + header + size
	switch {
	case isFolder:
	case size >= zipMax32:
		z.entries += zipDescriptor64
	default:
		z.entries += zipDescriptor
	}
}

// total is the length of the archive.
func (z *zipSize) total() int64 {
	total := z.entries + z.directory + zipEnd
	if z.records >= zipMax16 || z.directory >= zipMax32 || z.entries >= zipMax32 {
		total += zipEnd64
	}
	return total
}
