#!/usr/bin/env bash
# Formats all manual pages of vbo365 with groff and mandoc, which must have nothing to say about them.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go run ./cmd/vbo365 man "$dir"
complaints=$(
	for page in "$dir"/*.1; do
		groff -ww -man -Tutf8 -P-cbou "$page" 2>&1 >"$dir/text"
		grep -q 'EXIT STATUS' "$dir/text" || echo "$page has no text"
		mandoc -T lint -W warning "$page" | grep -v 'missing date' # a build outside a checkout has none
	done
) || true
if [ -n "$complaints" ]; then
	echo "$complaints"
	exit 1
fi
echo "$(find "$dir" -name '*.1' | wc -l) manual pages"
