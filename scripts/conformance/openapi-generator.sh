#!/usr/bin/env bash
# Runs the pinned openapi-generator with the given arguments. The jar comes from Maven.
set -euo pipefail

version=7.25.0

cache=$CONFORMANCE/../../.cache/conformance
jar=$cache/openapi-generator-cli-$version.jar
(
	flock 9 # rows run side by side
	if ! [ -f "$jar" ]; then
		"$CONFORMANCE/mvn.sh" org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
			-Dartifact="org.openapitools:openapi-generator-cli:$version" -DoutputDirectory="$cache" >&2
	fi
) 9>"$cache/openapi-generator.lock"
exec java -jar "$jar" "$@"
