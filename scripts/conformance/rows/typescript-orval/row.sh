#!/usr/bin/env bash
set -euo pipefail

install() {
	npm ci
}

version() {
	npx --no-install orval --version
}

generate() {
	npx --no-install orval --config orval.config.mjs
}

compile() {
	npx --no-install tsc
}

run() {
	NODE_EXTRA_CA_CERTS=$VBO365_CA_FILE exec node build/program.js
}

"$1"
