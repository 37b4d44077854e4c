#!/usr/bin/env bash
# snapshot.sh [DIRECTORY]: builds what a release of HEAD consists of into the directory, dist by default, and publishes
# nothing: archives, packages, SBOMs, checksums, release notes, and the container image as an OCI layout. It needs no
# network if the modules are in the cache.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/release/tools.sh

out=$(realpath -m "${1:-dist}")
work=$(mktemp -d)
registry=
trap '[ -z "$registry" ] || kill "$registry"; rm -rf "$work"' EXIT

# A clone has what is committed and nothing else, and the Go tool finds the commit in it.
git clone --quiet . "$work/source"
mkdir "$work/source/.cache"
ln -s "$PWD/.cache/bin" "$work/source/.cache/bin"
cd "$work/source"

goreleaser release --snapshot --clean --skip=publish

crane registry serve --address 127.0.0.1:0 2>"$work/registry" &
registry=$!
until port=$(grep -oE 'port [0-9]+' "$work/registry"); do
	kill -0 "$registry"
	sleep 0.1
done
scripts/release/image.sh "localhost:${port#port }/vbo365:snapshot"
crane pull --format=oci "localhost:${port#port }/vbo365:snapshot" .cache/release/image

rm -rf "$out"
mkdir -p "$out"
cp -r .cache/release/{SHA256SUMS,*.tar.gz,*.zip,*.deb,*.rpm,*.sbom.json,image} "$out"
scripts/release/notes.sh Unreleased >"$out/NOTES.md"
ls -l "$out"
