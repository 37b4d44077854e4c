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
	"$CONFORMANCE/openapi-generator.sh" generate --generator-name java --library native --input-spec "$DOCUMENT" \
		--output client --additional-properties containerDefaultToNull=true \
		--additional-properties invokerPackage=vbo365,apiPackage=vbo365.api,modelPackage=vbo365.model
}

compile() {
	rm -rf build
	javac -d build -classpath 'lib/*' $(find client/src/main/java -name '*.java') Program.java Actions.java
}

run() {
	# A small heap that grows only when it must shows what is really kept.
	exec java -Xms16m -XX:+UseSerialGC -Djava.io.tmpdir=. -classpath 'build:lib/*' Program
}

"$1"
