#!/usr/bin/env bash
# Tests what a release of HEAD would have: builds it twice, which must have the same result; installs the Debian package,
# runs the program from it, and removes it; looks at the others. It needs root, Debian with rpm, unzip and man, and what
# wine.sh needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/release/tools.sh

work=$(mktemp -d)
registry=
trap '[ -z "$registry" ] || kill "$registry"; rm -rf "$work"' EXIT

say() { printf -- '-- %s\n' "$*"; }

say 'the same again with nothing in the cache, in a deeper directory, in another time zone, with another umask'
GOPROXY=off scripts/release/snapshot.sh dist
(
	umask 077
	export TMPDIR=$work/a/deeper/directory GOCACHE=$work/cache TZ=Pacific/Kiritimati LC_ALL=C
	mkdir -p "$TMPDIR"
	scripts/release/snapshot.sh "$work/again" >/dev/null
	rm -rf "$GOCACHE"
)
diff --recursive --brief dist "$work/again"

cd dist
say 'checksums'
sha256sum --check --quiet --strict SHA256SUMS
listed=$(wc -l <SHA256SUMS)
[ "$listed" = "$(find . -maxdepth 1 -type f ! -name SHA256SUMS ! -name NOTES.md | wc -l)" ]

say 'the Debian package'
if command -v vbo365; then
	echo 'vbo365 is installed already' >&2
	exit 1
fi
dpkg --install --path-include='/usr/share/*' vbo365_*_linux_amd64.deb # container images leave documentation out
(
	trap 'dpkg --purge vbo365' EXIT
	for file in bin/vbo365 share/man/man1/vbo365.1.gz share/man/man1/vbo365-save.1.gz share/doc/vbo365/copyright \
		share/doc/vbo365/LICENSES share/doc/vbo365/CHANGELOG.md share/bash-completion/completions/vbo365 \
		share/zsh/vendor-completions/_vbo365 share/fish/vendor_completions.d/vbo365.fish; do
		dpkg --search "/usr/$file"
	done
	dpkg --verify vbo365
	grep -q 'Apache License' /usr/share/doc/vbo365/copyright
	for module in $(go version -m /usr/bin/vbo365 | awk '$1 == "dep" { print $2 }'); do
		grep -q "^$module v" /usr/share/doc/vbo365/LICENSES
	done
	vbo365 version
	vbo365 version | grep -q "$(git rev-parse HEAD)"
	vbo365 version --json | grep -q '"modified":false'
	for page in /usr/share/man/man1/vbo365*.1.gz; do
		gzip --decompress --stdout "$page" | mandoc -T lint -W warning
	done
	bash -c '. /usr/share/bash-completion/completions/vbo365; complete -p vbo365'
	vbo365 demo
)
if [ -e /usr/bin/vbo365 ] || [ -e /usr/share/doc/vbo365 ]; then
	echo 'the removed package has left something' >&2
	exit 1
fi

say 'the other packages and archives have the same program and the same pages'
for arch in amd64 arm64; do
	root=$work/$arch
	mkdir -p "$root"/{deb,rpm,tar}
	rpm --checksig --nosignature vbo365_*_linux_$arch.rpm
	dpkg-deb --extract vbo365_*_linux_$arch.deb "$root/deb"
	rpm2archive --nocompression - <vbo365_*_linux_$arch.rpm | tar --extract --directory "$root/rpm"
	tar --extract --file vbo365_*_linux_$arch.tar.gz --directory "$root/tar" --strip-components 1
	for other in "$root/rpm/usr/bin/vbo365" "$root/tar/vbo365"; do
		cmp "$root/deb/usr/bin/vbo365" "$other"
	done
	for other in "$root/rpm/usr/share/man/man1" "$root/tar/man"; do
		diff --recursive "$root/deb/usr/share/man/man1" "$other"
	done
	cmp "$root/tar/completion/_vbo365" "$root/rpm/usr/share/zsh/site-functions/_vbo365"
