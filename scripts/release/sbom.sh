#!/usr/bin/env bash
# sbom.sh ARCHIVE SBOM DATE: writes the software bill of materials of an archive in SPDX 2.3, without what differs from run
# to run.
set -euo pipefail

SYFT_CHECK_FOR_APP_UPDATE=false syft scan "file:$1" --quiet --source-name "$(basename "$1")" --output "spdx-json=$2"
digest=$(sha256sum "$1" | cut -d' ' -f1)
sed -i -E \
	-e 's|("documentNamespace":"[^"]*)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"|\1-'"$digest"'"|' \
	-e 's|"created":"[^"]*"|"created":"'"$3"'"|' "$2"
