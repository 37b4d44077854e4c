package api_test

import (
	"context"
	"fmt"
	"log"
	"path/filepath"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

func saveInvoices(ctx context.Context, serverURL, password, fingerprint, zipFile string) error {
	client, err := api.NewClient(serverURL, // https://backup.example.com:4443
		api.WithPassword(`EXAMPLE\operator`, password),
		api.WithCertificateFingerprint(fingerprint)) // of the server's self-signed certificate
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	organization, err := client.FindOrganization(ctx, "example.onmicrosoft.com")
	if err != nil {
		return err
	}
	at := api.ExploreOptions{At: time.Date(2026, 1, 11, 12, 0, 0, 0, time.UTC)} // the latest backup at or before it
	return organization.Explore(ctx, at, func(ctx context.Context, session api.RestoreSession) error {
		drive, err := session.FindOneDrive(ctx, "alice@example.com")
		if err != nil {
			return err
		}
		folder, err := drive.FolderByPath(ctx, "Documents/Invoices")
		if err != nil {
			return err
		}
		report, err := folder.SaveFile(ctx, zipFile) // a complete archive, or an error
		fmt.Println("saved:", report.Entries, "entries")
		return err
	})
}

// From names to a saved folder. The session is stopped in any case.
func ExampleOrganization_Explore() {
	defer startServer()()
	ctx := context.Background()

	err := saveInvoices(ctx, serverURL, password, fingerprint, filepath.Join(directory, "invoices.zip"))
	fmt.Println(err)

	client, err := api.NewClient(serverURL,
		api.WithPassword(`EXAMPLE\operator`, password),
		api.WithCertificateFingerprint(fingerprint))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for session, err := range client.RestoreSessions(ctx) {
		fmt.Println(session.Properties.State, err)
	}
	// Output:
	// saved: 4 entries
	// <nil>
	// Stopped <nil>
}
