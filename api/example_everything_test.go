package api_test

import (
	"context"
	"fmt"
	"log"
	"path/filepath"

	"github.com/vbo365/vbo365-go/api"
)

// All text documents of a OneDrive are found, and saved as one archive.
func ExampleOneDrive_Search() {
	defer startServer()()
	ctx := context.Background()
	client := newClient(api.WithCertificateFingerprint(fingerprint))
	defer client.CloseIdleConnections()
	drive := client.RestoreSession(sessionID).OneDrive(driveID)
	var ids []string
	for item, err := range drive.Search(ctx, api.Query{Name: "*.txt", Documents: true}) {
		if err != nil {
			log.Fatal(err)
		}
		ids = append(ids, item.Document.ID())
	}
	report, err := drive.DocumentSet(ids...).SaveFile(ctx, filepath.Join(directory, "texts.zip"))
	fmt.Println("saved:", report.Entries, "documents,", err)
	// Output: saved: 6 documents, <nil>
}

// A document is saved as it is, and its previous version restored.
func ExampleDocument() {
	defer startServer()()
	ctx := context.Background()
	client := newClient(api.WithCertificateFingerprint(fingerprint))
	defer client.CloseIdleConnections()
	item, err := client.RestoreSession(sessionID).OneDrive(driveID).ItemByPath(ctx, "Documents/Report.txt")
	if err != nil {
		log.Fatal(err)
	}
	document := *item.Document
	report, err := document.SaveFile(ctx, filepath.Join(directory, "report.txt"))
	fmt.Println("saved:", report.Size, "bytes,", err)
	for previous, err := range document.Versions(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		result, err := previous.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
			UserName: "alice@example.com", UserPassword: "correct horse battery staple",
		})
		fmt.Println("restored version", previous.ID(), "of", previous.Size(), "bytes:", result.RestoredItemsCount, err)
	}
	// Output:
	// saved: 40 bytes, <nil>
	// restored version 1 of 22 bytes: 1 <nil>
}
