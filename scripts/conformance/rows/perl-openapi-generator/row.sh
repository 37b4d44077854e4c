#!/usr/bin/env bash
set -euo pipefail

install() {
	perl -e 'use Class::Accessor; use Class::Data::Inheritable; use Date::Parse; use DateTime; use JSON; use Log::Any;
		use LWP::Protocol::https; use Module::Runtime; use URI::Query;'
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name perl --input-spec "$DOCUMENT" --output client \
		--additional-properties moduleName=VBO365
}

compile() {
	local file
	for file in client/lib/VBO365/Object/*.pm client/lib/VBO365/*Api.pm program.pl; do
		perl -Iclient/lib -I. -c "$file"
	done
}

run() {
	export PERL_LWP_SSL_CA_FILE=$VBO365_CA_FILE
	exec perl -Iclient/lib -I. program.pl
}

"$1"
