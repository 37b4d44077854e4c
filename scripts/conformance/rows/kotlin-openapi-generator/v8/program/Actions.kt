// The actions of v8: a restore or copy is followed to its end.

import java.io.File
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import vbo365.apis.AuthorizationApi
import vbo365.apis.RestoreSessionsApi
import vbo365.infrastructure.ApiResponse
import vbo365.infrastructure.Success
import vbo365.models.*

val sessions = RestoreSessionsApi(url, http)

fun logIn(username: String, password: String): ApiResponse<Token?> =
    AuthorizationApi(url, http).createTokenWithHttpInfo(
        grantType = GrantType.password,
        username = username,
        password = password,
        refreshToken = null,
        clientId = null,
        assertion = null,
        disableAntiforgeryToken = true,
    )

fun follow(response: ApiResponse<RestoreAnswer?>): JsonObject {
    val id = (response as Success).data!!.sessionId
    while (sessions.getRestoreSession(id).state != RestoreSessionState.Stopped) Thread.sleep(50)
    val count = sessions.getRestoreSessionStatistics(id).restoredItemsCount
    return answer(response.statusCode, "restoredItemsCount" to JsonPrimitive(count))
}

fun restore(ids: List<String>, userName: String, userPassword: String): JsonObject {
    val options = RestoreToOriginalLocationOptions(
        userName = userName,
        userPassword = userPassword,
        documentAction = DocumentAction.Overwrite,
    )
    return follow(folders.restoreOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2], options))
}

fun send(ids: List<String>, options: SendToOptions): JsonObject =
    answer(folders.sendOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2], options).statusCode)

fun copy(ids: List<String>, options: CopyToOptions): JsonObject {
    val all = options.copy(documentVersion = DocumentVersion.All)
    return follow(folders.copyOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2], all))
}

fun save(command: String, ids: List<String>): ApiResponse<File?> = when (command) {
    "saveOneDrive" -> drives.saveOneDriveWithHttpInfo(ids[0], ids[1])
    "saveDocument" -> {
        val options = SaveDocumentOptions(asZip = false)
        documents.saveOneDriveDocumentWithHttpInfo(ids[0], ids[1], ids[2], options)
    }
    else -> folders.saveOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2])
}
