# To be sourced: puts the pinned tools for releases on the PATH. The first run builds them, which takes four minutes on two
# processors, and 250 MB.

# The newest goreleaser that Go 1.26 builds.
release_tools=(
	github.com/goreleaser/goreleaser/v2@v2.16.0
	github.com/anchore/syft/cmd/syft@v1.57.0
	github.com/google/go-containerregistry/cmd/crane@v0.22.1
)
release_bin=$PWD/.cache/bin/release-$(printf '%s\n' "${release_tools[@]}" "$(go env GOVERSION)" | cksum | cut -d' ' -f1)
for tool in "${release_tools[@]}"; do
	name=${tool%@*}
	name=${name%/v2}
	if ! [ -x "$release_bin/${name##*/}" ]; then
		GOBIN=$release_bin go install "$tool"
	fi
done
export PATH="$release_bin:$PATH"

umask 022 # packages have the permissions of the files that they are made of
