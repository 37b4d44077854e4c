#!/usr/bin/env bash
# wine.sh [PROGRAM ARGUMENT...]: runs a program for Windows under Wine 8 or newer, without a display. It needs Debian's
# wine64 and binutils-mingw-w64-x86-64.
set -euo pipefail

WINEPREFIX=$(realpath "$(dirname "$0")/..")/.cache/wine
export WINEPREFIX WINEDEBUG=-all DISPLAY=
wine=/usr/lib/wine/wine64
system32=$WINEPREFIX/drive_c/windows/system32

# Go's runtime takes random numbers from ProcessPrng of bcryptprimitives.dll, which Wine 8 lacks. SystemFunction036 of
# advapi32.dll has the same parameters, so the DLL is a reference to it without any code.
if ! [ -f "$system32/bcryptprimitives.dll" ]; then
	mkdir -p "$WINEPREFIX"
	"$wine" wineboot --init
	x86_64-w64-mingw32-dlltool --output-exp "$WINEPREFIX/bcryptprimitives.o" --input-def /dev/stdin <<-'END'
		LIBRARY bcryptprimitives.dll
		EXPORTS
		ProcessPrng = advapi32.SystemFunction036
	END
	x86_64-w64-mingw32-ld --dll --entry 0 -o "$system32/bcryptprimitives.dll" "$WINEPREFIX/bcryptprimitives.o"
fi
[ $# -gt 0 ] || exit 0

# The output goes through a file, because services that the first program starts outlive it, and would keep a pipe open.
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
"$wine" "$@" >"$out" 2>&1 || status=$?
cat "$out"
exit "$status"
