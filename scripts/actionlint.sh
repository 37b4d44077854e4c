#!/usr/bin/env bash
# Checks the hosted workflows with the pinned actionlint. It runs neither shellcheck nor pyflakes, so that the outcome is
# the same on all machines.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v1.7.12

go run "github.com/rhysd/actionlint/cmd/actionlint@$version" -shellcheck= -pyflakes= "$@"
