package api_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// A large tree: each folder has up to eight folders, and the documents are spread over the folders and the root.
const (
	treeFolders   = 2_000
	treeDocuments = 50_000
	treeInvoices  = 200 // of the documents
)

// difficultNames are the patterns of names. Two differ only in the normalization of Unicode.
var difficultNames = []string{
	"caf\u00e9 %d", "cafe\u0301 %d", " leading and trailing %d ", "#%d 100%% a+b & c=d; [x] {y} ~!@$^'", "%%2F%%2e%%2e %d",
	"\u65e5\u672c\u8a9e %d", "\u05e9\u05dc\u05d5\u05dd %d", "\U0001f389 %d \U0001f468\u200d\U0001f469\u200d\U0001f467",
	".hidden %d", "two  spaces  %d", "dot at the end %d.", "aux %d", "%d", strings.Repeat("n", 120) + " %d",
}

// writeTree writes the large tree to a directory, and returns the paths of its invoices by their names. The documents
// have up to 4 KiB, a few have 2 MiB.
func writeTree(b *testing.B, root string) map[string]string {
	b.Helper()
	folders, invoices := []string{root}, map[string]string{}
	for i := 1; i <= treeFolders; i++ {
		name := fmt.Sprintf(difficultNames[i%len(difficultNames)], i)
		folders = append(folders, filepath.Join(folders[(i-1)/8], name))
	}
	for _, folder := range folders {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.Fatal(err)
		}
	}
	chance := rand.NewChaCha8([32]byte{})
	for i := range treeDocuments {
		inFolder, folder := i/len(folders), i%len(folders)
		// Most names in a folder have the same number.
		pattern, number := difficultNames[inFolder%len(difficultNames)], folder+inFolder/len(difficultNames)
		file := filepath.Join(folders[folder], fmt.Sprintf(pattern, number)+".txt")
		if i%(treeDocuments/treeInvoices) == 0 {
			name := fmt.Sprintf("Rechnung \u00dcbergr\u00f6\u00dfe \u2116 %d (caf\u00e9) #1 100%%.pdf", i)
			file = filepath.Join(folders[folder], name)
			invoices[name] = file
		}
		size := chance.Uint64() % (4 << 10)
		if i%5000 == 1 {
			size = 2 << 20
		}
		content := make([]byte, size)
		_, _ = chance.Read(content) // never fails
		content = binary.AppendUvarint(content, uint64(i))
		if err := os.WriteFile(file, content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return invoices
}

// sameTree compares all files and folders of two directories, and returns how many documents and bytes they have.
func sameTree(b *testing.B, want, got string) (documents int, size int64) {
	b.Helper()
	entries := 0
	err := filepath.WalkDir(want, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			entries++
			return err
		}
		entries++
		documents++
		size += int64(sameFile(b, name, filepath.Join(got, strings.TrimPrefix(name, want))))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	err = filepath.WalkDir(got, func(_ string, _ fs.DirEntry, err error) error {
		entries--
		return err
	})
	if err != nil || entries != 0 {
		b.Fatalf("%d entries are missing, %v", entries, err)
	}
	return documents, size
}

// sameFile compares two files, and returns their size.
func sameFile(b *testing.B, want, got string) int {
	b.Helper()
	due, err := os.ReadFile(want)
	if err != nil {
		b.Fatal(err)
	}
	content, err := os.ReadFile(got)
	if err != nil || !bytes.Equal(content, due) {
		b.Fatalf("%s is not %s: %v", got, want, err)
	}
	return len(due)
}

// measured runs a step, and reports its seconds and, on Linux, the peak of the resident memory of this process.
func measured(b *testing.B, name string, step func()) {
	b.Helper()
	debug.FreeOSMemory()
	resetErr := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600) // resets the peak
	start := time.Now()
	step()
	b.ReportMetric(time.Since(start).Seconds(), name+"-s")
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || resetErr != nil {
		return
	}
	var peak int
	_, text, _ := bytes.Cut(status, []byte("VmHWM:"))
	if _, err := fmt.Sscan(string(text), &peak); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(peak)/1024, name+"-peak-RSS-MiB")
}

// BenchmarkTree saves and restores a whole OneDrive of 50,000 documents in 2,000 folders, and saves 200 documents that
// a search finds, from a simulator in another process. It extracts the archives, and compares all that is in them, and
// all that is restored, with the backup.
//
//	go test -run '^$' -bench Tree -benchtime 1x ./api
func BenchmarkTree(b *testing.B) {
	dir := b.TempDir()
	backup := filepath.Join(dir, "backup")
	invoices := writeTree(b, backup)
	for _, version := range []api.Version{api.V5, api.V8} {
		b.Run(version.String(), func(b *testing.B) {
			production := filepath.Join(dir, "production")
			if err := os.RemoveAll(production); err != nil {
				b.Fatal(err)
			}
			drive := startManyFiles(b, dir, api.WithAPIVersion(version))
			for b.Loop() {
				saveAndRestoreTree(b, drive, backup, production, invoices)
			}
		})
	}
}

func saveAndRestoreTree(b *testing.B, drive api.OneDrive, backup, production string, invoices map[string]string) {
	b.Helper()
	archive := filepath.Join(b.TempDir(), "drive.zip")
	measured(b, "save", func() {
		report, err := drive.SaveFile(b.Context(), archive)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(report.Size)/1e6, "archive-MB")
	})
	documents, size := sameTree(b, backup, extract(b, archive))
	if documents != treeDocuments {
		b.Fatalf("%d documents, not %d", documents, treeDocuments)
	}
	b.ReportMetric(float64(size)/1e6, "documents-MB")

	measured(b, "restore", func() {
		result, err := drive.RestoreToOriginalLocation(b.Context(), alicePassword)
		if err != nil || result.TotalItemsCount != treeDocuments {
			b.Fatalf("%+v, %v", result.RestoreStatistics, err)
		}
	})
	sameTree(b, backup, production)

	query := api.Query{Name: "rechnung \u00dcBER*\u2116 ?* (caf\u00e9) #1 100%.pdf", Documents: true}
	var ids []string
	measured(b, "search", func() {
		for item, err := range drive.Search(b.Context(), query) {
			if err != nil {
				b.Fatal(err)
			}
			ids = append(ids, item.Document.ID())
		}
	})
	if len(ids) != treeInvoices {
		b.Fatalf("%d documents found, not %d", len(ids), treeInvoices)
	}
	set := filepath.Join(b.TempDir(), "found.zip")
	measured(b, "set", func() {
		if _, err := drive.DocumentSet(ids...).SaveFile(b.Context(), set); err != nil {
			b.Fatal(err)
		}
	})
	found := extract(b, set)
	files, err := os.ReadDir(found)
	if err != nil || len(files) != treeInvoices {
		b.Fatalf("%d files, %v", len(files), err)
	}
	for name, original := range invoices {
		sameFile(b, original, path.Join(found, name))
	}
}
