#!/usr/bin/env bash
# Prism, a mock server that knows only the OpenAPI document, answers the four actions of the Go client: a request that
# the document does not allow gets an error from it. It needs Go and Node.js, and installs the pinned Prism beside this
# file.
set -euo pipefail
cd "$(dirname "$0")"

installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
	npm ci
	cp package-lock.json "$installed"
fi
go run ./prism -- node_modules/.bin/prism mock --errors --port 0 ../../spec/openapi.yaml
