// The actions up to v5.
#include "program.h"

#include "CppRestOpenAPIClient/model/RestoreStatistics.h"

std::shared_ptr<model::Token> login(Client client, const std::string& username, const std::string& password)
{
    auto grant = make<model::GrantType>(model::GrantType::eGrantType::PASSWORD);
    return api::AuthorizationApi(client).createToken(grant, username, password, {}, {}, {}).get();
}

namespace {

template <class Action>
std::shared_ptr<model::HttpContent> act(const Client& client, const Ids& ids, const Action& variant)
{
    auto action = std::make_shared<model::OneDriveFolderAction>();
    action->setVariant(variant);
    api::OneDriveFoldersApi folders(client);
    return folders.runOneDriveFolderAction(ids.session, ids.oneDrive, ids.folder, action, {}, {}).get();
}

// A restore and a copy answer with statistics.
Json count(const std::shared_ptr<model::HttpContent>& content)
{
    model::RestoreStatistics statistics;
    statistics.fromJson(Json::parse(*content->getData()));
    Json answer;
    answer["restoredItemsCount"] = Json(statistics.getRestoredItemsCount());
    return answer;
}

} // namespace

Json restore(Client client, const Ids& ids, std::shared_ptr<model::RestoreToOriginalLocationOptions> options)
{
    options->setDocumentVersion(make<model::DocumentVersion>(model::DocumentVersion::eDocumentVersion::LAST));
    model::RestoreToOriginalLocationAction action;
    action.setRestoreToOriginalLocation(options);
    return count(act(client, ids, action));
}

Json send(Client client, const Ids& ids, std::shared_ptr<model::SendToOptions> options)
{
    model::SendToAction action;
    action.setSendTo(options);
    act(client, ids, action);
    return Json::object();
}

Json copyTo(Client client, const Ids& ids, std::shared_ptr<model::CopyToOptions> options)
{
    model::CopyToAction action;
    action.setCopyTo(options);
    return count(act(client, ids, action));
}

std::shared_ptr<model::HttpContent> save(Client client, const std::string& command, const Ids& ids)
{
    model::SaveAction action;
    if (command == "saveDocument") {
        auto options = std::make_shared<model::SaveOptions>();
        options->setAsZip(false);
        action.setSave(options);
        auto documentAction = std::make_shared<model::OneDriveDocumentAction>();
        documentAction->setVariant(action);
        api::OneDriveDocumentsApi documents(client);
        return documents.runOneDriveDocumentAction(ids.session, ids.oneDrive, ids.folder, documentAction).get();
    }
    action.setSave(nullptr); // sent as null
    if (command == "saveOneDrive") {
        auto driveAction = std::make_shared<model::OneDriveAction>();
        driveAction->setVariant(action);
        return api::OneDrivesApi(client).runOneDriveAction(ids.session, ids.oneDrive, driveAction, {}, {}).get();
    }
    return act(client, ids, action);
}
