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
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name csharp --library httpclient --input-spec "$DOCUMENT" \
		--output client --additional-properties packageName=VBO365
	venv/bin/python syntax.py client/src
}

# Where there is a .NET SDK, this shows that the row can be completed.
compile() {
	dotnet build client/src/VBO365
}

"$1"
