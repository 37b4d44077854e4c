#!/usr/bin/env bash
set -euo pipefail

install() {
	pkg-config --exists --print-errors openssl
	cargo --version # what it needs is fetched when it compiles: the client is a part of it
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name rust --input-spec "$DOCUMENT" --output client \
		--additional-properties packageName=vbo365
}

patch() {
	if ! grep -q 'models::models::' client/src/apis/authorization_api.rs; then
		echo 'nothing to patch: take it out of row.json, and this function away' >&2
		return 1
	fi
	sed -i 's/models::models::/models::/' client/src/apis/authorization_api.rs
}

compile() {
	cargo build --locked
}

run() {
	exec target/debug/program
}

"$1"
