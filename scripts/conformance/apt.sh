#!/usr/bin/env bash
# Installs Debian packages unless there is a command: apt.sh COMMAND PACKAGE...
set -euo pipefail

if command -v "$1" >/dev/null; then
	exit
fi
exec 9>"$CONFORMANCE/../../.cache/conformance/apt.lock" # rows run side by side
flock 9
apt-get update >&2
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${@:2}" >&2
