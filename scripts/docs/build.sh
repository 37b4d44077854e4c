#!/usr/bin/env bash
# Builds the reference page spec/reference.html from spec/openapi.yaml. With -check it writes nothing, and fails if
# the page there is another. It needs Node.js, and installs the pinned tools beside this file.
set -euo pipefail
cd "$(dirname "$0")"

installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
	npm ci
	cp package-lock.json "$installed"
fi
node build.mjs "$@"
