#!/usr/bin/env bash
# Does what docs/other-languages.md says of Python: its commands run in a directory with a new virtual environment, the
# document and the page's program, and save a folder of a simulator. The command is installed as the README says. It needs
# Go and Python.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
simulator=
trap '[ -z "$simulator" ] || kill "$simulator"; rm -rf "$work"' EXIT

# block LANGUAGE prints the first block of that language.
block() {
	awk -v fence="^\`\`\`$1\$" '/^```$/{if (on) exit} on{print} $0 ~ fence {on = 1}' docs/other-languages.md
}

GOBIN=$work go install ./cmd/vbo365
mkdir -p "$work/backup/Documents" "$work/quickstart/spec/dist"
cp LICENSE "$work/backup/Documents"
cp spec/dist/openapi.v8.yaml "$work/quickstart/spec/dist"
block sh >"$work/commands.sh"
block python >"$work/quickstart/save.py"

mkfifo "$work/ready"
export VBO365_PASSWORD='correct horse battery staple'
"$work/vbo365" simulate --quiet --listen 127.0.0.1:0 --backup "$work/backup" >"$work/ready" &
simulator=$!
read -r ready <"$work/ready"
cd "$work/quickstart"
python3 -m venv venv
export PATH=$PWD/venv/bin:$PATH VBO365_CA_FILE=server.pem
python - "$ready" >"$work/server" <<'PYTHON'
import json, ssl, sys, urllib.parse

ready = json.loads(sys.argv[1])
server = urllib.parse.urlsplit(ready["url"])
with open("server.pem", "w") as file:
    file.write(ssl.get_server_certificate((server.hostname, server.port)))
print(ready["url"], ready["username"])
PYTHON
read -r VBO365_SERVER VBO365_USERNAME <"$work/server"
export VBO365_SERVER VBO365_USERNAME
bash -euxo pipefail "$work/commands.sh"
python -c 'import zipfile; zipfile.ZipFile("folder.zip").read("LICENSE")'
echo 'quickstart: ok'
