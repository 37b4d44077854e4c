// This program uses the client that the cpp-restsdk generator of openapi-generator makes.
#include "program.h"

#include "CppRestOpenAPIClient/model/Error.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

std::shared_ptr<api::ApiConfiguration> configure()
{
    web::http::client::http_client_config http;
    http.set_ssl_context_callback(
        [](boost::asio::ssl::context& context) { context.load_verify_file(std::getenv("VBO365_CA_FILE")); });
    auto configuration = std::make_shared<api::ApiConfiguration>();
    configuration->setHttpConfig(http);
    configuration->setBaseUrl(std::getenv("VBO365_URL"));
    return configuration;
}

auto restoreOptions()
{
    auto options = std::make_shared<model::RestoreToOriginalLocationOptions>();
    options->setUserName("alice@example.com");
    options->setUserPassword("correct horse battery staple");
    options->setDocumentAction(make<model::DocumentAction>(model::DocumentAction::eDocumentAction::OVERWRITE));
    return options;
}

auto sendOptions()
{
    auto options = std::make_shared<model::SendToOptions>();
    options->setFrom("backup@example.com");
    options->setTo("alice@example.com");
    options->setSubject("Zoë's \"invoices\"");
    options->setText("As you asked.");
    return options;
}

auto copyOptions(const std::string& target)
{
    auto oneDrive = std::make_shared<model::OneDrive>();
    oneDrive->setId(target);
    auto options = std::make_shared<model::CopyToOptions>();
    options->setUserName("bob@example.com");
    options->setUserPassword("correct horse battery staple");
    options->setOneDrive(oneDrive);
    options->setFolder("From Zoë & Co");
    options->setChangedItems(true);
    options->setDocumentVersion(make<model::DocumentVersion>(model::DocumentVersion::eDocumentVersion::ALL));
    options->setDocumentLastVersionAction(make<model::DocumentLastVersionAction>(
        model::DocumentLastVersionAction::eDocumentLastVersionAction::Merge));
    return options;
}

Json run(const std::shared_ptr<api::ApiConfiguration>& configuration, const Client& client, std::istream& words)
{
    auto authorize = [&](const std::string& token) {
        configuration->getDefaultHeaders()["Authorization"] = "Bearer " + token;
        return Json::object();
    };
    std::string command, last;
    words >> command;
    if (command == "login") {
        auto token = login(client, std::getenv("VBO365_USERNAME"), std::getenv("VBO365_PASSWORD"));
        return authorize(token->getAccessToken());
    }
    if (command == "token") {
        words >> last;
        return authorize(last);
    }
    Ids ids;
    words >> ids.session >> ids.oneDrive >> ids.folder >> last;
    if (command == "restoreToOriginalLocation") {
        return restore(client, ids, restoreOptions());
    }
    if (command == "sendTo") {
        return send(client, ids, sendOptions());
    }
    if (command == "copyTo") {
        return copyTo(client, ids, copyOptions(last));
    }
    if (command == "saveOneDrive") {
        last = ids.folder;
    }
    auto content = save(client, command, ids);
    std::ofstream(last, std::ios::binary) << content->getData()->rdbuf();
    return Json::object();
}

} // namespace

int main()
{
    auto configuration = configure();
    auto client = std::make_shared<api::ApiClient>(configuration);
    int status = 200; // of the last response
    client->setResponseHandler([&](int code, const auto&) { status = code; });
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        Json answer;
        try {
            answer = run(configuration, client, words);
        } catch (const api::ApiException& e) {
            std::string body(std::istreambuf_iterator<char>(*e.getContent()), {});
            if (!body.empty()) {
                model::Error error;
                error.fromJson(Json::parse(body));
                answer["message"] = Json(error.getMessage());
            }
        }
        answer["status"] = Json(status);
        std::cout << answer.serialize() << std::endl;
    }
}
