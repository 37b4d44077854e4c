#!/usr/bin/env bash
# Publishes the release of the tag that HEAD has: on GitHub, and the container image on ghcr.io. It needs GITHUB_TOKEN and
# GITHUB_ACTOR. CHANGELOG.md has a section for the version.
set -euo pipefail
cd "$(dirname "$0")/../.."

tag=$(git describe --exact-match --match 'v*')
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
scripts/release/notes.sh "$tag" >"$notes"
cmp spec/openapi.yaml spec/released/openapi.yaml # `make release` has copied it

. scripts/release/tools.sh
goreleaser release --clean --release-notes "$notes"
crane auth login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<<"$GITHUB_TOKEN"
scripts/release/image.sh "ghcr.io/vbo365/vbo365:${tag#v}"
