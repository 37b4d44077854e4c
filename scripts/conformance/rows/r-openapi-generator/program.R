# This program uses the client that the r generator of openapi-generator makes.

suppressPackageStartupMessages({
  library(httr2)
  library(vbo365, lib.loc = "library")
})
source("actions.R")

# It trusts the certificate of the simulator.
TrustingClient <- R6::R6Class(
  inherit = ApiClient,
  public = list(
    Execute = function(req, ...) super$Execute(req_options(req, cainfo = Sys.getenv("VBO365_CA_FILE")), ...)
  )
)

client <- TrustingClient$new(base_path = Sys.getenv("VBO365_URL"))
documents <- OneDriveDocumentsApi$new(client)
drives <- OneDrivesApi$new(client)
folders <- OneDriveFoldersApi$new(client)

login <- function() {
  response <- AuthorizationApi$new(client)$CreateTokenWithHttpInfo(
    grant_type = "password",
    username = Sys.getenv("VBO365_USERNAME"),
    password = Sys.getenv("VBO365_PASSWORD"),
    disable_antiforgery_token = antiforgery_off
  )
  client$bearer_token <- response$content$access_token
  list(status = response$status_code)
}

# The constructors refuse every value of an enum that is a component, so these are set afterwards.
restore_options <- function() {
  options <- RestoreToOriginalLocationOptions$new(
    userName = "alice@example.com",
    userPassword = "correct horse battery staple"
  )
  options$documentAction <- document_action
  options
}

send_options <- function() {
  SendToOptions$new(
    from = "backup@example.com",
    to = "alice@example.com",
    subject = "Zoë's \"invoices\"",
    text = "As you asked."
  )
}

copy_options <- function(target) {
  options <- CopyToOptions$new(
    userName = "bob@example.com",
    userPassword = "correct horse battery staple",
    oneDrive = OneDrive$new(id = target),
    folder = "From Zoë & Co",
    changedItems = TRUE
  )
  options$documentVersion <- document_version_all
  options$documentLastVersionAction <- document_last_version_action
  options
}

# The client reads a whole response into memory. The hook of httr2 that is made for tests can write it to a file.
to_file <- function(file, code) {
  partial <- tempfile(tmpdir = ".")
  on.exit(unlink(partial))
  response <- with_mock(function(request) {
    response <- req_perform(request, path = partial, mock = NULL)
    if (resp_status(response) == 200) {
      file.rename(partial, file)
      response$body <- raw()
    }
    response
  }, code)
  answer(response)
}

# A response with status 401 comes without a body, one with 500 as raw bytes.
answer <- function(response) {
  answer <- list(status = response$status_code)
  if (response$status_code >= 400 && is.raw(response$response)) {
    answer$message <- Error$new()$fromJSONString(rawToChar(response$response))$message
  }
  answer
}

run <- function(command, args) {
  ids <- args[1:3]
  switch(command,
    login = login(),
    token = {
      client$bearer_token <- args[1]
      list(status = 200)
    },
    restoreToOriginalLocation = restore(ids, restore_options()),
    sendTo = send(ids, send_options()),
    copyTo = copy(ids, copy_options(args[4])),
    save = to_file(args[4], save(ids)),
    saveOneDrive = to_file(args[3], save_drive(ids)),
    saveDocument = to_file(args[4], save_document(ids))
  )
}

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  words <- strsplit(line, " ", fixed = TRUE)[[1]]
  cat(jsonlite::toJSON(run(words[1], words[-1]), auto_unbox = TRUE), "\n", sep = "")
}
