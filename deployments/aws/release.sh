#!/usr/bin/env bash
# Builds the release: an archive for each architecture, and SHA256SUMS beside
# them. The same commit gives the same bytes with the same version of Go,
# wherever the checkout lies, whoever builds and whenever.
# Usage: release.sh [DIR], by default dist/release; ARCHS names the
# architectures ("amd64 arm64"), VERSION and SOURCE_DATE_EPOCH replace what git
# says where there is no git.
set -euo pipefail
mkdir -p "${1:-dist/release}"
out=$(cd "${1:-dist/release}" && pwd)
cd "$(dirname "$0")/../.."
# How long an abbreviation is would depend on what else the repository holds.
version=${VERSION:-$(git describe --always --dirty --abbrev=12)}
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Whatever the environment says: one target a name, nothing of this machine. Not
# even git's state: the version has it, and an export without git gives the same
# bytes.
export CGO_ENABLED=0 GOOS=linux GOFLAGS=-mod=readonly GOWORK=off GOEXPERIMENT='' GOAMD64=v1 GOARM64=v8.0
archives=()
for arch in ${ARCHS:-amd64 arm64}; do
  name=autoscaler_${version}_linux_$arch
  mkdir "$work/$name"
  GOARCH=$arch go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$version" -o "$work/$name/autoscaler" ./deployments/autoscaler
  cp deployments/systemd/autoscaler.service LICENSE README.md "$work/$name/"
  tar --create --file - --directory "$work" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
    --mode=u=rwX,go=rX --mtime="@$epoch" "$name" | gzip -n -9 >"$work/$name.tar.gz"
  archives+=("$name.tar.gz")
done
(cd "$work" && sha256sum "${archives[@]}" >SHA256SUMS && mv "${archives[@]}" SHA256SUMS "$out/")
echo "$out:"
cat "$out/SHA256SUMS"
