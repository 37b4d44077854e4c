import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import vbo365.ApiClient;
import vbo365.ApiException;
import vbo365.api.AuthorizationApi;
import vbo365.model.*;

/** This program uses the client that the java generator of openapi-generator makes with the library "native". */
public class Program {
  private final ApiClient client = new ApiClient();
  private final Actions actions;
  private String token;

  public static void main(String[] args) throws Exception {
    Program program = new Program();
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = commands.readLine()) != null; ) {
      System.out.println(program.client.getObjectMapper().writeValueAsString(program.run(line.split(" "))));
    }
  }

  private Program() throws Exception {
    client.updateBaseUri(System.getenv("VBO365_URL"));
    client.setHttpClientBuilder(HttpClient.newBuilder().sslContext(trusting(Path.of(System.getenv("VBO365_CA_FILE")))));
    client.setRequestInterceptor(request -> {
      if (token != null) request.header("Authorization", "Bearer " + token);
    });
    actions = new Actions(client);
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      store.setCertificateEntry("simulator", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private Map<String, Object> run(String[] command) throws Exception {
    String[] ids = command.length > 3 ? Arrays.copyOfRange(command, 1, 4) : null;
    switch (command[0]) {
      case "login":
        return login();
      case "token":
        token = command[1];
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
    token = response.getData().getAccessToken();
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
        var error = client.getObjectMapper().readValue(e.getResponseBody(), vbo365.model.Error.class);
        answer.put("message", error.getMessage());
      }
      return answer;
    }
  }
}
