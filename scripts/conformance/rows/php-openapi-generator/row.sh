#!/usr/bin/env bash
set -euo pipefail

install() {
	php -r 'require "GuzzleHttp/autoload.php"; exit(extension_loaded("curl") ? 0 : 1);'
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name php --input-spec "$DOCUMENT" --output client \
		--invoker-package VBO365
}

compile() {
	find client/lib program.php actions.php -name '*.php' -print0 | xargs -0 -n 1 php -l
}

run() {
	exec php program.php
}

"$1"
