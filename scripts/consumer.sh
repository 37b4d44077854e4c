#!/usr/bin/env bash
# Builds a program outside this module that imports package api, and fails unless the modules in its binary are exactly
# those below. It works offline once this module's dependencies are downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."

module=github.com/vbo365/vbo365-go
want='github.com/apapsch/go-jsonmerge/v2
github.com/google/uuid
github.com/oapi-codegen/runtime
github.com/vbo365/vbo365-go'

root=$(go list -m -f '{{.Dir}}')
consumer=$(mktemp -d)
trap 'rm -rf "$consumer"' EXIT
grep '^go ' go.mod >"$consumer/go.mod"
cp go.sum "$consumer"
cd "$consumer"
export GOWORK=off GOFLAGS=-mod=mod
go mod edit -module=example.com/consumer -require="$module@v0.0.0" -replace="$module=$root"
printf 'package main\n\nimport _ "%s/api"\n\nfunc main() {}\n' "$module" >main.go
go build -o consumer .
go version -m consumer | awk '$1 == "dep" { print $2 }' | sort |
	diff -u --label expected --label linked <(echo "$want") -
