#!/usr/bin/env bash
# Runs the tests of package api and of the command, built for Windows, under Wine 8 or newer. Arguments are passed to
# `go test`; without any, all tests run. It needs Debian's wine64 and binutils-mingw-w64-x86-64.
set -euo pipefail
cd "$(dirname "$0")/.."

export WINEPREFIX=$PWD/.cache/wine WINEDEBUG=-all
wine=/usr/lib/wine/wine64
system32=$WINEPREFIX/drive_c/windows/system32
if ! [ -d "$system32" ]; then
	mkdir -p "$WINEPREFIX"
	DISPLAY='' "$wine" wineboot --init
fi

# Go's runtime takes random numbers from ProcessPrng of bcryptprimitives.dll, which Wine 8 lacks. SystemFunction036 of
# advapi32.dll has the same parameters, so the DLL is a reference to it without any code.
if ! [ -f "$system32/bcryptprimitives.dll" ]; then
	x86_64-w64-mingw32-dlltool --output-exp .cache/bcryptprimitives.o --input-def /dev/stdin <<-'END'
		LIBRARY bcryptprimitives.dll
		EXPORTS
		ProcessPrng = advapi32.SystemFunction036
	END
	x86_64-w64-mingw32-ld --dll --entry 0 -o "$system32/bcryptprimitives.dll" .cache/bcryptprimitives.o
fi

# Wine 8 has no deletion with POSIX semantics, and reports that with a status that Go does not expect. Go's own way for
# Windows versions before 10 is behind a variable.
overlay=$PWD/.cache/windows
mkdir -p "$overlay"
source=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/^var TestDeleteatFallback bool$/var TestDeleteatFallback = true/' "$source" >"$overlay/at_windows.go"
if cmp -s "$source" "$overlay/at_windows.go"; then
	echo "$source has no variable TestDeleteatFallback" >&2
	exit 1
fi
printf '{"Replace": {"%s": "%s"}}\n' "$source" "$overlay/at_windows.go" >"$overlay/overlay.json"

[ $# -gt 0 ] || set -- ./api/... ./cmd/...
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -exec "$wine" -overlay "$overlay/overlay.json" "$@"
