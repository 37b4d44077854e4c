#!/usr/bin/env bash
# Runs the pinned golangci-lint with the given arguments. The first run builds it, which takes a minute or two.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v2.15.0

# The Go version is in the path because a linter built with an older Go refuses the code of a newer one.
bin=$PWD/.cache/bin/golangci-lint-$version-$(go env GOVERSION)
if ! [ -x "$bin/golangci-lint" ]; then
	GOBIN=$bin go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
fi
exec "$bin/golangci-lint" "$@"
