"""The actions up to v5."""

import json
from typing import Any

import vbo365

Ids = tuple[str, str, str]
login: dict[str, Any] = {}


def act(folders: vbo365.OneDriveFoldersApi, ids: Ids, action: Any) -> dict[str, Any]:
    response = folders.run_one_drive_folder_action_with_http_info(*ids, vbo365.OneDriveFolderAction(action))
    answer: dict[str, Any] = {"status": response.status_code}
    if (response.headers or {}).get("Content-Type", "").startswith("application/json"):
        statistics = vbo365.RestoreStatistics.from_dict(json.loads(response.data))
        answer["restoredItemsCount"] = statistics and statistics.restored_items_count
    return answer


def restore(folders: vbo365.OneDriveFoldersApi, ids: Ids, account: dict[str, Any]) -> dict[str, Any]:
    options = vbo365.RestoreToOriginalLocationOptions(
        **account,
        documentVersion=vbo365.DocumentVersion.LAST,
        documentAction=vbo365.DocumentAction.OVERWRITE,
    )
    return act(folders, ids, vbo365.RestoreToOriginalLocationAction(restoreToOriginalLocation=options))


def send(folders: vbo365.OneDriveFoldersApi, ids: Ids, options: vbo365.SendToOptions) -> dict[str, Any]:
    return act(folders, ids, vbo365.SendToAction(sendTo=options))


def copy(folders: vbo365.OneDriveFoldersApi, ids: Ids, options: vbo365.CopyToOptions) -> dict[str, Any]:
    return act(folders, ids, vbo365.CopyToAction(copyTo=options))


def save(folders: vbo365.OneDriveFoldersApi, command: str, ids: Ids) -> Any:
    match command:
        case "saveOneDrive":
            drives = vbo365.OneDrivesApi(folders.api_client)
            return drives.run_one_drive_action_without_preload_content(
                *ids[:2], vbo365.OneDriveAction(vbo365.SaveAction(save=None))
            )
        case "saveDocument":
            documents = vbo365.OneDriveDocumentsApi(folders.api_client)
            action = vbo365.SaveAction(save=vbo365.SaveOptions(asZip=False))
            return documents.run_one_drive_document_action_without_preload_content(
                *ids, vbo365.OneDriveDocumentAction(action)
            )
    return folders.run_one_drive_folder_action_without_preload_content(
        *ids, vbo365.OneDriveFolderAction(vbo365.SaveAction(save=None))
    )
