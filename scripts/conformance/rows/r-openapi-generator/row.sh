#!/usr/bin/env bash
set -euo pipefail

install() {
	Rscript --vanilla -e 'for (name in c("base64enc", "httr2", "jsonlite", "R6", "stringr")) loadNamespace(name)'
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name r --library httr2 --input-spec "$DOCUMENT" \
		--output client --additional-properties packageName=vbo365
}

compile() {
	rm -rf library
	mkdir library
	R CMD INSTALL --no-docs --no-test-load --library=library client
	Rscript --vanilla -e 'for (file in c("program.R", "actions.R")) parse(file)'
}

run() {
	exec Rscript --vanilla program.R
}

"$1"
