"""The actions of v8: a restore or copy is followed to its end."""

import time
from typing import Any

import vbo365

Ids = tuple[str, str, str]
login: dict[str, Any] = {"disable_antiforgery_token": True}


def follow(folders: vbo365.OneDriveFoldersApi, response: vbo365.ApiResponse[vbo365.RestoreAnswer]) -> dict[str, Any]:
    sessions = vbo365.RestoreSessionsApi(folders.api_client)
    session = response.data.session_id
    while sessions.get_restore_session(session).state != vbo365.RestoreSessionState.STOPPED:
        time.sleep(0.05)
    statistics = sessions.get_restore_session_statistics(session)
    return {"status": response.status_code, "restoredItemsCount": statistics.restored_items_count}


def restore(folders: vbo365.OneDriveFoldersApi, ids: Ids, account: dict[str, Any]) -> dict[str, Any]:
    options = vbo365.RestoreToOriginalLocationOptions(**account, documentAction=vbo365.DocumentAction.OVERWRITE)
    return follow(folders, folders.restore_one_drive_folder_with_http_info(*ids, options))


def send(folders: vbo365.OneDriveFoldersApi, ids: Ids, options: vbo365.SendToOptions) -> dict[str, Any]:
    return {"status": folders.send_one_drive_folder_with_http_info(*ids, options).status_code}


def copy(folders: vbo365.OneDriveFoldersApi, ids: Ids, options: vbo365.CopyToOptions) -> dict[str, Any]:
    return follow(folders, folders.copy_one_drive_folder_with_http_info(*ids, options))


def save(folders: vbo365.OneDriveFoldersApi, command: str, ids: Ids) -> Any:
    match command:
        case "saveOneDrive":
            return vbo365.OneDrivesApi(folders.api_client).save_one_drive_without_preload_content(*ids[:2])
        case "saveDocument":
            documents = vbo365.OneDriveDocumentsApi(folders.api_client)
            options = vbo365.SaveDocumentOptions(asZip=False)
            return documents.save_one_drive_document_without_preload_content(*ids, options)
    return folders.save_one_drive_folder_without_preload_content(*ids)
