# The actions up to v5.

antiforgery_off <- NULL
document_action <- DocumentAction$new("overwrite")
document_version_all <- DocumentVersion$new("all")
document_last_version_action <- DocumentLastVersionAction$new("merge")

act <- function(ids, action) {
  folders$RunOneDriveFolderActionWithHttpInfo(ids[1], ids[2], ids[3], OneDriveFolderAction$new(action), .parse = FALSE)
}

# A restore and a copy answer with statistics.
count <- function(response) {
  statistics <- RestoreStatistics$new()$fromJSONString(rawToChar(response$response))
  list(status = response$status_code, restoredItemsCount = statistics$restoredItemsCount)
}

restore <- function(ids, options) {
  options$documentVersion <- DocumentVersion$new("last")
  count(act(ids, RestoreToOriginalLocationAction$new(options)))
}

send <- function(ids, options) answer(act(ids, SendToAction$new(options)))

copy <- function(ids, options) count(act(ids, CopyToAction$new(options)))

# NA becomes null.
save <- function(ids) {
  action <- SaveAction$new()
  action$save <- NA
  act(ids, action)
}

save_drive <- function(ids) {
  action <- SaveAction$new()
  action$save <- NA
  drives$RunOneDriveActionWithHttpInfo(ids[1], ids[2], OneDriveAction$new(action), .parse = FALSE)
}

save_document <- function(ids) {
  action <- OneDriveDocumentAction$new(SaveAction$new(SaveOptions$new(asZip = FALSE)))
  documents$RunOneDriveDocumentActionWithHttpInfo(ids[1], ids[2], ids[3], action, .parse = FALSE)
}
