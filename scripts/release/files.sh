#!/usr/bin/env bash
# Writes what archives and packages hold beside the program into .cache/package: manual pages, completions, and the
# licences of the modules that the program is linked with.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=.cache/package
rm -rf "$out"
mkdir -p "$out/completion"
go build -trimpath -buildvcs=true -o .cache/vbo365 ./cmd/vbo365
.cache/vbo365 man "$out/man"
gzip --no-name --best "$out"/man/*.1
.cache/vbo365 completion bash >"$out/completion/vbo365.bash"
.cache/vbo365 completion zsh >"$out/completion/_vbo365"
.cache/vbo365 completion fish >"$out/completion/vbo365.fish"
.cache/vbo365 completion powershell >"$out/completion/vbo365.ps1"

{
	printf 'The Go standard library\n\n'
	cat "$(go env GOROOT)/LICENSE"
	for os in linux darwin windows; do
		GOOS=$os go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/vbo365
	done | LC_ALL=C sort -u | while read -r path version dir; do
		printf '\n%s\n%s %s\n\n' '----------------------------------------' "$path" "$version"
		find "$dir" -maxdepth 1 -type f \( -iname 'LICEN[CS]E*' -o -iname 'COPYING*' -o -iname 'NOTICE*' \) | LC_ALL=C sort |
			xargs --no-run-if-empty --delimiter='\n' cat >.cache/licence
		[ -s .cache/licence ] || { echo "$path has no licence" >&2; exit 1; }
		cat .cache/licence
	done
} >"$out/LICENSES"
