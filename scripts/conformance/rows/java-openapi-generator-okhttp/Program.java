import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import vbo365.ApiClient;
import vbo365.ApiException;
import vbo365.JSON;
import vbo365.api.AuthorizationApi;
import vbo365.model.*;

/** This program uses the client that the java generator of openapi-generator makes with the library "okhttp-gson". */
public class Program {
  private final ApiClient client = new ApiClient();
  private final Actions actions;

  public static void main(String[] args) throws Exception {
    Program program = new Program();
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = commands.readLine()) != null; ) {
      System.out.println(JSON.serialize(program.run(line.split(" "))));
    }
  }

  private Program() throws Exception {
    client.setBasePath(System.getenv("VBO365_URL"));
    client.setSslCaCert(Files.newInputStream(Path.of(System.getenv("VBO365_CA_FILE"))));
    client.setReadTimeout(0); // the first byte of a save may be long in coming
    actions = new Actions(client);
  }

  private Map<String, Object> run(String[] command) throws Exception {
    String[] ids = command.length > 3 ? Arrays.copyOfRange(command, 1, 4) : null;
    switch (command[0]) {
      case "login":
        return login();
      case "token":
        client.setBearerToken(command[1]);
        return answer(200);
      case "restoreToOriginalLocation":
        return actions.restore(ids, new RestoreToOriginalLocationOptions()
            .userName("alice@example.com")
            .userPassword("correct horse battery staple")
            .documentAction(DocumentAction.OVERWRITE));
      case "sendTo":
        return actions.send(ids, new SendToOptions()
            .from("backup@example.com")
            .to("alice@example.com")
            .subject("Zo\u00eb's \"invoices\"")
            .text("As you asked."));
      case "copyTo":
        return actions.copy(ids, new CopyToOptions()
            .userName("bob@example.com")
            .userPassword("correct horse battery staple")
            .oneDrive(new OneDrive().id(command[4]))
            .folder("From Zo\u00eb & Co")
            .changedItems(true)
            .documentVersion(DocumentVersion.ALL)
            .documentLastVersionAction(DocumentLastVersionAction.Merge));
      case "save":
      case "saveOneDrive":
      case "saveDocument":
        return save(command[0], ids, Path.of(command[command.length - 1]));
      default:
        throw new IllegalArgumentException(command[0]);
    }
  }

  static Map<String, Object> answer(int status) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", status);
    return answer;
  }

  private Map<String, Object> login() throws ApiException {
    var response = Actions.login(new AuthorizationApi(client), System.getenv("VBO365_USERNAME"),
        System.getenv("VBO365_PASSWORD"));
    client.setBearerToken(response.getData().getAccessToken());
    return answer(response.getStatusCode());
  }

  private Map<String, Object> save(String command, String[] ids, Path file) throws Exception {
    try {
      var response = actions.save(command, ids);
      Files.move(response.getData().toPath(), file, StandardCopyOption.REPLACE_EXISTING);
      return answer(response.getStatusCode());
    } catch (ApiException e) {
      var answer = answer(e.getCode());
      if (e.getResponseBody() != null && !e.getResponseBody().isEmpty()) {
        var error = vbo365.model.Error.fromJson(e.getResponseBody());
        answer.put("message", error.getMessage());
      }
      return answer;
    }
  }
}
