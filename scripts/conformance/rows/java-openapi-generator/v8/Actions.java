import java.io.File;
import java.util.Map;
import vbo365.ApiClient;
import vbo365.ApiException;
import vbo365.ApiResponse;
import vbo365.api.AuthorizationApi;
import vbo365.api.OneDriveDocumentsApi;
import vbo365.api.OneDriveFoldersApi;
import vbo365.api.OneDrivesApi;
import vbo365.api.RestoreSessionsApi;
import vbo365.model.*;

/** The actions of v8: a restore or copy is followed to its end. */
class Actions {
  private final OneDriveDocumentsApi documents;
  private final OneDrivesApi drives;
  private final OneDriveFoldersApi folders;
  private final RestoreSessionsApi sessions;

  Actions(ApiClient client) {
    documents = new OneDriveDocumentsApi(client);
    drives = new OneDrivesApi(client);
    folders = new OneDriveFoldersApi(client);
    sessions = new RestoreSessionsApi(client);
  }

  static ApiResponse<Token> login(AuthorizationApi api, String username, String password) throws ApiException {
    return api.createTokenWithHttpInfo(GrantType.PASSWORD, username, password, null, null, null, true);
  }

  private Map<String, Object> follow(ApiResponse<RestoreAnswer> response) throws Exception {
    String session = response.getData().getSessionId();
    while (sessions.getRestoreSession(session).getState() != RestoreSessionState.STOPPED) {
      Thread.sleep(50);
    }
    var answer = Program.answer(response.getStatusCode());
    answer.put("restoredItemsCount", sessions.getRestoreSessionStatistics(session).getRestoredItemsCount());
    return answer;
  }

  Map<String, Object> restore(String[] ids, RestoreToOriginalLocationOptions options) throws Exception {
    return follow(folders.restoreOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2], options));
  }

  Map<String, Object> send(String[] ids, SendToOptions options) throws Exception {
    return Program.answer(folders.sendOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2], options).getStatusCode());
  }

  Map<String, Object> copy(String[] ids, CopyToOptions options) throws Exception {
    return follow(folders.copyOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2], options));
  }

  ApiResponse<File> save(String command, String[] ids) throws ApiException {
    switch (command) {
      case "saveOneDrive":
        return drives.saveOneDriveWithHttpInfo(ids[0], ids[1]);
      case "saveDocument":
        var options = new SaveDocumentOptions().asZip(false);
        return documents.saveOneDriveDocumentWithHttpInfo(ids[0], ids[1], ids[2], options);
      default:
        return folders.saveOneDriveFolderWithHttpInfo(ids[0], ids[1], ids[2]);
    }
  }
}