done
for os in darwin windows; do
	for arch in amd64 arm64; do
		mkdir -p "$work/$os-$arch"
		for archive in vbo365_*_"${os}_$arch".{tar.gz,zip}; do
			case $archive in
			*'*'*) ;;
			*.zip) unzip -q "$archive" -d "$work/$os-$arch" ;;
			*) tar --extract --file "$archive" --directory "$work/$os-$arch" ;;
			esac
		done
		go version -m "$work/$os-$arch"/*/vbo365* >"$work/info"
		grep -q "GOOS=$os" "$work/info"
		grep -q "GOARCH=$arch" "$work/info"
		diff --recursive "$work/amd64/tar/man" "$work/$os-$arch"/*/man
	done
done

say 'the program for Windows'
../scripts/wine.sh "$work"/windows-amd64/*/vbo365.exe version
# Wine 8 does not remove the directory that the program made, so that it fails at the end.
../scripts/wine.sh "$work"/windows-amd64/*/vbo365.exe demo >"$work/demo" || grep -q 'Invalid function' "$work/demo"
[ "$(grep -c '^ *ok' "$work/demo")" -ge 6 ]

say 'the bills of materials have all modules of the programs'
for sbom in vbo365_*.sbom.json; do
	python3 -m json.tool "$sbom" >/dev/null
done
for module in $(go version -m "$work/amd64/tar/vbo365" | awk '$1 == "dep" { print $2 "@" $3 }'); do
	grep -qF "\"pkg:golang/$module\"" vbo365_*_linux_amd64.tar.gz.sbom.json
done

say 'the OpenAPI document and its editions'
mkdir "$work/openapi"
tar --extract --file vbo365_*_openapi.tar.gz --directory "$work/openapi" --strip-components 1
cmp "$work/openapi/openapi.yaml" ../spec/openapi.yaml
diff --recursive "$work/openapi/dist" ../spec/dist

say 'the container image'
crane registry serve --address 127.0.0.1:0 2>"$work/registry" &
registry=$!
until port=$(grep -oE 'port [0-9]+' "$work/registry"); do
	kill -0 "$registry"
	sleep 0.1
done
image=localhost:${port#port }/vbo365:test
crane push image "$image" >/dev/null
for arch in amd64 arm64; do
	crane validate --remote "$image" --platform "linux/$arch"
	crane config "$image" --platform "linux/$arch" >"$work/config"
	python3 - "$work/config" "$arch" "$(git rev-parse HEAD)" <<-'END'
		import json, sys
		image = json.load(open(sys.argv[1]))
		config = image["config"]
		assert image["architecture"] == sys.argv[2] and image["os"] == "linux", image
		assert config["Entrypoint"] == ["/vbo365"] and config["User"] == "65532:65532", config
		assert config["Labels"]["org.opencontainers.image.revision"] == sys.argv[3], config
		assert len(image["rootfs"]["diff_ids"]) == 1, image
	END
	mkdir "$work/image-$arch"
	crane export "$image" - --platform "linux/$arch" | tar --extract --preserve-permissions --directory "$work/image-$arch"
	cmp "$work/image-$arch/vbo365" "$work/$arch/tar/vbo365"
	[ "$(find "$work/image-$arch" -type f | wc -l)" = 3 ]
done
# It is all that the program needs.
chmod 755 "$work" "$work/image-amd64"
chroot --userspec=65532:65532 "$work/image-amd64" /vbo365 demo >"$work/demo"
[ "$(grep -c '^ *ok' "$work/demo")" -ge 6 ]

say 'the release notes'
grep -q '^### ' NOTES.md
../scripts/release/notes.sh 0.1.0 >"$work/notes"
grep -q 'Command `vbo365`: the four actions' "$work/notes"
if ../scripts/release/notes.sh 0.0.0 2>/dev/null; then
	echo 'there are notes of a version that does not exist' >&2
	exit 1
fi
