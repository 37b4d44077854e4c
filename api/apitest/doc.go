// Package apitest is a simulator of the OneDrive part of the REST API of Veeam Backup for Microsoft 365, for tests and
// for trying things out without a backup server. It speaks HTTPS on a real port and has real effects on real
// directories.
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
//   - A [Config] has organizations, these have OneDrives, and each of these has restore points, which are not written
//     to [TestBackupIsNotWrittenTo], and a production directory, which is what its user sees now. [Load] reads all of
//     it from a directory.
//   - Organizations, restore sessions and their events, OneDrives, folders and documents can be listed page by page and
//     read one by one. Links are absolute up to v5, with the host of the request if that names this server, and without
//     a host from v6 on.
//   - save streams a ZIP archive that is made while it is sent, with its length in front unless [Config].Chunked says
//     otherwise. If the backup changes or cannot be read meanwhile, the connection is cut.
//   - restoreToOriginalLocation writes to the production directory; copyTo writes to that of another OneDrive. Actions
//     that write to the same directory wait for each other. In v8, both are answered as soon as they have begun, and go
//     on in a session of their own with a state, statistics and an event. [Config].RestorePace lets one see it.
//   - sendTo delivers a message with the archive over SMTP, as the e-mail settings say: those for OneDrive, in v2 those
//     for SharePoint. [Config].SMTP presets both; a [Mailbox] takes the messages.
//   - Each action is an event of its session, from its beginning on.
//   - v2 to v8 are served at once, or those of [Config].APIVersions, with the same account, tokens, sessions and data.
//     Each has the paths, properties, values and statuses that the OpenAPI document of this project has for it. Up to
//     v5 the body of an action names it, from v6 on its path does; both are the same action here, in the request log,
//     for faults and in [Server.Executions]. Where a version is not served, or has no such path, the answer is 404;
//     where it has the path and the token is missing, 401.
//   - From v6 on, folders have versions: one for each restore point up to the session's that has the folder, numbered
//     from 1, the oldest. An action on one works on the backup as of that restore point.
//   - Requests are validated against the document of their version. What the product is known to accept beyond it is
//     accepted, and noted as a deviation in the request log ([Server.Requests]): other letter cases in paths, query
//     names, property names and values of enumerations; booleans and numbers as text; times in other forms; trailing
//     commas; a missing content type; a slash at the end of the path; unknown properties, and those of other versions.
//     These are ignored: in v2, an action on folders is one on the whole OneDrive.
//   - Errors have the body of the version: a message, from v7 on with an errorCode, in v8 with a stackTrace, which is
//     null.
//   - A token of v7 or v8 comes with an antiforgery cookie unless the request has disable_antiforgery_token=true. In v7
//     and v8, but in no other version, such a token is good only with its cookie.
//   - /swagger/ui/index has the reference page, from which requests can be sent. It needs no token.
//
// # Faults
//
// [Server.Inject] makes requests go wrong: late, cut off, refused, answered with something else, before or after they
// were carried out. [Server.Executions] counts what was carried out, so that a test can prove that nothing was done
// twice [TestWrongAnswers].
//
// # Our choices
//
// The documentation of the product leaves gaps. Where a client could notice, the simulator chooses:
//
//   - An unknown organization, session, event, OneDrive, folder or document is answered with 404, a request that cannot
//     be understood with 400. None of these, nor 401, changes anything. The errorCode is null in v7, and follows from
//     the status in v8.
//   - A request line and header of more than 32 KiB are answered with 431, a body of more than 8 MiB with 413, and one
//     of more than 64 KiB too, where there is no valid token.
//   - In a stopped session, the session itself, its events and statistics can be read. All other requests are answered
//     with 500, and to stop it again with 400 [TestStoppedSession]. The newest 10,000 stopped sessions are remembered.
//   - A session that has been without requests for [Config].SessionIdleTimeout is stopped; its details say so. The
//     result of a session is as bad as the worst of its events.
//   - The list of restore sessions has those that the account of the request has started. Sessions that were started
//     with [Server.StartRestoreSession] are nobody's: they can be used by their ids, are not in the list, and do not
//     expire.
//   - explore takes OneDrives if it names no type; other types are answered with 500. Without a time it means now. A
//     time without a zone is a local one of the simulator. /Organization/Action and /Organization/explore explore the
//     first organization.
//   - showDeleted shows, beside the newest restore point, what only earlier ones have; actions include it.
//     showAllVersions, repositoryId and extendedView are accepted and have no effect.
//   - The root is the parentId null up to v6, root from v7 on. The other word is answered with 404, and so are the
//     paths that end in Action from v6 on.
//   - Lists are sorted by name, OneDrives as in the configuration, sessions newest first, events oldest first. Without
//     parentId, folders come each before those in it, and documents folder by folder. A limit above 10,000, and
//     anything else that is wrong with limit or offset, is answered with 400. From v6 on, the pages of a list have the
//     same setId, which nobody needs to send back. Folders among documents come before them, without a size. Sessions
//     that are still working come as those that ended last.
//   - Folders and documents were made and changed by the owner, at the time of the file in UTC, in version 1.0; folders
//     from v6 on in that of their last restore point. The id of the whole OneDrive, [Drive].RootFolderID, can be used
//     like that of a folder but is in no list.
//   - Several folders are saved with one folder at the top of the archive for each; the second of two with the same
//     name is "name (2)". Of folders inside each other, only the outer ones are restored. A folder that does not exist
//     is answered with 404 before anything is done.
//   - An e-mail server must be set, and enableNotification not false, or sendTo is answered with 500. useSSL means
//     STARTTLS with a certificate that the system trusts; useAuthentication means a PLAIN login, which needs TLS except
//     on the loopback interface. The password is not answered [TestEmailSettings].
//   - A request for a token that is wrong in form is answered with 400 and "invalid_request"; wrong credentials are
//     answered with the pair of texts that servers have been seen to send.
//     From v6 on, both are errors as of other requests. The grant integration is refused [TestTokenRefused].
//   - A refresh token can be used once and lives for 14 days. The old access token stays valid. The antiforgery cookie
//     is called vbo365-antiforgery; without it, a refresh is answered with 400 and the token not used up.
//   - explore and stop as a form, which one client sends, are refused with 400.
//   - restoreToOriginalLocation and copyTo need one complete style of credentials, and no part of another
//     [TestCredentialStyles]. The values are not checked.
//   - documentAction keep, the default, leaves a document that differs and writes "name (restored).ext" beside it, then
//     "name (restored 2).ext". Documents with the same content are left alone, and counted as skipped.
//   - documentLastVersionAction merge, the default, makes the existing document an earlier version of the copied one.
//   - documentVersion all, or changedItems, adds the older versions that the restore points up to the session's hold to
//     the version history, unless they are in it. See [OneDrive] for where the history is.
//   - deletedItems copies, too, the newest version of documents that only earlier restore points have.
//   - restorePermissions applies the permission bits of the backed-up file. Without it, files get 0644.
//   - copyTo finds its target by the first of id, url and name that is given. The content of the root folder lands in
//     the target folder itself, any other folder keeps its name in there.
//   - The client going away ends a save, but not a restore, copy or message.
//   - The session of a restore or copy in v8 is a new one, of the account of the request. It shows no OneDrives. Its
//     event is an event of the session, too, that the action was asked of, under the same id. That session does not
//     expire until the work is done; to stop it does not end the work. To stop the session of the work does, with the
//     result Failed: what was written stays written. What can be refused at once is refused, and makes no session. Its
//     statistics list the documents that failed, and only count the others.
//   - restoreDeviceCode makes codes up. A restore or copy takes any userCode.
//   - sendSharedLinksNotification and skipItemChecks are accepted and have no effect: nobody is notified, and no item
//     is checked.
//   - ServiceInstance tells the build that brought the newest version that is served.
//
// # What it does not model
//
// Microsoft 365 and its permissions, limits and users; Exchange, SharePoint and Teams; accounts with different rights;
// the versions of documents in lists; case-insensitive file names (names are compared as the file system below compares
// them); the device login of Microsoft; mail settings with modern authentication; Range requests; HTTP/2; the temporary
// file that the product makes before it sends the first byte.
package apitest
