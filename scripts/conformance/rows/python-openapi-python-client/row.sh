#!/usr/bin/env bash
set -euo pipefail

install() {
	python3 -m venv venv
	venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
}

version() {
	venv/bin/openapi-python-client --version | sed 's/.*: //'
}

generate() {
	PATH=$PWD/venv/bin:$PATH # it formats with ruff
	openapi-python-client generate --path "$DOCUMENT" --meta none --output-path client --overwrite --fail-on-warning
}

compile() {
	venv/bin/mypy program.py actions.py client
}

run() {
	exec venv/bin/python program.py
}

"$1"
