#!/usr/bin/env bash
set -euo pipefail

install() {
	go mod download
}

version() {
	go list -m -f '{{.Version}}' github.com/oapi-codegen/oapi-codegen/v2
}

generate() {
	mkdir client
	go tool oapi-codegen -generate types,client,skip-prune -package client -o client/client.gen.go "$DOCUMENT"
}

compile() {
	go vet ./...
	go build -o program .
}

run() {
	exec ./program
}

"$1"
