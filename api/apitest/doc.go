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
//     to, and a production directory, which is what its user sees now.
//   - save streams a ZIP archive that is made while it is sent, with its length in front unless [Config].Chunked says
//     otherwise. If the backup changes or cannot be read meanwhile, the connection is cut.
//   - restoreToOriginalLocation writes to the production directory; copyTo writes to that of another OneDrive. Actions
//     that write to the same directory wait for each other.
//   - sendTo delivers a message with the archive over SMTP, to [Config].SMTP; a [Mailbox] takes it.
//   - The paths of v2, v3, v4 and v5 are the same.
//   - Requests are validated against the OpenAPI document of this project. What the product is known to accept beyond
//     it is accepted, and noted as a deviation in the request log ([Server.Requests]): other letter cases in paths,
//     query names, property names and values of enumerations; booleans and numbers as text; trailing commas; unknown
//     properties; a missing content type; a slash at the end of the path.
//
// # Our choices
//
// The documentation of the product leaves gaps. Where a client could notice, the simulator chooses:
//
//   - An unknown session, OneDrive or folder is answered with 404, a stopped session with 500, a body that cannot be
//     understood with 400, each with {"message": …}. None of these, nor 401, changes anything.
//   - A request for a token that is wrong in form is answered with 400 and "invalid_request"; wrong credentials are
//     answered with the pair of texts that servers have been seen to send.
//   - A refresh token can be used once and lives for 14 days. The old access token stays valid.
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
// Microsoft 365 and its permissions and limits; more than one account; case-insensitive file names (names are compared
// as the file system below compares them); antiforgery cookies; Range requests; HTTP/2; the temporary file that the
// product makes before it sends the first byte; sessions that expire when idle.
package apitest
