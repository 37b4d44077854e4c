#!/usr/bin/env bash
# Checks the OpenAPI document and its editions: Redocly, Spectral with the rules of ruleset.mjs, AJV for examples and
# fixtures, and the syntax of the samples in PowerShell. It needs Node.js, and installs the pinned tools beside this file
# when their lock file has changed.
set -euo pipefail
cd "$(dirname "$0")"

installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
	npm ci
	cp package-lock.json "$installed"
fi
export PATH=$PWD/node_modules/.bin:$PATH
# Nothing of a run leaves the machine.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
documents=(../../spec/openapi.yaml ../../spec/dist/openapi.*)

redocly lint --config redocly.yaml "${documents[@]}"
spectral lint --ruleset ruleset.mjs --fail-severity hint "${documents[@]}"
node --test --test-reporter=dot ruleset.test.mjs
node validate.mjs
node powershell.mjs
