import java.io.File;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import vbo365.ApiClient;
import vbo365.ApiException;
import vbo365.ApiResponse;
import vbo365.api.AuthorizationApi;
import vbo365.api.OneDriveDocumentsApi;
import vbo365.api.OneDriveFoldersApi;
import vbo365.api.OneDrivesApi;
import vbo365.model.*;

/** The actions up to v5. */
class Actions {
  private final OneDriveDocumentsApi documents;
  private final OneDrivesApi drives;
  private final OneDriveFoldersApi folders;

  Actions(ApiClient client) {
    documents = new OneDriveDocumentsApi(client);
    drives = new OneDrivesApi(client);
    folders = new OneDriveFoldersApi(client);
  }

  static ApiResponse<Token> login(AuthorizationApi api, String username, String password) throws ApiException {
    return api.createTokenWithHttpInfo(GrantType.PASSWORD, username, password, null, null, null);
  }

  /** Runs an action whose answer is small. */
  private Map<String, Object> act(String[] ids, OneDriveFolderAction action) throws Exception {
    var response = folders.runOneDriveFolderActionWithHttpInfo(ids[0], ids[1], ids[2], action, null, null);
    var answer = Program.answer(response.getStatusCode());
    var type = response.getHeaders().getOrDefault("content-type", List.of(""));
    if (type.get(0).startsWith("application/json")) {
      RestoreStatistics statistics = RestoreStatistics.fromJson(Files.readString(response.getData().toPath()));
      answer.put("restoredItemsCount", statistics.getRestoredItemsCount());
    }
    if (response.getData() != null) {
      Files.delete(response.getData().toPath());
    }
    return answer;
  }

  Map<String, Object> restore(String[] ids, RestoreToOriginalLocationOptions options) throws Exception {
    options.documentVersion(DocumentVersion.LAST);
    return act(ids, new OneDriveFolderAction(new RestoreToOriginalLocationAction().restoreToOriginalLocation(options)));
  }

  Map<String, Object> send(String[] ids, SendToOptions options) throws Exception {
    return act(ids, new OneDriveFolderAction(new SendToAction().sendTo(options)));
  }

  Map<String, Object> copy(String[] ids, CopyToOptions options) throws Exception {
    return act(ids, new OneDriveFolderAction(new CopyToAction().copyTo(options)));
  }

  ApiResponse<File> save(String command, String[] ids) throws ApiException {
    var save = new SaveAction(); // save is null
    switch (command) {
      case "saveOneDrive":
        return drives.runOneDriveActionWithHttpInfo(ids[0], ids[1], new OneDriveAction(save), null, null);
      case "saveDocument":
        var action = new OneDriveDocumentAction(save.save(new SaveOptions().asZip(false)));
        return documents.runOneDriveDocumentActionWithHttpInfo(ids[0], ids[1], ids[2], action);
      default:
        return folders.runOneDriveFolderActionWithHttpInfo(
            ids[0], ids[1], ids[2], new OneDriveFolderAction(save), null, null);
    }
  }
}
