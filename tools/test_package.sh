#!/usr/bin/env bash
# Builds the package twice, as this version and as a newer one, and follows
# docs/operations.md with them on a clean Debian. Needs root and debootstrap.
# Arguments go to bazel, in place of --config=opt.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=("$@")
[ $# -gt 0 ] || flags=(--config=opt)
tools/package.sh "${flags[@]}"
version=$(sed -n 's/.*kVersion\[\] = "\(.*\)";/\1/p' base/version.h)
PACKAGE_VERSION=$version+newer tools/package.sh "${flags[@]}"
bazel build --noshow_progress "${flags[@]}" //fake_order_manager
architecture=$(dpkg --print-architecture)
exec packaging/test_package.sh "dist/oms-connector_${version}_$architecture.deb" \
  "dist/oms-connector_$version+newer_$architecture.deb" \
  bazel-bin/fake_order_manager/fake_order_manager
