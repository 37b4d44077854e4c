"""What Schemathesis has to know of the simulator: an account, ids that exist, and which server errors are meant."""

import json
import os
import random
import time

import requests
import schemathesis
from schemathesis.specs.openapi.checks import content_type_conformance

ready = json.loads(os.environ["READY"])
password = os.environ["VBO365_PASSWORD"]
version = os.environ["API_VERSION"]
actions_have_routes = version >= "v6"
base = f"{ready['url']}/{version}"
http = requests.Session()
http.verify = False  # the certificate was made when the simulator started
http.trust_env = False
requests.packages.urllib3.disable_warnings()


def call(method, path, **arguments):
    response = http.request(method, base + path, timeout=20, **arguments)
    response.raise_for_status()
    return response.json() if response.content else None


def act(path, route, action, options):
    """Performs an action: by a route of its own, or, up to v5, by one that its body names."""
    if actions_have_routes:
        return call("POST", f"{path}/{route}", json=options)
    return call("POST", f"{path}/Action", json={action: options})


def explore():
    return act(f"/Organizations/{organization}", "explore", "explore",
               {"datetime": "2100-01-01T00:00:00Z", "type": "veod"})["id"]


def first(path):
    page = call("GET", path)
    return (page["results"] if isinstance(page, dict) else page)[0]["id"]


def stopped(session):
    """Waits for the end of a restore, which v8 answers before."""
    while call("GET", f"/RestoreSessions/{session}")["state"] != "Stopped":
        time.sleep(0.05)
    return session


login = {"grant_type": "password", "username": ready["username"], "password": password}
if version >= "v7":
    login["disable_antiforgery_token"] = "true"
token = call("POST", "/token", data=login)["access_token"]
http.headers["Authorization"] = f"Bearer {token}"
organization = first("/Organizations?extendedView=false" if actions_have_routes else "/Organizations")
session = explore()
drive = f"/RestoreSessions/{session}/Organization/OneDrives/{ready['oneDriveId']}"
restored = act(f"{drive}/Folders/{ready['folderId']}", "restore", "restoreToOriginalLocation",
               {"userName": "alice@example.com", "userPassword": "secret"})
restore_session = stopped(restored["sessionId"]) if version >= "v8" else session
ids = {
    "organizationId": organization,
    "restoreSessionId": session,
    "oneDriveId": ready["oneDriveId"],
    "folderId": first(f"{drive}/Folders"),
    "documentId": first(f"{drive}/Documents"),
    "eventId": first(f"/RestoreSessions/{restore_session}/Events"),
    "versionId": 1,
}
# The operations that want another session than most.
sessions = {
    "getRestoreSessionStatistics": restore_session,
    "getRestoreSessionEvent": restore_session,
    "stopRestoreSession": explore(),
    "endRestoreSession": explore(),
}
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
            if name == "restoreSessionId":
                operation = case.operation.definition.raw.get("operationId")
                case.path_parameters[name] = sessions.get(operation, session)
    if not isinstance(case.body, dict) or sometimes.random() >= 0.8:
        return
    if case.body.get("grant_type") == "password":
        case.body.update(username=ready["username"], password=password)
    copy = case.body.get("copyTo", case.body)
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
    "The message could not be sent: ",
    "The simulator does not model ",
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
