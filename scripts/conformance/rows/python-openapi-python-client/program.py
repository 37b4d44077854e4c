"""This program uses the client that openapi-python-client makes."""

import json
import os
import ssl
import sys
from typing import Any

import actions
from client import AuthenticatedClient, Client
from client.api.authorization import create_token
from client.models import (
    CopyToOptions,
    DocumentLastVersionAction,
    DocumentVersion,
    Error,
    GrantType,
    OneDrive,
    SendToOptions,
    Token,
    TokenRequest,
)

url = os.environ["VBO365_URL"]
trust = ssl.create_default_context(cafile=os.environ["VBO365_CA_FILE"])
password = "correct horse battery staple"


def authenticated(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=token, verify_ssl=trust)


def save(client: AuthenticatedClient, command: str, ids: list[str], name: str) -> dict[str, Any]:
    with client.get_httpx_client().stream(**actions.save_request(command, *ids)) as response:
        if response.status_code == 200:
            with open(name, "wb") as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)
            return {"status": 200}
        response.read()
        refused = actions.save_response(client=client, response=response)
        return {
            "status": response.status_code,
            "message": refused.message if isinstance(refused, Error) else "",
        }


def main() -> None:
    client = authenticated("")
    for line in sys.stdin:
        command, *args = line.split()
        ids = args[:3]
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
                answer = actions.restore(client, ids, "alice@example.com", password)
            case "sendTo":
                options = SendToOptions(
                    from_="backup@example.com",
                    to="alice@example.com",
                    subject='Zoë\'s "invoices"',
                    text="As you asked.",
                )
                answer = actions.send(client, ids, options)
            case "copyTo":
                answer = actions.copy(
                    client,
                    ids,
                    CopyToOptions(
                        user_name="bob@example.com",
                        user_password=password,
                        one_drive=OneDrive(id=args[3]),
                        folder="From Zoë & Co",
                        changed_items=True,
                        document_version=DocumentVersion.ALL,
                        document_last_version_action=DocumentLastVersionAction.MERGE,
                    ),
                )
            case "save" | "saveOneDrive" | "saveDocument":
                answer = save(client, command, ids, args[-1])
        print(json.dumps(answer), flush=True)


main()
