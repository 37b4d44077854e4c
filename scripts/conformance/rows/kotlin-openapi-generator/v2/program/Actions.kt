// The actions up to v5.

import java.io.File
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import vbo365.apis.AuthorizationApi
import vbo365.infrastructure.ApiResponse
import vbo365.infrastructure.Success
import vbo365.models.*

fun logIn(username: String, password: String): ApiResponse<Token?> =
    AuthorizationApi(url, http).createTokenWithHttpInfo(
        grantType = GrantType.password,
        username = username,
        password = password,
        refreshToken = null,
        clientId = null,
        assertion = null,
    )

fun action(ids: List<String>, action: OneDriveFolderAction): ApiResponse<File?> =
    folders.runOneDriveFolderActionWithHttpInfo(ids[0], ids[1], ids[2], action, null, null)

// act runs an action whose answer is small.
fun act(ids: List<String>, action: OneDriveFolderAction): JsonObject {
    val response = action(ids, action) as? Success ?: return answer(500)
    val content = response.data?.readText().orEmpty()
    response.data?.delete()
    if (content.isEmpty()) return answer(response.statusCode)
    val statistics = json.decodeFromString<RestoreStatistics>(content)
    return answer(response.statusCode, "restoredItemsCount" to JsonPrimitive(statistics.restoredItemsCount))
}

fun restore(ids: List<String>, userName: String, userPassword: String): JsonObject {
    val options = RestoreToOriginalLocationOptions(
        userName = userName,
        userPassword = userPassword,
        documentVersion = DocumentVersion.last,
        documentAction = DocumentAction.overwrite,
    )
    val action = RestoreToOriginalLocationAction(options)
    return act(ids, OneDriveFolderAction.RestoreToOriginalLocationActionValue(action))
}

fun send(ids: List<String>, options: SendToOptions): JsonObject =
    act(ids, OneDriveFolderAction.SendToActionValue(SendToAction(options)))

fun copy(ids: List<String>, options: CopyToOptions): JsonObject =
    act(ids, OneDriveFolderAction.CopyToActionValue(CopyToAction(options.copy(documentVersion = DocumentVersion.all))))

fun save(command: String, ids: List<String>): ApiResponse<File?> = when (command) {
    "saveOneDrive" -> {
        val action = OneDriveAction.SaveActionValue(SaveAction(save = null))
        drives.runOneDriveActionWithHttpInfo(ids[0], ids[1], action, null, null)
    }
    "saveDocument" -> {
        val action = OneDriveDocumentAction.SaveActionValue(SaveAction(save = SaveOptions(asZip = false)))
        documents.runOneDriveDocumentActionWithHttpInfo(ids[0], ids[1], ids[2], action)
    }
    else -> action(ids, OneDriveFolderAction.SaveActionValue(SaveAction(save = null)))
}
