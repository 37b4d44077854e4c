#!/usr/bin/env bash
set -euo pipefail

install() {
	ruby -rtyphoeus -e ''
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name ruby --input-spec "$DOCUMENT" --output client \
		--additional-properties gemName=vbo365
}

compile() {
	find client/lib program.rb actions.rb -name '*.rb' -exec ruby -wc {} +
}

run() {
	exec ruby -Iclient/lib program.rb
}

"$1"
