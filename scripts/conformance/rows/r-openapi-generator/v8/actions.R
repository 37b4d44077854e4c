# The actions of v8: a restore or copy is followed to its end.

antiforgery_off <- "true" # as TRUE it would be sent in capital letters
document_action <- DocumentAction$new("Overwrite")
document_version_all <- DocumentVersion$new("All")
document_last_version_action <- DocumentLastVersionAction$new("Merge")

follow <- function(response) {
  sessions <- RestoreSessionsApi$new(client)
  id <- response$content$sessionId
  while (sessions$GetRestoreSession(id)$state$toSimpleType() != "Stopped") {
    Sys.sleep(0.05)
  }
  statistics <- sessions$GetRestoreSessionStatistics(id)
  list(status = response$status_code, restoredItemsCount = statistics$restoredItemsCount)
}

restore <- function(ids, options) {
  follow(folders$RestoreOneDriveFolderWithHttpInfo(ids[1], ids[2], ids[3], options))
}

send <- function(ids, options) {
  answer(folders$SendOneDriveFolderWithHttpInfo(ids[1], ids[2], ids[3], options, .parse = FALSE))
}

copy <- function(ids, options) {
  follow(folders$CopyOneDriveFolderWithHttpInfo(ids[1], ids[2], ids[3], options))
}

save <- function(ids) {
  folders$SaveOneDriveFolderWithHttpInfo(ids[1], ids[2], ids[3], .parse = FALSE)
}

save_drive <- function(ids) drives$SaveOneDriveWithHttpInfo(ids[1], ids[2], .parse = FALSE)

save_document <- function(ids) {
  options <- SaveDocumentOptions$new(asZip = FALSE)
  documents$SaveOneDriveDocumentWithHttpInfo(ids[1], ids[2], ids[3], options, .parse = FALSE)
}
