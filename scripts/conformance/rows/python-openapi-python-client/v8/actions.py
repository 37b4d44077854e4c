"""The actions of v8: a restore or copy is followed to its end."""

import time
from typing import Any

from client import AuthenticatedClient
from client.api.one_drive_documents import save_one_drive_document
from client.api.one_drive_folders import (
    copy_one_drive_folder,
    restore_one_drive_folder,
    save_one_drive_folder,
    send_one_drive_folder,
)
from client.api.one_drives import save_one_drive
from client.api.restore_sessions import get_restore_session, get_restore_session_statistics
from client.models import (
    CopyToOptions,
    DocumentAction,
    RestoreAnswer,
    RestoreSession,
    RestoreSessionState,
    RestoreSessionStatistics,
    RestoreToOriginalLocationOptions,
    SaveDocumentOptions,
    SendToOptions,
)
from client.types import Response


def follow(client: AuthenticatedClient, response: Response[Any]) -> dict[str, Any]:
    if not isinstance(response.parsed, RestoreAnswer):
        return {"status": response.status_code}
    id = response.parsed.session_id
    while True:
        session = get_restore_session.sync(id, client=client)
        if not isinstance(session, RestoreSession) or session.state == RestoreSessionState.STOPPED:
            break
        time.sleep(0.05)
    statistics = get_restore_session_statistics.sync(id, client=client)
    assert isinstance(statistics, RestoreSessionStatistics)
    return {"status": response.status_code, "restoredItemsCount": statistics.restored_items_count}


def restore(client: AuthenticatedClient, ids: list[str], user: str, password: str) -> dict[str, Any]:
    options = RestoreToOriginalLocationOptions(
        user_name=user, user_password=password, document_action=DocumentAction.OVERWRITE
    )
    return follow(client, restore_one_drive_folder.sync_detailed(*ids, client=client, body=options))


def copy(client: AuthenticatedClient, ids: list[str], options: CopyToOptions) -> dict[str, Any]:
    return follow(client, copy_one_drive_folder.sync_detailed(*ids, client=client, body=options))


def send(client: AuthenticatedClient, ids: list[str], options: SendToOptions) -> dict[str, Any]:
    return {"status": send_one_drive_folder.sync_detailed(*ids, client=client, body=options).status_code}


def save_request(command: str, *ids: str) -> dict[str, Any]:
    match command:
        case "saveOneDrive":
            return save_one_drive._get_kwargs(*ids[:2])
        case "saveDocument":
            return save_one_drive_document._get_kwargs(*ids, body=SaveDocumentOptions(as_zip=False))
    return save_one_drive_folder._get_kwargs(*ids)


save_response = save_one_drive_folder._parse_response
