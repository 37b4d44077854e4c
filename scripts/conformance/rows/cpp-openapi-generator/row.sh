#!/usr/bin/env bash
set -euo pipefail

install() {
	c++ --version
	cmake --version
	test -f /usr/include/cpprest/http_client.h
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name cpp-restsdk --input-spec "$DOCUMENT" --output client
}

# Replaces a line of files, which has to be there.
replace() {
	local before=$1 after=$2
	shift 2
	if ! grep -qF "$before" "$@"; then
		printf 'nothing to patch: take it out of row.json, and of this function: %s\n' "$before" >&2
		return 1
	fi
	sed -i "s/$(sed 's/[].[*]/\\&/g' <<<"$before")/$after/" "$@"
}

patch() {
	replace 'return value.toJson().serialize();' \
		'auto json = value.toJson(); return json.is_string() ? json.as_string() : json.serialize();' \
		client/src/ApiClient.cpp
	replace 'if( localVarContentType.find(localVarResponseHttpContentType) == std::string::npos )' \
		'if( localVarResponseHttpContentTypes.count(localVarContentType.substr(0, localVarContentType.find(";"))) == 0 )' \
		client/src/api/OneDrive{Document,Folder,}sApi.cpp
}

compile() {
	cmake -S . -B build
	cmake --build build
}

run() {
	exec build/program
}

"$1"
