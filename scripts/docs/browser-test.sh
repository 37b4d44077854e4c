#!/usr/bin/env bash
# Tries the reference page of a running simulator in a headless Chromium: log in, the four actions, and a saved folder
# that is compared with its source. The screenshot goes to the given file, or .cache/reference.png. It needs Go, Node.js
# and Chromium.
set -euo pipefail
screenshot=$(realpath -m "${1:-$(dirname "$0")/../../.cache/reference.png}")
cd "$(dirname "$0")"

chromium=$(command -v chromium) || { echo 'there is no chromium' >&2; exit 1; }
installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
	npm ci
	cp package-lock.json "$installed"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/vbo365" ../../cmd/vbo365
mkdir -p "$(dirname "$screenshot")"
CHROMIUM=$chromium VBO365=$work/vbo365 WORK=$work SCREENSHOT=$screenshot \
	node --test --test-reporter=spec browser.test.mjs
