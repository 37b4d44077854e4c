package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
)

// TestSaveFileVerifiesAChecksumOfZero has files with a checksum of 0, which package zip does not compare.
func TestSaveFileVerifiesAChecksumOfZero(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]error{
		"content":          ErrTruncated,
		"\x9d\x0a\xd9\x6d": nil, // its CRC-32 is 0
		"":                 nil,
	} {
		var whole bytes.Buffer
		w := zip.NewWriter(&whole)
		size := uint64(len(content))
		f, err := w.CreateRaw(&zip.FileHeader{Name: "a.txt", CompressedSize64: size, UncompressedSize64: size})
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(whole.Bytes())
		})
		_, err = folder.SaveFile(t.Context(), filepath.Join(t.TempDir(), "folder.zip"), WithVerifyChecksums())
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", content, err, want)
		}
	}
}
