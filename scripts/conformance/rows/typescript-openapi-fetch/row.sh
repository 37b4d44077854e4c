#!/usr/bin/env bash
set -euo pipefail

install() {
	npm ci
}

version() {
	npx --no-install openapi-typescript --version
}

generate() {
	npx --no-install openapi-typescript "$DOCUMENT" --output client/schema.d.ts
}

compile() {
	npx --no-install tsc
}

run() {
	NODE_EXTRA_CA_CERTS=$VBO365_CA_FILE exec node build/program.js
}

"$1"
