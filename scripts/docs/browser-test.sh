#!/usr/bin/env bash
# Tries the reference page of a running simulator in a headless Chromium: log in, the four actions, and a saved folder
# that is compared with its source. The screenshot goes to the given file, or .cache/reference.png. It needs Go and
# Node.js, and Chromium, which it installs on Debian.
set -euo pipefail
screenshot=$(realpath -m "${1:-$(dirname "$0")/../../.cache/reference.png}")
cd "$(dirname "$0")"

if ! command -v chromium >/dev/null; then
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
	npm ci
	cp package-lock.json "$installed"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/vbo365" ../../cmd/vbo365
mkdir -p "$(dirname "$screenshot")"
CHROMIUM=$(command -v chromium) VBO365=$work/vbo365 WORK=$work SCREENSHOT=$screenshot \
	node --test --test-reporter=spec browser.test.mjs
