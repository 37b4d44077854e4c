package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// The simulator stands for a server, so that the examples can be run.
var (
	server    *apitest.Server
	mailbox   *apitest.Mailbox
	directory string

	serverURL, password, fingerprint   string
	sessionID, driveID, folderID, toID string
)

// startServer starts a server of these versions of the API, or of all.
func startServer(versions ...string) (stop func()) {
	var err error
	if directory, err = os.MkdirTemp("", "example-"); err != nil {
		log.Fatal(err)
	}
	if mailbox, err = apitest.StartMailbox(""); err != nil {
		log.Fatal(err)
	}
	if server, err = apitest.Start(apitest.Config{SMTP: mailbox.Addr, APIVersions: versions}); err != nil {
		log.Fatal(err)
	}
	session, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		log.Fatal(err)
	}
	alice, bob := server.Drives()[0], server.Drives()[1]
	serverURL, password, fingerprint = server.URL, server.Password, server.Fingerprint
	sessionID, driveID, folderID, toID = session.ID, alice.ID, alice.FolderID("Documents/Invoices"), bob.ID
	return func() {
		if err := errors.Join(server.Close(), mailbox.Close(), os.RemoveAll(directory)); err != nil {
			log.Fatal(err)
		}
	}
}

// The four actions.
func Example() {
	defer startServer()()
	ctx := context.Background()

	client, err := api.NewClient(serverURL,
		api.WithPassword(`EXAMPLE\operator`, password),
		api.WithCertificateFingerprint(fingerprint))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()
	folder := client.RestoreSession(sessionID).OneDrive(driveID).Folder(folderID)

	report, err := folder.SaveFile(ctx, filepath.Join(directory, "invoices.zip"))
	fmt.Println("saved:", report.Entries, "entries,", err)

	result, err := folder.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
		UserName:       "alice@example.com",
		UserPassword:   "correct horse battery staple",
		DocumentAction: api.DocumentActionKeep,
	})
	fmt.Println("restored:", result.RestoredItemsCount, "of", result.TotalItemsCount, err)

	result, err = folder.CopyTo(ctx, api.CopyTo{
		UserName:     "bob@example.com",
		UserPassword: "correct horse battery staple",
		OneDrive:     &api.OneDriveProperties{ID: toID},
		Folder:       "From Alice",
		DeletedItems: new(true),
	})
	fmt.Println("copied:", result.RestoredItemsCount, "of", result.TotalItemsCount, err)

	err = folder.SendTo(ctx, api.SendTo{From: "backup@example.com", To: "alice@example.com", Subject: "Your invoices"})
	fmt.Println("sent:", err)
	// Output:
	// saved: 4 entries, <nil>
	// restored: 2 of 2 <nil>
	// copied: 2 of 2 <nil>
	// sent: <nil>
}

// A save is a stream that can go anywhere.
func ExampleFolder_Save() {
	defer startServer()()
	client, err := api.NewClient(serverURL,
		api.WithPassword(`EXAMPLE\operator`, password),
		api.WithCertificateFingerprint(fingerprint))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	folder := client.RestoreSession(sessionID).OneDrive(driveID).Folder(folderID)
	download, err := folder.Save(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	written, err := io.Copy(io.Discard, download) // an archive that is not whole is an error
	fmt.Println(written == download.Size, err)
	// Output: true <nil>
}

// Which version of the API is spoken is found out, or fixed.
func ExampleWithAPIVersion() {
	defer startServer("v5", "v8")()
	for _, opts := range [][]api.Option{nil, {api.WithAPIVersion(api.V5)}} {
		client, err := api.NewClient(serverURL, append(opts,
			api.WithPassword(`EXAMPLE\operator`, password),
			api.WithCertificateFingerprint(fingerprint))...)
		if err != nil {
			log.Fatal(err)
		}
		defer client.CloseIdleConnections()
		fmt.Println(client.APIVersion(context.Background()))
	}
	// Output:
	// v8 <nil>
	// v5 <nil>
}

// A server of API v8 restores after it has answered: one can watch, or leave and come back.
func ExampleRestore_Wait() {
	defer startServer()()
	ctx := context.Background()
	client, err := api.NewClient(serverURL,
		api.WithPassword(`EXAMPLE\operator`, password),
		api.WithCertificateFingerprint(fingerprint))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	folder := client.RestoreSession(sessionID).OneDrive(driveID).Folder(folderID)
	begun, err := folder.StartRestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
		UserName:     "alice@example.com",
		UserPassword: "correct horse battery staple",
	})
	if err != nil {
		log.Fatal(err)
	}
	// Another program could do this, which knows begun.SessionID().
	result, err := client.Restore(begun.SessionID()).Wait(ctx,
		api.WithRestoreProgress(func(progress api.RestoreProgress) {
			if progress.State == api.RestoreSessionStopped {
				fmt.Println("restored", progress.Restored, "of", progress.Total)
			}
		}))
	fmt.Println(result.RestoredItemsCount, "items", err)
	// Output:
	// restored 2 of 2
	// 2 items <nil>
}

// What has happened can be asked with package errors.
func ExampleError() {
	defer startServer()()
	client, err := api.NewClient(serverURL,
		api.WithPassword(`EXAMPLE\operator`, "a wrong one"),
		api.WithCertificateFingerprint(fingerprint))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.RestoreSession(sessionID).OneDrive(driveID).Folder(folderID).Save(context.Background())
	var failure *api.Error
	if errors.As(err, &failure) && errors.Is(err, api.ErrUnauthorized) {
		fmt.Println(failure.StatusCode, failure.Message)
	}
	fmt.Println(err)
	// Output:
	// 400 Invalid credential
	// save folder: log in: 400 Bad Request: Invalid credential
}
