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
//   - A [Config] has organizations, these have OneDrives, and each of these has restore points, which are never written
//     to, and a production directory, which is what its user sees now. [Load] reads all of it from a directory.
//   - Organizations, restore sessions and their events, OneDrives, folders and documents can be listed page by page and
//     read one by one. Links are absolute, with the host of the request.
//   - save streams a ZIP archive that is made while it is sent, with its length in front unless [Config].Chunked says
//     otherwise. If the backup changes or cannot be read meanwhile, the connection is cut.
//   - restoreToOriginalLocation writes to the production directory; copyTo writes to that of another OneDrive. Actions
//     that write to the same directory wait for each other.
//   - sendTo delivers a message with the archive over SMTP, as the e-mail settings say: those for OneDrive, in v2 those
//     for SharePoint. [Config].SMTP presets both; a [Mailbox] takes the messages.
//   - Each action is an event of its session, from its beginning on.
//   - v2, v3, v4 and v5 are served at once. v2 has size in place of sizeBytes, and knows neither /VEODEmailSettings nor
//     showDeleted, showAllVersions, the folders of an action on several folders, isExchangeOnline, isSharePointOnline, nor
//     the item of an event.
//   - Requests are validated against the OpenAPI document of this project. What the product is known to accept beyond
//     it is accepted, and noted as a deviation in the request log ([Server.Requests]): other letter cases in paths,
//     query names, property names and values of enumerations; booleans and numbers as text; trailing commas; unknown
//     properties; a missing content type; a slash at the end of the path; properties that v2 does not know. They are
//     ignored there: an action on folders is one on the whole OneDrive.
//   - /swagger/ui/index has the reference page, from which requests can be sent. It needs no token.
//
// # Faults
//
// [Server.Inject] makes requests go wrong: late, cut off, refused, answered with something else, before or after they were
// carried out. [Server.Executions] counts what was carried out, so that a test can prove that nothing was done twice.
//
// # Our choices
//
// The documentation of the product leaves gaps. Where a client could notice, the simulator chooses:
//
//   - An unknown organization, session, event, OneDrive, folder or document is answered with 404, a request that cannot
//     be understood with 400, each with {"message": …}. None of these, nor 401, changes anything.
//   - In a stopped session, the session itself and its events can be read. Everything else is answered with 500, and to
//     stop it again with 400. The newest 10,000 stopped sessions are remembered.
//   - A session that has been without requests for [Config].SessionIdleTimeout is stopped; its details say so. The result
//     of a session is as bad as the worst of its events.
//   - The list of restore sessions has those that the account of the request has started. Sessions that were started with
//     [Server.StartRestoreSession] are nobody's: they can be used by their ids, are not in the list, and do not expire.
//   - explore takes OneDrives if it names no type; other types are answered with 500. Without a time it means now. A time
//     without a zone is a local one of the simulator. /Organization/Action explores the first organization.
//   - showDeleted shows, beside the newest restore point, what only earlier ones have; actions include it. showAllVersions
//     is accepted and changes nothing.
//   - Lists are sorted by name, OneDrives as in the configuration, sessions newest first, events oldest first. Without
//     parentId, folders come each before those in it, and documents folder by folder. A limit above 10,000, and anything
//     else that is wrong with limit or offset, is answered with 400.
//   - Folders and documents were made and changed by the owner, at the time of the file in UTC, in version 1.0. The id of
//     the whole OneDrive, [Drive].RootFolderID, can be used like that of a folder but is in no list.
//   - Several folders are saved with one folder at the top of the archive for each; the second of two with the same name
//     is "name (2)". Of folders inside each other, only the outer ones are restored. A folder that does not exist is
//     answered with 404 before anything is done.
//   - An e-mail server must be set, and enableNotification not false, or sendTo is answered with 500. useSSL means STARTTLS
//     with a certificate that the system trusts; useAuthentication means a PLAIN login, which needs TLS except on the
//     loopback interface. The password is never answered.
//   - A request for a token that is wrong in form is answered with 400 and "invalid_request"; wrong credentials are
//     answered with the pair of texts that servers have been seen to send.
//   - A refresh token can be used once and lives for 14 days. The old access token stays valid.
//   - explore and stop as a form, which one client sends, are refused with 400.
//   - restoreToOriginalLocation and copyTo need exactly one complete style of credentials, whose values are not
//     checked.
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
//
// # What it does not model
//
// Microsoft 365 and its permissions, limits and users; Exchange, SharePoint and Teams; accounts with different rights;
// the versions of documents in lists; case-insensitive file names (names are compared as the file system below compares
// them); antiforgery cookies; Range requests; HTTP/2; the temporary file that the product makes before it sends the first
// byte.
package apitest
