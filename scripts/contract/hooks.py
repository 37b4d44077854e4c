"""What Schemathesis has to know of the simulator: an account, ids that exist, and which server errors are meant."""

import json
import os
import random

import requests
import schemathesis
from schemathesis.specs.openapi.checks import content_type_conformance

ready = json.loads(os.environ["READY"])
password = os.environ["VBO365_PASSWORD"]
base = f"{ready['url']}/{os.environ['API_VERSION']}"
http = requests.Session()
http.verify = False  # the certificate was made when the simulator started
http.trust_env = False
requests.packages.urllib3.disable_warnings()


def call(method, path, **arguments):
    response = http.request(method, base + path, timeout=20, **arguments)
    response.raise_for_status()
    return response.json() if response.content else None


def explore():
    return call("POST", f"/Organizations/{organization}/Action",
                json={"explore": {"datetime": "2100-01-01T00:00:00Z", "type": "veod"}})["id"]


token = call("POST", "/token", data={
    "grant_type": "password", "username": ready["username"], "password": password})["access_token"]
http.headers["Authorization"] = f"Bearer {token}"
organization = call("GET", "/Organizations")[0]["id"]
session = explore()
drive = f"/RestoreSessions/{session}/Organization/OneDrives/{ready['oneDriveId']}"
call("POST", f"{drive}/Folders/{ready['folderId']}/Action", json={
    "restoreToOriginalLocation": {"userName": "alice@example.com", "userPassword": "secret"}})
ids = {
    "organizationId": organization,
    "restoreSessionId": session,
    "oneDriveId": ready["oneDriveId"],
    "folderId": call("GET", f"{drive}/Folders")["results"][0]["id"],
    "documentId": call("GET", f"{drive}/Documents")["results"][0]["id"],
    "eventId": call("GET", f"/RestoreSessions/{session}/Events")["results"][0]["id"],
}
to_be_stopped = explore()
sometimes = random.Random(365)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Leaves only the answers that the document names: "default" would allow everything."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation.get("responses", {}).pop("default", None)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts ids and an account that exist in place of most that were made up: otherwise all would be 404 and 400."""
    for name in case.path_parameters:
        if name in ids and sometimes.random() < 0.8:
            case.path_parameters[name] = ids[name]
            if case.operation.definition.raw.get("operationId") == "stopRestoreSession":
                case.path_parameters[name] = to_be_stopped
    if not isinstance(case.body, dict) or sometimes.random() >= 0.8:
        return
    if case.body.get("grant_type") == "password":
        case.body.update(username=ready["username"], password=password)
    copy = case.body.get("copyTo")
    if isinstance(copy, dict) and isinstance(copy.get("oneDrive"), dict):
        copy["oneDrive"]["id"] = ready["targetOneDriveId"]


@schemathesis.auth()
class Login:
    def get(self, case, context):
        return token

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


# The server errors that the simulator answers on purpose. The document says when.
MEANT = (
    "Restore session cannot be created.",
    "The e-mail settings of the server ",
    "The restore session has been stopped.",
)


@schemathesis.check
def server_error_is_meant(context, response, case):
    """Stands for not_a_server_error, which knows statuses only."""
    if response.status_code >= 500:
        message = response.json().get("message", "") if response.status_code == 500 else ""
        assert message.startswith(MEANT), f"{response.status_code}: {response.text}"


@schemathesis.check
def content_type_is_documented(context, response, case):
    """Stands for content_type_conformance, which wants a content type of an answer without a body, too."""
    if response.content:
        return content_type_conformance(context, response, case)
    assert "content-type" not in response.headers, "an answer without a body has a content type"
