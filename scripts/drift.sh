#!/usr/bin/env bash
# Fails if the generated code and the editions are not what `go generate` makes of the document, or if go.mod or go.sum
# is not tidy. Generated files are compared with git's index: stage them first.
set -euo pipefail
cd "$(dirname "$0")/.."

# Deleting them first shows a file that nothing generates any more.
git ls-files -z '*.gen.go' spec/dist spec/OPERATIONS.md | xargs -0 rm -f
go generate ./...
git diff --exit-code -- '*.gen.go' spec/dist spec/OPERATIONS.md
untracked=$(git ls-files --others --exclude-standard -- '*.gen.go' spec/dist spec/OPERATIONS.md)
if [ -n "$untracked" ]; then
	printf 'generated but not in git:\n%s\n' "$untracked" >&2
	exit 1
fi
go mod tidy -diff
