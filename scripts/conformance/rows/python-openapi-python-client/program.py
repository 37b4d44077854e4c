"""This program uses the client that openapi-python-client makes."""

import json
import os
import ssl
import sys
from typing import Any

from client import AuthenticatedClient, Client
from client.api.authorization import create_token
from client.api.one_drive_folders import run_one_drive_folder_action
from client.models import (
    CopyToAction,
    CopyToOptions,
    DocumentAction,
    DocumentLastVersionAction,
    DocumentVersion,
    Error,
    GrantType,
    OneDrive,
    RestoreStatistics,
    RestoreToOriginalLocationAction,
    RestoreToOriginalLocationOptions,
    SaveAction,
    SendToAction,
    SendToOptions,
    Token,
    TokenRequest,
)

Action = RestoreToOriginalLocationAction | SendToAction | CopyToAction | SaveAction

url = os.environ["VBO365_URL"]
trust = ssl.create_default_context(cafile=os.environ["VBO365_CA_FILE"])


def authenticated(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=token, verify_ssl=trust)


def act(client: AuthenticatedClient, ids: list[str], action: Action) -> dict[str, Any]:
    """Runs an action whose answer is small."""
    response = run_one_drive_folder_action.sync_detailed(*ids, client=client, body=action)
    answer: dict[str, Any] = {"status": response.status_code}
    if response.headers.get("Content-Type", "").startswith("application/json"):
        statistics = RestoreStatistics.from_dict(json.loads(response.content))
        answer["restoredItemsCount"] = statistics.restored_items_count
    return answer


def save(client: AuthenticatedClient, ids: list[str], name: str) -> dict[str, Any]:
    request = run_one_drive_folder_action._get_kwargs(*ids, body=SaveAction(save=None))
    with client.get_httpx_client().stream(**request) as response:
        if response.status_code == 200:
            with open(name, "wb") as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)
            return {"status": 200}
        response.read()
        refused = run_one_drive_folder_action._parse_response(client=client, response=response)
        return {
            "status": response.status_code,
            "message": refused.message if isinstance(refused, Error) else "",
        }


def main() -> None:
    client = authenticated("")
    for line in sys.stdin:
        command, *args = line.split()
        answer: dict[str, Any]
        match command:
            case "login":
                response = create_token.sync_detailed(
                    client=Client(base_url=url, verify_ssl=trust),
                    body=TokenRequest(
                        grant_type=GrantType.PASSWORD,
                        username=os.environ["VBO365_USERNAME"],
                        password=os.environ["VBO365_PASSWORD"],
                    ),
                )
                if isinstance(response.parsed, Token):
                    client = authenticated(response.parsed.access_token)
                answer = {"status": response.status_code}
            case "token":
                client = authenticated(args[0])
                answer = {"status": 200}
            case "restoreToOriginalLocation":
                answer = act(
                    client,
                    args,
                    RestoreToOriginalLocationAction(
                        RestoreToOriginalLocationOptions(
                            user_name="alice@example.com",
                            user_password="correct horse battery staple",
                            document_version=DocumentVersion.LAST,
                            document_action=DocumentAction.OVERWRITE,
                        )
                    ),
                )
            case "sendTo":
                answer = act(
                    client,
                    args,
                    SendToAction(
                        SendToOptions(
                            from_="backup@example.com",
                            to="alice@example.com",
                            subject='Zoë\'s "invoices"',
                            text="As you asked.",
                        )
                    ),
                )
            case "copyTo":
                answer = act(
                    client,
                    args[:3],
                    CopyToAction(
                        CopyToOptions(
                            user_name="bob@example.com",
                            user_password="correct horse battery staple",
                            one_drive=OneDrive(id=args[3]),
                            folder="From Zoë & Co",
                            changed_items=True,
                            document_version=DocumentVersion.ALL,
                            document_last_version_action=DocumentLastVersionAction.MERGE,
                        )
                    ),
                )
            case "save":
                answer = save(client, args[:3], args[3])
        print(json.dumps(answer), flush=True)


main()
