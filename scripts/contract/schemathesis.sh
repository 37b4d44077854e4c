#!/usr/bin/env bash
# Schemathesis drives a simulator from the OpenAPI document, with the same requests in every run. A failure is an answer
# that the document does not allow. Arguments go to Schemathesis. It needs Go and Python, and installs the pinned
# Schemathesis inside the checkout.
#
# The e-mail settings are tried apart, on a simulator of their own: made-up settings would send mail to made-up servers.
set -euo pipefail
cd "$(dirname "$0")"
cache=$PWD/../../.cache/schemathesis
work=$(mktemp -d)
simulator=
stop() {
	[ -z "$simulator" ] || { kill "$simulator" && wait "$simulator"; } || true
	simulator=
}
trap 'stop; rm -rf "$work"' EXIT

if ! cmp -s requirements.txt "$cache/installed.txt"; then
	rm -rf "$cache"
	python3 -m venv "$cache"
	"$cache/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	cp requirements.txt "$cache/installed.txt"
fi
go build -o "$work/vbo365" ../../cmd/vbo365
export VBO365_PASSWORD=contract HYPOTHESIS_STORAGE_DIRECTORY=$work/hypothesis
mkfifo "$work/ready"
mkdir -p "$work/backup/Documents/Invoices 2026"
cp ../../README.md ../../LICENSE "$work/backup/Documents"
cp ../../go.mod "$work/backup/Documents/Invoices 2026/ä #1.txt"

# run VERSION ARGUMENT… tries one API version against a fresh simulator.
run() {
	local version=$1 ready result=0
	shift
	printf '\n== API %s: %s\n' "$version" "$*"
	"$work/vbo365" simulate --quiet --listen 127.0.0.1:0 \
		--backup "$work/backup" --mail "$work/mail" >"$work/ready" &
	simulator=$!
	read -r ready <"$work/ready"
	READY=$ready API_VERSION=$version SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$PWD PYTHONDONTWRITEBYTECODE=1 \
		"$cache/bin/schemathesis" --config-file schemathesis.toml run "../../spec/dist/wire/openapi.$version.yaml" \
		--url "$(python3 -c 'import json; print(json.loads(input())["url"])' <<<"$ready")/$version" "$@" || result=$?
	stop
	return "$result"
}

failed=0
for version in v2 v5 v6 v7 v8; do
	run "$version" --exclude-operation-id-regex '^set.*EmailSettings$' "$@" || failed=1
	run "$version" --include-tag 'E-mail settings' "$@" || failed=1
done
exit "$failed"
