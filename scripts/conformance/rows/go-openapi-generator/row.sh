#!/usr/bin/env bash
set -euo pipefail

install() {
	go mod download
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name go --input-spec "$DOCUMENT" --output client \
		--additional-properties packageName=vbo365,withGoMod=false
	rm -r client/test
}

compile() {
	go vet ./...
	go build -o program .
}

run() {
	exec ./program
}

"$1"
