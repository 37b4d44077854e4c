#!/usr/bin/env bash
# Publishes the release of the tag that HEAD has on GitHub, and the container image under the name CONTAINER_IMAGE, such as
# registry.example.com/vbo365/vbo365. It needs GITHUB_TOKEN, and GITHUB_ACTOR to log in to the registry. CHANGELOG.md has
# a section for the version.
set -euo pipefail
cd "$(dirname "$0")/../.."

tag=$(git describe --exact-match --match 'v*')
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
scripts/release/notes.sh "$tag" >"$notes"
cmp spec/openapi.yaml spec/released/openapi.yaml # `make release` has copied it

. scripts/release/tools.sh
goreleaser release --clean --release-notes "$notes"
crane auth login "${CONTAINER_IMAGE%%/*}" --username "$GITHUB_ACTOR" --password-stdin <<<"$GITHUB_TOKEN"
scripts/release/image.sh "$CONTAINER_IMAGE:${tag#v}"
