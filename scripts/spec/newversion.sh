#!/usr/bin/env bash
# Adds the next API version to a copy of the repository: in the enum of the server variable apiVersion, and nowhere
# else. The copy must generate, build, and pass the tests. The slice of the new version must be that of the last one but
# for the number.
set -euo pipefail
cd "$(dirname "$0")/../.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z | tar --create --null --files-from=- | tar --extract --directory="$copy"
cd "$copy"

last=$(sed -n 's/^        enum: \[v2, .*v\([0-9]*\)\]$/\1/p' spec/openapi.yaml)
next=$((last + 1))
sed -i "s/^\(        enum: \[v2, .*v$last\)\]$/\1, v$next]/" spec/openapi.yaml

go generate ./...
go build ./...
diff <(sed "s/, API v$last$/, API v$next/; s/\(default: \|enum: \[\)v$last/\1v$next/; s|/v$last\>|/v$next|g" \
	"spec/dist/openapi.v$last.yaml") "spec/dist/openapi.v$next.yaml"
make handbook # its pages show the newest version
go test ./...
