#!/usr/bin/env bash
# Runs the tests of package api and of the command, built for Windows, under Wine (see wine.sh). Arguments are passed to
# `go test`; without any, all of these tests run.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/wine.sh # before several programs run at once

# Wine 8 does not delete files with POSIX semantics, and reports that with a status that Go does not expect. Go's own way
# for Windows versions without it is behind a variable.
overlay=$PWD/.cache/windows
mkdir -p "$overlay"
source=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/^var TestDeleteatFallback bool$/var TestDeleteatFallback = true/' "$source" >"$overlay/at_windows.go"
if cmp -s "$source" "$overlay/at_windows.go"; then
	echo "$source has no variable TestDeleteatFallback" >&2
	exit 1
fi
printf '{"Replace": {"%s": "%s"}}\n' "$source" "$overlay/at_windows.go" >"$overlay/overlay.json"

# Wine makes no symbolic links, and says that it did. These tests need some.
links='^(TestRestoreFailures|TestLogIsSafe)$'

[ $# -gt 0 ] || set -- ./api/... ./cmd/...
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -exec "$PWD/scripts/wine.sh" -overlay "$overlay/overlay.json" \
	-skip "$links" "$@"
