#!/usr/bin/env bash
# Vets and builds everything, tests included, for each system that the project is meant to run on.
set -euo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0
for os in linux darwin windows; do
	for arch in amd64 arm64; do
		echo "$os/$arch"
		GOOS=$os GOARCH=$arch go vet ./...
		GOOS=$os GOARCH=$arch go build ./...
	done
done
