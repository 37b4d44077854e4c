#!/usr/bin/env bash
# image.sh REFERENCE: builds the container image from the programs in .cache/release and pushes it. The image has the
# program, its licences, an empty /tmp, and nothing else. It is the same for each build of a commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/release/tools.sh

image=$1
commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

platforms=()
for arch in amd64 arm64; do
	root=$work/$arch
	mkdir -p "$root/usr/share/doc/vbo365"
	install -m 0755 ".cache/release/vbo365_linux_${arch}"*/vbo365 "$root/vbo365"
	install -m 0644 LICENSE .cache/package/LICENSES "$root/usr/share/doc/vbo365/"
	chmod -R u=rwX,go=rX "$root"
	mkdir -m 1777 "$root/tmp"
	tar --create --file "$root.tar" --directory "$root" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime="@$SOURCE_DATE_EPOCH" tmp usr vbo365
	crane append --oci-empty-base --new_layer "$root.tar" --new_tag "$image-$arch" >/dev/null
	crane mutate "$image-$arch" --tag "$image-$arch" --set-platform "linux/$arch" --entrypoint /vbo365 \
		--user 65532:65532 --workdir / \
		--label org.opencontainers.image.source=https://github.com/vbo365/vbo365-go \
		--label org.opencontainers.image.revision="$commit" \
		--label org.opencontainers.image.licenses=Apache-2.0 >/dev/null
	platforms+=(--manifest "$image-$arch")
done
crane index append "${platforms[@]}" --tag "$image"
