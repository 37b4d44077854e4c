// This program uses the client that the kotlin generator of openapi-generator makes.

import java.io.File
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import java.security.KeyStore
import java.security.cert.CertificateFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import okhttp3.OkHttpClient
import vbo365.apis.OneDriveDocumentsApi
import vbo365.apis.OneDriveFoldersApi
import vbo365.apis.OneDrivesApi
import vbo365.infrastructure.ApiClient
import vbo365.infrastructure.ClientError
import vbo365.infrastructure.ResponseType
import vbo365.infrastructure.Serializer
import vbo365.infrastructure.ServerError
import vbo365.infrastructure.Success
import vbo365.models.*
import vbo365.models.Error

val url: String = System.getenv("VBO365_URL")
val http = trusting(File(System.getenv("VBO365_CA_FILE")))
val documents = OneDriveDocumentsApi(url, http)
val drives = OneDrivesApi(url, http)
val folders = OneDriveFoldersApi(url, http)
val json by lazy { Serializer.kotlinxSerializationJson }

fun main() {
    Serializer.kotlinxSerializationJsonConfiguration = { encodeDefaults = false }
    for (line in generateSequence(::readLine)) {
        println(run(line.split(" ")))
    }
}

fun trusting(certificate: File): OkHttpClient {
    val store = KeyStore.getInstance(KeyStore.getDefaultType())
    store.load(null, null)
    certificate.inputStream().use {
        store.setCertificateEntry("simulator", CertificateFactory.getInstance("X.509").generateCertificate(it))
    }
    val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
    trust.init(store)
    val context = SSLContext.getInstance("TLS")
    context.init(null, trust.trustManagers, null)
    return OkHttpClient.Builder()
        .sslSocketFactory(context.socketFactory, trust.trustManagers.single() as X509TrustManager)
        .build()
}

fun run(command: List<String>): JsonObject {
    val ids = command.drop(1).take(3)
    return when (command[0]) {
        "login" -> login()
        "token" -> {
            ApiClient.accessToken = command[1]
            answer(200)
        }
        "restoreToOriginalLocation" -> restore(ids, "alice@example.com", "correct horse battery staple")
        "sendTo" -> send(
            ids,
            SendToOptions(
                from = "backup@example.com",
                to = "alice@example.com",
                subject = "Zoë's \"invoices\"",
                text = "As you asked.",
            ),
        )
        "copyTo" -> copy(
            ids,
            CopyToOptions(
                userName = "bob@example.com",
                userPassword = "correct horse battery staple",
                oneDrive = OneDrive(id = command[4]),
                folder = "From Zoë & Co",
                changedItems = true,
                documentLastVersionAction = DocumentLastVersionAction.Merge,
            ),
        )
        "save", "saveOneDrive", "saveDocument" -> saveTo(command[0], ids, File(command.last()))
        else -> throw IllegalArgumentException(command[0])
    }
}

fun answer(status: Int, vararg more: Pair<String, JsonPrimitive>) = buildJsonObject {
    put("status", status)
    more.forEach { (name, value) -> put(name, value) }
}

fun login(): JsonObject {
    val response = logIn(System.getenv("VBO365_USERNAME"), System.getenv("VBO365_PASSWORD"))
    ApiClient.accessToken = (response as Success).data?.accessToken
    return answer(response.statusCode)
}

fun saveTo(command: String, ids: List<String>, file: File): JsonObject {
    val response = save(command, ids)
    if (response.responseType == ResponseType.Success) {
        val saved = (response as Success).data!!
        Files.move(saved.toPath(), file.toPath(), StandardCopyOption.REPLACE_EXISTING)
        return answer(response.statusCode)
    }
    val body = when (response) {
        is ClientError -> response.body
        is ServerError -> response.body
        else -> null
    } as String?
    if (body.isNullOrEmpty()) return answer(response.statusCode)
    return answer(response.statusCode, "message" to JsonPrimitive(json.decodeFromString<Error>(body).message))
}
