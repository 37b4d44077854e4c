#!/usr/bin/env bash
# Runs Maven. Several that download at once into the same repository get in each other's way: one waits for the other.
set -euo pipefail

exec 9>"$CONFORMANCE/../../.cache/conformance/mvn.lock"
flock 9
exec mvn --batch-mode --quiet "$@"
