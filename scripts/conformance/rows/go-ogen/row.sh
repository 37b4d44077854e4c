#!/usr/bin/env bash
set -euo pipefail

install() {
	go mod download
}

version() {
	go list -m -f '{{.Version}}' github.com/ogen-go/ogen
}

generate() {
	go tool ogen --target client --package client "$DOCUMENT"
}

compile() {
	go vet ./...
	go build -o program .
}

run() {
	exec ./program
}

"$1"
