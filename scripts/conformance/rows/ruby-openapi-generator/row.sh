#!/usr/bin/env bash
set -euo pipefail

install() {
	"$CONFORMANCE/apt.sh" ruby ruby
	ruby -rtyphoeus -e '' || "$CONFORMANCE/apt.sh" - ruby-typhoeus
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name ruby --input-spec "$DOCUMENT" --output client \
		--additional-properties gemName=vbo365
}

compile() {
	find client/lib program.rb -name '*.rb' -exec ruby -wc {} +
}

run() {
	exec ruby -Iclient/lib program.rb
}

"$1"
