#!/usr/bin/env bash
set -euo pipefail

install() {
	python3 -m venv venv
	venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name python --input-spec "$DOCUMENT" --output client \
		--package-name vbo365
}

compile() {
	MYPYPATH=client venv/bin/mypy program.py actions.py client/vbo365
}

run() {
	PYTHONPATH=client exec venv/bin/python program.py
}

"$1"
