#!/usr/bin/env bash
# Prism, a mock server that knows only the OpenAPI document of one API version, answers the four actions of the Go client:
# a request that the document does not allow gets an error from it. v5 has the actions in the body, v7 in the path, v8 carries
# them out later. It needs Go and Node.js, and installs the pinned Prism beside this file.
set -euo pipefail
cd "$(dirname "$0")"

installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
	npm ci
	cp package-lock.json "$installed"
fi
for version in v5 v7 v8; do
	go run ./prism "$version" -- node_modules/.bin/prism mock --errors --port 0 "../../spec/dist/wire/openapi.$version.yaml"
done
