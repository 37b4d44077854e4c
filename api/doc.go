// Package api restores, mails, copies and saves OneDrive folders that Veeam Backup for Microsoft 365 has backed up.
//
// The shortest complete program saves a folder as a ZIP archive:
//
//	client, err := api.NewClient("https://backup.example.com:4443",
//		api.WithPassword(`EXAMPLE\operator`, os.Getenv("VBO365_PASSWORD")),
//		api.WithCertificateFingerprint("9f86d081…"))
//	if err != nil {
//		log.Fatal(err)
//	}
//	folder := client.RestoreSession(sessionID).OneDrive(driveID).Folder(folderID)
//	report, err := folder.SaveFile(ctx, "invoices.zip")
//
// # Finding the folder
//
// Ids need not be known. [Client.FindOrganization] finds an organization by name; [Organization.Explore] starts a restore session
// for a point in time, calls a function with it, and stops it [TestExploreStopsItsSessionWhateverHappens], also if the context ends
// while the session is being started [TestExploreStopsTheSessionOfACallerWhoLeft]; [RestoreSession.FindOneDrive] finds an owner's
// OneDrive, and [OneDrive.FolderByPath] a folder.
//
// Lists are iterators, which fetch the next page while the program works on this one [TestTheNextPageIsFetchedMeanwhile] and hold no
// more than two [TestAnIterationCanBeLeft]; each has a method that reads one page, too.
//
// # Actions
//
// A [Folder] has the four actions of the API: [Folder.RestoreToOriginalLocation], [Folder.SendTo], [Folder.CopyTo] and
// [Folder.Save], with [Folder.SaveFile] on top of it. Their options are the generated types of package gen under
// shorter names.
//
// # API versions
//
// The same calls are for v2 to v8 [TestEveryVersion], as public documents describe them; none was tried with a live server. The
// client finds the newest version of the API that the server serves, with the first request and without credentials
// [TestNewestVersionIsFoundOnce], unless [WithAPIVersion] fixes it. On the wire the actions have two forms: one route for all up to
// v5, one for each from v6 on; and a server of v8 restores and copies after it has answered. The calls return when
// the work is done all the same [TestRestoreIsFollowedToItsEnd]. To see how far it is, or to leave meanwhile, use
// [Folder.StartRestoreToOriginalLocation] and [Folder.StartCopyTo]. An option that the server's version does not know is an error,
// before anything is sent [TestOptionsThatAVersionDoesNotSupport].
//
// Only the properties that a server gives of its items are as that version has them; their links are absolute in all
// [TestEveryVersion].
//
// # Authentication
//
// The first request logs in, with [WithPassword]. The token is renewed before it expires [TestTokenIsRenewedBeforeItExpires],
// used as long as it is valid if that fails [TestValidTokenIsServedWhileItsRenewalFails], and replaced when the server has forgotten
// it [TestRefusedTokenIsReplacedOnce]. The server says how long a token is good for. Refused credentials are not tried again for a
// minute, so that a wrong password in a loop does not lock the account [TestWrongPasswordIsNotTriedAgainAtOnce].
//
// # Certificates
//
// Certificates are verified. Backup servers mostly have self-signed ones: name the certificate's SHA-256 fingerprint
// with [WithCertificateFingerprint], or its authority with [WithCAFile] or [WithCAs]. When it is not trusted, the error
// says the fingerprint that was seen [TestCertificates]. Plain HTTP is refused, except to this computer itself
// [TestNewClientRefuses].
//
// # Downloads
//
// A [Download] is a stream. It ends with [io.EOF] only after the end of a ZIP archive and all bytes that were announced; one that
// ends before ends with an error that matches [ErrTruncated] [TestStreams] [TestArchivesThatAreCutInSilence]
// [TestConnectionsLostInMidStream]. SaveFile opens the archive before it gives it the final name [TestSaveFileVerifiesTheArchive].
//
// # Retries
//
// What can do no harm is sent again when it fails in a way that may pass: reading, logging in, saving, and requests of which nothing
// was sent [TestWhatIsTriedAgain]. [WithAttempts] has the details. A restore, copy or send is not sent again after any byte of it may
// have reached the server; if its outcome is unknown then, the error matches [ErrOutcomeUnknown] [TestOutcomeOfAChange]
// [TestAnswersThatAreNotDue], and [UnknownOutcome] can look for traces of it [TestLookUp] [TestLookUpOnAnotherClock].
//
// # Timeouts
//
// The waits for the server are bounded, each by its own bound [TestTimeouts]; a whole transfer is not, and a restore may take hours
// before it is answered [TestRestoreLongerThanStall]: see [Timeouts]. To bound an operation, use its context.
//
// # Transport
//
// [WithTransport] wraps or replaces what sends the requests, for tracing, recording or proxies. A transport that wraps
// the client's own keeps all that the client promises [TestTransportsThatWrap]. A restore, copy or send that fails in a
// transport of the program's own is not sent again [TestTransportsThatFail]; archives and JSON are still checked to be
// whole [TestTransportsThatSayLittle]. [Client.Do] sends a request of package gen, for operations that have no method
// here, with the token, retries, bounds and version of the client [TestDo].
//
// # Logging
//
// [WithLogger] writes a line for every attempt of a request: an id that its attempts share [TestRequestsInTheLog],
// method, API version, route, status, duration, sizes, attempt, and the text of a failure. Bodies, tokens, ids and
// queries are not logged [TestLogHasWhatIsAllowedAndNothingElse].
//
// # Errors
//
// The error that a request ends with is, or wraps, an [*Error]: operation, HTTP status, the server's message [TestErrorOfAnAnswer].
// Ask what happened with [errors.Is] and the variables [ErrUnauthorized], [ErrNotFound], [ErrServer] and so on. The values of
// this package and its option types show "[redacted]" for a password or a token when they are printed [TestNothingPrintsSecrets];
// type Secret of package gen says where Go does not let them. Those that a request carries are removed from what its server says
// [TestServersThatSaySecretsBack] [TestSecretsOfARestoreInWhatIsToldLater].
//
// # Testing
//
// Package apitest has a simulator of the server that can be started in one line from a test.
package api
