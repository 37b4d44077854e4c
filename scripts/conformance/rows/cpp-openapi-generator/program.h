// What program.cpp and the actions of an API version share.
#pragma once

#include "CppRestOpenAPIClient/api/AuthorizationApi.h"
#include "CppRestOpenAPIClient/api/OneDriveDocumentsApi.h"
#include "CppRestOpenAPIClient/api/OneDriveFoldersApi.h"
#include "CppRestOpenAPIClient/api/OneDrivesApi.h"
#include "CppRestOpenAPIClient/api/RestoreSessionsApi.h"

#include <string>

namespace api = org::openapitools::client::api;
namespace model = org::openapitools::client::model;

using Client = std::shared_ptr<api::ApiClient>;
using Json = web::json::value;

// The ids of a restore session, a OneDrive and a folder or document.
struct Ids {
    std::string session, oneDrive, folder;
};

// What the commands do, and what they answer beside the status.
std::shared_ptr<model::Token> login(Client client, const std::string& username, const std::string& password);
Json restore(Client client, const Ids& ids, std::shared_ptr<model::RestoreToOriginalLocationOptions> options);
Json send(Client client, const Ids& ids, std::shared_ptr<model::SendToOptions> options);
Json copyTo(Client client, const Ids& ids, std::shared_ptr<model::CopyToOptions> options);
std::shared_ptr<model::HttpContent> save(Client client, const std::string& command, const Ids& ids);

// Makes an enum that is a component.
template <class Enum, class Value>
std::shared_ptr<Enum> make(Value value)
{
    auto made = std::make_shared<Enum>();
    made->setValue(value);
    return made;
}
