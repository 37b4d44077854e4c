// Package apitest is a simulator of the OneDrive part of the REST API of Veeam Backup for Microsoft 365. It replaces a
// backup server in tests and demonstrations. It serves HTTPS on a port, and reads and writes directories.
//
//	func TestSave(t *testing.T) {
//		srv := apitest.NewServer(t, apitest.Config{})
//		session, err := srv.StartRestoreSession("", time.Time{})
//		…
//		drive := srv.Drives()[0]
//		// Save the folder drive.FolderID("Documents") of drive.ID in session.ID from srv.URL,
//		// logging in as srv.Username with srv.Password and trusting srv.Fingerprint.
//	}
//
// # What it models
//
//   - A [Config] has organizations, and these have OneDrives. Each OneDrive has restore points, which are read only
//     [TestBackupIsNotWrittenTo], and a production directory with its current files. [Load] reads a configuration from
//     a directory. [OneDrive].UserDeleted is for those of users who do not exist any more.
//   - The users of an organization are the owners of its OneDrives. [Config].Repositories have the restore points; from
//     v3 on, requests can ask what is in which repository; from v6 on, which restore points there are, and which
//     OneDrives each has. What is in a repository with Archive set has to be retrieved before it can be read: that is
//     a data retrieval, which takes [Config].RetrievalTime. A repository with Copies set has a session of its own.
//   - [Config].Operators explore the OneDrives in their scope, or their own one.
//   - Organizations, restore sessions and their events, OneDrives, folders and documents can be listed in pages, and
//     read one by one. Links are absolute up to v5, with the host of the request if that names this server. From v6 on,
//     they have no host.
//   - save streams a ZIP archive while it creates it, or a single document as it is, unless asZip is set. The response
//     has a Content-Length unless [Config].Chunked is set. If the backup changes or cannot be read during the stream,
//     the connection is closed. With [Config].TemporaryArchives, a save of v7 and later is in a temporary file before
//     the first byte, and the same request gets that file again until all of it has been sent
//     [TestTemporaryArchive].
//   - restoreToOriginalLocation writes to the production directory; copyTo writes to that of another OneDrive. Actions
//     that write to the same directory wait for each other. In v8, the response to both is sent when they start, and
//     they run in a separate session with a state, statistics and an event. [Config].RestorePace slows them down.
//   - The actions are about whole OneDrives, folders, documents, and sets and versions of these. A bulk restore writes
//     several OneDrives back, one after another, with a result for each [TestRestoreSeveralOneDrives].
//   - search finds folders and documents of a OneDrive or a folder in v4 and v5, and from v6 on also those of all
//     OneDrives of a session [TestSearch].
//   - sendTo sends a message with the archive over SMTP, according to the e-mail settings: those for OneDrive, in v2
//     those for SharePoint. [Config].SMTP sets the initial values of both. A [Mailbox] receives the messages.
//   - Each action has an event in its session from its start on. The start and the end of a session are events, too, of
//     the type None. If an action has written all of its items, the message of its event has the form of the product:
//     "Item Report.txt was restored successfully (type: Document; source: …; target: …)" [TestSessionEvents]. There are no events for items
//     that are only read, or that are parts of an action.
//   - v2 to v8, or the versions in [Config].APIVersions, are served together, with the same account, tokens, sessions
//     and data. Each version has the paths, properties, values and statuses of the OpenAPI document of this project. Up
//     to v5, the body names the action; from v6 on, the path does. Both are the same action in the request log, in
//     faults and in [Server.Executions]. The status is 404 if the version is not served or does not have the path, and
//     401 if the path exists and the token is missing.
//   - From v6 on, folders have versions: one for each restore point with the folder up to that of the session, numbered
//     from 1, the oldest. Documents have one for each content in a row of these restore points. An action on a version
//     uses the backup as of its restore point.
//   - operatorRestore restores documents without credentials, in a separate session in all versions that have it. Each
//     document has its own documentVersion.
//   - Requests are validated against the document of their version. Deviations that the product is known to accept are
//     accepted, and recorded in the request log ([Server.Requests]): other letter cases in paths, query names, property
//     names and enum values; booleans and numbers as text; times in other formats; trailing commas; a missing content
//     type; a slash at the end of the path; unknown properties, and properties of other versions. Such properties are
//     ignored: in v2, an action on folders is one on the whole OneDrive.
//   - Errors have the body of the version: a message; from v7 on, an errorCode; in v8, a stackTrace, which is null.
//   - In v7 and v8, the response with a token sets an antiforgery cookie, unless the request has
//     disable_antiforgery_token=true. With [Config].StrictAntiforgery, such a token is valid only with its cookie
//     there, as with some builds of the product.
//   - /swagger/ui/index is the reference page, which can send requests. It needs no token.
//
// # Faults
//
// [Server.Inject] adds faults: delayed, truncated, refused or wrong responses, before or after the request is carried
// out. [Server.Executions] counts the requests that were carried out, so that a test can prove that nothing was done
// twice [TestWrongAnswers].
//
// # Our choices
//
// Where the documentation of the product has gaps that a client can observe, the simulator behaves as follows:
//
//   - The status for an unknown organization, session, event, OneDrive, folder or document is 404; that for a request
//     that cannot be parsed is 400. Requests with these statuses, or with 401, have no effect. The errorCode is missing
//     in v7, and follows from the status in v8.
//   - The status for a request line and header of more than 32 KiB is 431. The status for a body of more than 8 MiB, or
//     of more than 64 KiB without a valid token, is 413.
//   - A stopped session, its events and its statistics can be read. The status for other requests in it is 500, and for
//     another stop 400 [TestStoppedSession]. The newest 10,000 stopped sessions are kept.
//   - A session without requests for [Config].SessionIdleTimeout is stopped, and its details have the reason. The
//     result of a session is that of its worst event.
//   - The list of restore sessions has those that the account of the request has started. Sessions of
//     [Server.StartRestoreSession] have no account: they can be used by their ids, are not in the list, and do not
//     expire.
//   - The default type of explore is OneDrives; the status for other types is 500. The default time is now. A time
//     without a zone is in the local zone of the simulator. /Organization/Action and /Organization/explore explore the
//     first organization.
//   - showDeleted also shows items that only earlier restore points have; actions include them. Without showAllVersions,
//     the lists of versions are empty [TestDocumentVersions]; a version can still be read by its number. Sessions of
//     [Server.StartRestoreSession] show all versions.
//   - A restore point is what all OneDrives of an organization have of one time in a repository. One job writes each
//     repository. Restore points are listed newest first; those at the bounds of a list belong to it. A OneDrive whose
//     newest restore point is in an archive is listed; the status for anything in it is 500, and so is that for explore
//     of an archive. Earlier versions of its documents, and deleted documents, are not looked for in other repositories
//     by a session of one.
//   - The id of an organization in the backup is its name, and two empty GUIDs. Requests take it, too.
//   - The size of what is used in a repository is that of all documents of all restore points.
//   - The status for OperatorExplore is 403 for an account that is not an operator, and for a scope that is not its
//     own. LoggedInUser is known of operators only. Operators belong to the first organization.
//   - A data retrieval is of the newest restore point of the archive up to the time. Its data stays for one day if the
//     request does not say how long. Notifications are not sent.
//   - Log-out ends the access token of the request and the refresh token that came with it. Sessions and running
//     requests go on. The code of AuthCode has no use.
//   - The status for the sign-in for mail is 500.
//   - The parentId of the root is null up to v6, and root from v7 on. The status for the other one is 404. From v6 on,
//     the status for paths that end in Action is 404, too.
//   - Lists are sorted by name, OneDrives as in the configuration, sessions newest first, events oldest first. Without
//     parentId, each folder is before the folders in it, and documents are grouped by folder. The status for a limit
//     above 10,000, or for another invalid limit or offset, is 400. From v6 on, the pages of a list have the same
//     setId, which requests may omit. Folders in a list of documents are before the documents, and have no size.
//     Sessions that are still working are sorted as if they had ended last.
//   - Folders and documents are created and modified by the owner, at the time of the file in UTC, with version 1.0;
//     from v6 on, folders, and documents that are not in a list, have the number of their version. A list of versions
//     has the previous ones, oldest first, without the latest. The id of the whole OneDrive,
//     [Drive].RootFolderID, is valid as the id of a folder, but is in no list.
//   - An archive of several folders has each of them at its top; the second of two with the same name is "name (2)". Of
//     folders inside each other, only the outer ones are restored. If a folder does not exist, the status is 404, and
//     the action has no effect. Several documents are archived in the same way, the second as "name (2).ext", and also
//     if they are a list of one. The status for an empty list is 400 [TestSeveralDocuments].
//   - A document is saved as it is for asZip false, null and none. The name of a file beyond printable ASCII is in
//     filename*, after a filename with underscores [TestDocumentNames]. A message has an archive, also of one document.
//   - Without [Config].Operators, any account can restore as an operator, in any session. With them, the status for
//     others, and in sessions that OperatorExplore did not start, is 403 [TestOperatorRestore].
//   - If no e-mail server is set, or if enableNotification is false, the status of sendTo is 500. useSSL means STARTTLS
//     with a certificate that the system trusts. useAuthentication means a PLAIN log-in, which needs TLS except on the
//     loopback interface. Responses do not have the password [TestEmailSettings].
//   - The response to an invalid request for a token is 400 with "invalid_request". The response to wrong credentials
//     has the two texts that servers have been observed to send. From v6 on, both have the body of other errors. The
//     grant integration is refused [TestTokenRefused].
//   - A refresh token can be used once, and is valid for 14 days. The old access token stays valid. The antiforgery
//     cookie is named vbo365-antiforgery. If it is needed, the status of a refresh without it is 400, and the token
//     stays valid.
//   - The status for explore and stop as a form, which one client sends, is 400.
//   - restoreToOriginalLocation and copyTo need one complete style of credentials, and no part of another
//     [TestCredentialStyles]. The values are not verified.
//   - documentAction keep, the default, keeps a document that differs, and writes "name (restored).ext", then "name
//     (restored 2).ext" in the same folder. Documents with the same content are counted as skipped.
//   - documentLastVersionAction merge, the default, makes the existing document an earlier version of the copied one.
//   - documentVersion all, or changedItems, adds the versions in the restore points up to that of the session to the
//     version history, unless they are in it. [OneDrive] says where the history is.
//   - deletedItems also copies the newest version of documents that only earlier restore points have.
//   - restorePermissions sets the permission bits of the backed-up file. Without it, they are 0644.
//   - copyTo finds its target by the first of id, url and name that the request has. The content of the root folder is
//     copied directly into the target folder; other folders keep their names in it.
//   - A closed connection ends a save, but not a restore, copy or message.
//   - In v8, a restore or copy runs in a new session of the account of the request. That session has no OneDrives. Its
//     event is also in the session of the request, with the same id. The session of the request does not expire before
//     the end of the work. A stop of it does not end the work. A stop of the new session ends the work with the result
//     Failed; written files stay. A request that is refused starts no session. The statistics list the documents that
//     failed, and count the others.
//   - A bulk restore without a list of OneDrives is refused with 400, one with an unknown id with 404. The OneDrive of
//     a deleted user fails and the others are restored; with skipUnresolved it is left out, with the status Warning, in
//     the statistics of v8 Skipped. The status of the whole is the worst one. Each OneDrive has an event
//     [TestRestoreSeveralOneDrives], [TestRefusedRestoreOfSeveral]. The account for an on-premises part is accepted,
//     and has no effect.
//   - Nothing can be written to the OneDrive of a deleted user: a restore to it fails with 500, in v8 in its session,
//     and as the target of copyTo it does not exist. It can be saved, sent, searched, and copied elsewhere
//     [TestDeletedUser].
//   - A query has conditions property:value; a value without a property is for the name. Those next to each other must
//     all hold; NOT binds tighter than AND, and AND tighter than OR; parentheses group. The properties are filename and
//     title, which are the name; size; datecreated and datemodified, which are the time of the file; and by their
//     canonical names also System.Author, System.Document.LastAuthor, System.FileExtension, System.ItemPathDisplay and
//     System.ItemFolderPathDisplay. Letter case does not count. A value without wildcards is any part of a text; with *
//     or ?, it is the whole. Sizes and dates may have <, <=, >, >= or = before them, or be a range a..b; a day is the
//     whole day in UTC. An empty query is about all items. A query that cannot be read, and one with another property,
//     is refused with 400.
//   - A search descends into all folders. It finds folders before documents, each in the order of the lists, one
//     OneDrive after another. The folder that is searched is not among them. Each page is searched for again; setId has
//     no effect.
//   - restoreDeviceCode returns random codes. A restore or copy accepts any userCode.
//   - sendSharedLinksNotification and skipItemChecks are accepted, and have no effect.
//   - The version of ServiceInstance is the product build that introduced the newest served API version.
//
// # What it does not model
//
// Microsoft 365 and its permissions, limits and users; Exchange, SharePoint and Teams; accounts with different rights;
// the numbers of versions of documents in lists; queries for the content of documents, and for deleted ones;
// case-insensitive file names (names are compared as the file system compares them); the device log-in of Microsoft;
// e-mail settings with modern authentication; Range requests; HTTP/2.
package apitest
