"""The actions up to v5."""

import json
from typing import Any

from client import AuthenticatedClient
from client.api.one_drive_documents import run_one_drive_document_action
from client.api.one_drive_folders import run_one_drive_folder_action
from client.api.one_drives import run_one_drive_action
from client.models import (
    CopyToAction,
    CopyToOptions,
    DocumentAction,
    DocumentVersion,
    RestoreStatistics,
    RestoreToOriginalLocationAction,
    RestoreToOriginalLocationOptions,
    SaveAction,
    SaveOptions,
    SendToAction,
    SendToOptions,
)

Action = RestoreToOriginalLocationAction | SendToAction | CopyToAction


def act(client: AuthenticatedClient, ids: list[str], action: Action) -> dict[str, Any]:
    response = run_one_drive_folder_action.sync_detailed(*ids, client=client, body=action)
    answer: dict[str, Any] = {"status": response.status_code}
    if response.headers.get("Content-Type", "").startswith("application/json"):
        statistics = RestoreStatistics.from_dict(json.loads(response.content))
        answer["restoredItemsCount"] = statistics.restored_items_count
    return answer


def restore(client: AuthenticatedClient, ids: list[str], user: str, password: str) -> dict[str, Any]:
    options = RestoreToOriginalLocationOptions(
        user_name=user,
        user_password=password,
        document_version=DocumentVersion.LAST,
        document_action=DocumentAction.OVERWRITE,
    )
    return act(client, ids, RestoreToOriginalLocationAction(options))


def copy(client: AuthenticatedClient, ids: list[str], options: CopyToOptions) -> dict[str, Any]:
    return act(client, ids, CopyToAction(options))


def send(client: AuthenticatedClient, ids: list[str], options: SendToOptions) -> dict[str, Any]:
    return act(client, ids, SendToAction(options))


def save_request(command: str, *ids: str) -> dict[str, Any]:
    match command:
        case "saveOneDrive":
            return run_one_drive_action._get_kwargs(*ids[:2], body=SaveAction(save=None))
        case "saveDocument":
            return run_one_drive_document_action._get_kwargs(*ids, body=SaveAction(save=SaveOptions(as_zip=False)))
    return run_one_drive_folder_action._get_kwargs(*ids, body=SaveAction(save=None))


save_response = run_one_drive_folder_action._parse_response
