"""This program uses the client that the python generator of openapi-generator makes."""

import json
import os
import sys
from typing import Any

import vbo365
from pydantic import SecretStr

client = vbo365.ApiClient(
    vbo365.Configuration(
        host=os.environ["VBO365_URL"],
        ssl_ca_cert=os.environ["VBO365_CA_FILE"],
    )
)
folders = vbo365.OneDriveFoldersApi(client)
sender: dict[str, Any] = {"from": "backup@example.com"}  # the word is reserved


def login() -> dict[str, Any]:
    response = vbo365.AuthorizationApi(client).create_token_with_http_info(
        grant_type=vbo365.GrantType.PASSWORD,
        username=os.environ["VBO365_USERNAME"],
        password=os.environ["VBO365_PASSWORD"],
    )
    client.configuration.access_token = response.data.access_token
    return {"status": response.status_code}


def act(action: Any, session: str, drive: str, folder: str) -> dict[str, Any]:
    """Runs an action whose answer is small."""
    response = folders.run_one_drive_folder_action_with_http_info(
        session, drive, folder, vbo365.OneDriveFolderAction(action)
    )
    answer: dict[str, Any] = {"status": response.status_code}
    if (response.headers or {}).get("Content-Type", "").startswith("application/json"):
        statistics = vbo365.RestoreStatistics.from_dict(json.loads(response.data))
        answer["restoredItemsCount"] = statistics and statistics.restored_items_count
    return answer


def save(session: str, drive: str, folder: str, name: str) -> dict[str, Any]:
    response = folders.run_one_drive_folder_action_without_preload_content(
        session, drive, folder, vbo365.OneDriveFolderAction(vbo365.SaveAction(save=None))
    )
    try:
        if response.status == 200:
            with open(name, "wb") as file:
                for chunk in response.stream(1 << 16):
                    file.write(chunk)
            return {"status": 200}
        body = response.read()
        refused = vbo365.Error.from_json(body.decode()) if body else None
        return {"status": response.status, "message": refused.message if refused else ""}
    finally:
        response.release_conn()


def run(command: str, args: list[str]) -> dict[str, Any]:
    match command:
        case "login":
            return login()
        case "token":
            client.configuration.access_token = args[0]
            return {"status": 200}
        case "restoreToOriginalLocation":
            return act(
                vbo365.RestoreToOriginalLocationAction(
                    restoreToOriginalLocation=vbo365.RestoreToOriginalLocationOptions(
                        userName="alice@example.com",
                        userPassword=SecretStr("correct horse battery staple"),
                        documentVersion=vbo365.DocumentVersion.LAST,
                        documentAction=vbo365.DocumentAction.OVERWRITE,
                    )
                ),
                *args[:3],
            )
        case "sendTo":
            return act(
                vbo365.SendToAction(
                    sendTo=vbo365.SendToOptions(
                        **sender,
                        to="alice@example.com",
                        subject='Zoë\'s "invoices"',
                        text="As you asked.",
                    )
                ),
                *args[:3],
            )
        case "copyTo":
            return act(
                vbo365.CopyToAction(
                    copyTo=vbo365.CopyToOptions(
                        userName="bob@example.com",
                        userPassword=SecretStr("correct horse battery staple"),
                        oneDrive=vbo365.OneDrive(id=args[3]),
                        folder="From Zoë & Co",
                        changedItems=True,
                        documentVersion=vbo365.DocumentVersion.ALL,
                        documentLastVersionAction=vbo365.DocumentLastVersionAction.MERGE,
                    )
                ),
                *args[:3],
            )
        case "save":
            return save(*args)
    raise ValueError(command)


for line in sys.stdin:
    command, *args = line.split()
    print(json.dumps(run(command, args)), flush=True)
