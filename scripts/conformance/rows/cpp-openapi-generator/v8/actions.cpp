// The actions of v8: a restore or copy is followed to its end.
#include "program.h"

#include <chrono>
#include <thread>

std::shared_ptr<model::Token> login(Client client, const std::string& username, const std::string& password)
{
    auto grant = make<model::GrantType>(model::GrantType::eGrantType::PASSWORD);
    return api::AuthorizationApi(client).createToken(grant, username, password, {}, {}, {}, true).get();
}

namespace {

Json follow(const Client& client, const std::string& session)
{
    using State = model::RestoreSessionState::eRestoreSessionState;
    api::RestoreSessionsApi sessions(client);
    while (sessions.getRestoreSession(session).get()->getState()->getValue() != State::STOPPED) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    Json answer;
    answer["restoredItemsCount"] = Json(sessions.getRestoreSessionStatistics(session).get()->getRestoredItemsCount());
    return answer;
}

} // namespace

Json restore(Client client, const Ids& ids, std::shared_ptr<model::RestoreToOriginalLocationOptions> options)
{
    api::OneDriveFoldersApi folders(client);
    auto started = folders.restoreOneDriveFolder(ids.session, ids.oneDrive, ids.folder, options).get();
    return follow(client, started->getSessionId());
}

Json send(Client client, const Ids& ids, std::shared_ptr<model::SendToOptions> options)
{
    api::OneDriveFoldersApi(client).sendOneDriveFolder(ids.session, ids.oneDrive, ids.folder, options).get();
    return Json::object();
}

Json copyTo(Client client, const Ids& ids, std::shared_ptr<model::CopyToOptions> options)
{
    api::OneDriveFoldersApi folders(client);
    auto started = folders.copyOneDriveFolder(ids.session, ids.oneDrive, ids.folder, options).get();
    return follow(client, started->getSessionId());
}

std::shared_ptr<model::HttpContent> save(Client client, const std::string& command, const Ids& ids)
{
    if (command == "saveOneDrive") {
        return api::OneDrivesApi(client).saveOneDrive(ids.session, ids.oneDrive).get();
    }
    if (command == "saveDocument") {
        auto options = std::make_shared<model::SaveDocumentOptions>();
        options->setAsZip(false);
        api::OneDriveDocumentsApi documents(client);
        return documents.saveOneDriveDocument(ids.session, ids.oneDrive, ids.folder, options).get();
    }
    return api::OneDriveFoldersApi(client).saveOneDriveFolder(ids.session, ids.oneDrive, ids.folder).get();
}
