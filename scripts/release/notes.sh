#!/usr/bin/env bash
# notes.sh VERSION: prints the section of a version, such as 0.1.0, from CHANGELOG.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

awk -v version="${1#v}" '
	/^## / { wanted = $2 == version; if (wanted) found = 1; next }
	wanted && (NF || begun) { begun = 1; print }
	END { exit !found }
' CHANGELOG.md || { echo "CHANGELOG.md has no section $1" >&2; exit 1; }
