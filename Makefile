# Short names for what people do here. .ci/run and .ci/full call the same commands, so nobody needs make.

.PHONY: help test race cross lint fmt thin promises handbook generate spec newversion stable release release-snapshot release-test windows docs browser contract conformance quickstart soak drift consumer workflows bench demo ci full

help: ## list these targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## run the tests
	go test ./...

race: ## run the tests with the race detector (needs a C compiler)
	go test -race ./...

cross: ## vet and build for Linux, macOS and Windows, amd64 and arm64
	scripts/cross.sh

lint: ## run the pinned golangci-lint
	scripts/golangci-lint.sh run

fmt: ## format the code as lint wants it
	scripts/golangci-lint.sh fmt

thin: ## count the handwritten lines of package api
	scripts/thin.sh

promises: ## check that the tests that the documents refer to exist
	go run ./scripts/promises

handbook: ## run the commands of README.md and docs, and write what they print
	go test -count=1 -run '^TestHandbook$$' ./cmd/vbo365 -args -write

generate: ## rebuild from spec/openapi.yaml what is derived from it
	go generate ./...

spec: ## lint the OpenAPI document and its editions (needs Node.js)
	scripts/spec/lint.sh

newversion: ## add the next API version to a copy, and test it
	scripts/spec/newversion.sh

stable: ## check the OpenAPI document for breaking changes since the last release
	go run ./scripts/spec/stable

release: ## keep the OpenAPI document as the one that later ones must not break
	mkdir -p spec/released
	cp spec/openapi.yaml spec/released/openapi.yaml

release-snapshot: ## build what a release of HEAD would have into dist, and publish nothing
	scripts/release/snapshot.sh

release-test: ## build it twice and compare, install the Debian package and remove it (needs root, on Debian)
	scripts/release/test.sh

windows: ## run the tests of package api and of the command under Wine
	scripts/windows-test.sh

docs: ## build the reference page (needs Node.js)
	scripts/docs/build.sh

browser: ## try the reference page in headless Chromium
	scripts/docs/browser-test.sh

contract: ## Schemathesis against the simulator, the Go client against Prism
	scripts/contract/schemathesis.sh
	scripts/contract/prism.sh

DURATION = 1m
soak: ## thousands of operations under random faults: DURATION=5m for longer
	go run ./scripts/soak -duration $(DURATION)

ROW =
FAST =
conformance: ## generate clients in eight languages and try them: ROW=go-ogen for one generator, FAST=1 for Go, Node.js and Python
	go run ./scripts/conformance $(if $(ROW),-row $(ROW)) $(if $(FAST),-fast)

quickstart: ## do what the README says of Python, in a new virtual environment
	scripts/quickstart.sh

drift: ## regenerate and tidy: neither may change anything
	scripts/drift.sh

consumer: ## check what a program that imports package api links
	scripts/consumer.sh

workflows: ## check the hosted workflows
	scripts/actionlint.sh

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

demo: ## show the four actions against the simulator
	go run ./cmd/vbo365 demo

ci: ## run what must hold before a change lands
	.ci/run

full: ## run everything: as root, in a Debian container or machine of its own
	.ci/full
