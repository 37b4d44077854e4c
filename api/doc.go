// Package api restores, sends, copies and saves OneDrive folders that Veeam Backup for Microsoft 365 has backed up.
//
// The shortest complete program saves a folder as a ZIP archive:
//
//	package main
//
//	import (
//		"context"
//		"log"
//		"os"
//
//		"github.com/vbo365/vbo365-go/api"
//	)
//
//	func main() {
//		client, err := api.NewClient("https://backup.example.com:4443",
//			api.WithPassword(`EXAMPLE\operator`, os.Getenv("VBO365_PASSWORD")),
//			api.WithCertificateFingerprint(os.Getenv("VBO365_FINGERPRINT")))
//		if err != nil {
//			log.Fatal(err)
//		}
//		folder := client.RestoreSession(os.Args[1]).OneDrive(os.Args[2]).Folder(os.Args[3])
//		if _, err := folder.SaveFile(context.Background(), "folder.zip"); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// # Finding a folder
//
// A folder can be found without its ids:
//
//   - [Client.FindOrganization] finds an organization by name.
//   - [Organization.Explore] starts a restore session for a point in time, calls a function with it, and stops it
//     [TestExploreStopsItsSessionWhateverHappens]. It also stops the session if the context ends during the start
//     [TestExploreStopsTheSessionOfACallerWhoLeft].
//   - [RestoreSession.FindOneDrive] finds the OneDrive of an owner.
//   - [OneDrive.FolderByPath] finds a folder by path, [OneDrive.ItemByPath] a folder or document.
//   - [RestoreSession.Search], [OneDrive.Search] and [Folder.Search] list items by name and time [TestSearch].
//   - [Organization.RestorePoints] lists the points in time that a session can show [TestRestorePoints].
//
// Lists are iterators. An iterator requests the next page while the program works on the current one
// [TestTheNextPageIsFetchedMeanwhile]. It holds at most two pages in memory [TestAnIterationCanBeLeft]. Each list
// except Children and FollowEvents has a method that reads a single page, such as [Folder.FoldersPage] [TestOnePage].
//
// # Actions
//
// A [Folder] has the four actions of the API: [Folder.RestoreToOriginalLocation], [Folder.CopyTo], [Folder.SendTo] and
// [Folder.Save]. [Folder.SaveFile] saves to a file. These have the same actions:
//
//   - a whole [OneDrive] [TestWholeOneDrive]
//   - a [Document], which is saved as it is [TestDocuments]
//   - a [FolderSet] or [DocumentSet], several items with one request [TestDocuments] [TestSetsInV2]
//   - a [PreviousFolder] or [PreviousDocument], an earlier version [TestVersionsOfItems]
//
// [RestoreSession.RestoreOneDrives] restores several OneDrives with one request [TestRestoreOneDrives].
//
// A restore or copy returns when the work is done, in all API versions [TestRestoreIsFollowedToItsEnd].
// [Folder.StartRestoreToOriginalLocation] and [Folder.StartCopyTo] return earlier if the server is v8. [Restore.Wait]
// then reports the progress and returns the result.
//
// # API versions
//
// The methods are the same for v2 to v8 [TestEveryVersion]. They follow public documents, and have not been tried with
// a live server. The client uses the newest version that the server serves. It detects that version with its first
// request, without credentials [TestNewestVersionIsFoundOnce]. [WithAPIVersion] fixes the version.
//
// An option that the version does not support is an error, and nothing is sent [TestOptionsThatAVersionDoesNotSupport].
// The properties of items are those that the version has. Links are absolute in all versions [TestEveryVersion]. In the
// comments of fields, "our choice" marks behaviour of the simulator that no public document defines.
//
// # Authentication
//
// The first request logs in. [WithPassword], [WithJWTBearer] and [WithOperator] have the credentials; [WithTokens]
// leaves the tokens to the program. The client renews the token before it expires [TestTokenIsRenewedBeforeItExpires].
// If that fails, the client uses the token as long as it is valid [TestValidTokenIsServedWhileItsRenewalFails]. If the
// server refuses a token, the client requests a new one and repeats the request once [TestRefusedTokenIsReplacedOnce].
// Refused credentials are not sent again for a minute, so that retries do not lock the account
// [TestWrongPasswordIsNotTriedAgainAtOnce].
//
// A client [WithOperator] has the account of a restore operator. It explores with [Client.OwnOrganization], and restores
// documents without credentials of Microsoft 365 [TestRestoreOperator].
//
// # Certificates
//
// The client verifies certificates. Most backup servers have self-signed ones: name the SHA-256 fingerprint of the
// certificate with [WithCertificateFingerprint], or its authority with [WithCAFile] or [WithCAs]. The error of an
// untrusted certificate contains its fingerprint [TestCertificates]. Plain HTTP is refused, except to the loopback
// interface [TestNewClientRefuses].
//
// # Downloads
//
// A [Download] is a stream. Read returns [io.EOF] at the end of a complete archive. If the stream ends earlier, the
// error matches [ErrTruncated] [TestStreams] [TestArchivesThatAreCutInSilence] [TestConnectionsLostInMidStream].
// SaveFile verifies the archive before it renames the temporary file to the given name
// [TestSaveFileVerifiesTheArchive].
//
// # Retries
//
// Idempotent requests, such as reads, log-ins and saves, are retried after transient failures [TestWhatIsTriedAgain].
// So are requests of which no byte was sent. [WithAttempts] lists the failures. Restore, copy and send are sent once;
// if the outcome is unknown, the error matches [ErrOutcomeUnknown] [TestOutcomeOfAChange] [TestAnswersThatAreNotDue].
// [UnknownOutcome.LookUp] queries the server for the events of such a request [TestLookUp] [TestLookUpOnAnotherClock].
//
// # Timeouts
//
// [Timeouts] bounds each wait for the server [TestTimeouts]. The duration of a whole transfer is not bounded, and a
// restore may take hours before the server responds [TestRestoreLongerThanStall]. A context bounds an operation.
//
// # Transport
//
// [WithTransport] wraps or replaces the transport, for tracing, recording or proxies. A transport that wraps the
// client's own keeps the guarantees of the client [TestTransportsThatWrap]. A restore, copy or send that fails in
// another transport is not retried [TestTransportsThatFail]. Archives and JSON are checked with any transport
// [TestTransportsThatSayLittle].
//
// [Client.Do] sends a request of package gen. It is for operations of the document that this package has no method for
// [TestDo].
//
// # Logging
//
// [WithLogger] logs each attempt of a request: an id that the attempts share [TestRequestsInTheLog], method, API
// version, route, status, duration, sizes, attempt, and the text of a failure. Bodies, tokens, ids of items and queries
// are not logged [TestLogHasWhatIsAllowedAndNothingElse].
//
// # Errors
//
// The error of a failed request is or wraps an [*Error], which has the operation, the HTTP status and the message of
// the server [TestErrorOfAnAnswer]. [errors.Is] tells the kinds of errors apart: [ErrUnauthorized], [ErrNotFound],
// [ErrServer] and others.
//
// Values of this package print "[redacted]" in place of passwords and tokens [TestNothingPrintsSecrets]. Package gen
// documents the exceptions at its type Secret. The client removes the secrets of a request from the messages of the
// server [TestServersThatSaySecretsBack] [TestSecretsOfARestoreInWhatIsToldLater].
//
// # Testing
//
// Package apitest is a simulator of the server. A test starts it with one call.
package api
