#!/usr/bin/env bash
set -euo pipefail

install() {
	"$CONFORMANCE/mvn.sh" org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
		-DoutputDirectory=lib
}

version() {
	"$CONFORMANCE/openapi-generator.sh" version
}

generate() {
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name kotlin --library jvm-okhttp4 --input-spec "$DOCUMENT" \
		--output client --additional-properties packageName=vbo365 \
		--additional-properties serializationLibrary=kotlinx_serialization,generateOneOfAnyOfWrappers=true
}

compile() {
	"$CONFORMANCE/mvn.sh" clean compile
}

run() {
	# A small heap that grows only when it must shows what is really kept.
	exec java -Xms16m -XX:+UseSerialGC -Djava.io.tmpdir=. -classpath 'target/classes:lib/*' ProgramKt
}

"$1"
