"""This program uses the client that the python generator of openapi-generator makes."""

import json
import os
import sys
from typing import Any

import actions
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


def account(name: str) -> dict[str, Any]:
    return {"userName": name, "userPassword": SecretStr("correct horse battery staple")}


def login() -> dict[str, Any]:
    response = vbo365.AuthorizationApi(client).create_token_with_http_info(
        grant_type=vbo365.GrantType.PASSWORD,
        username=os.environ["VBO365_USERNAME"],
        password=os.environ["VBO365_PASSWORD"],
        **actions.login,
    )
    client.configuration.access_token = response.data.access_token
    return {"status": response.status_code}


def save(command: str, ids: actions.Ids, name: str) -> dict[str, Any]:
    response = actions.save(folders, command, ids)
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
    ids = args[0], args[1], args[2]
    match command:
        case "restoreToOriginalLocation":
            return actions.restore(folders, ids, account("alice@example.com"))
        case "sendTo":
            options = vbo365.SendToOptions(
                **sender,
                to="alice@example.com",
                subject='Zoë\'s "invoices"',
                text="As you asked.",
            )
            return actions.send(folders, ids, options)
        case "copyTo":
            return actions.copy(
                folders,
                ids,
                vbo365.CopyToOptions(
                    **account("bob@example.com"),
                    oneDrive=vbo365.OneDrive(id=args[3]),
                    folder="From Zoë & Co",
                    changedItems=True,
                    documentVersion=vbo365.DocumentVersion.ALL,
                    documentLastVersionAction=vbo365.DocumentLastVersionAction.Merge,
                ),
            )
        case "save" | "saveOneDrive" | "saveDocument":
            return save(command, ids, args[-1])
    raise ValueError(command)


for line in sys.stdin:
    command, *args = line.split()
    print(json.dumps(run(command, args)), flush=True)
