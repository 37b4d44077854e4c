#!/usr/bin/env bash
# Runs the tests with several workers on a PostgreSQL server that it starts, without a password, on a socket of a temporary
# directory. It needs the server's programs; as root, it starts them as the user postgres, because they refuse root.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(pg_config --bindir 2>/dev/null || dirname "$(find /usr/lib/postgresql -name initdb | sort -V | tail -1)")
data=$(mktemp -d)
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
	chown postgres "$data"
	as() { runuser -u postgres -- "$@"; }
fi
trap 'as "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$data"' EXIT
as "$bin/initdb" -D "$data/db" -A trust -U postgres >/dev/null
as "$bin/pg_ctl" -D "$data/db" -w -l "$data/log" -o "-c listen_addresses='' -k $data -c max_connections=200" start >/dev/null
go test -count 1 -tags postgres -timeout 20m -run '^TestWorkers$' -v ./cmd/vbo365-fleet \
	-args -postgres "postgres:///postgres?host=$data&user=postgres" "$@"
