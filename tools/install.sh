#!/usr/bin/env bash
# Installs the client library for callers outside of this repository: headers
# (generated ones too), one static library, the protos, a CMake package and a
# pkg-config file.
#   tools/install.sh DIR [BAZEL FLAGS]     without flags: --config=opt
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,5s/^# //p' "$0" >&2 && exit 2; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- --config=opt

bazel build --noshow_progress --ui_event_filters=-info "$@" //client:install
built=$(bazel info bazel-bin --noshow_progress "$@" 2>/dev/null)/client/install
version=$(sed -n 's/.*kVersion\[\] = "\(.*\)";/\1/p' base/version.h)

cp -r --no-preserve=mode "$built/." "$target"
mkdir -p "$target/lib/cmake/oms_connector" "$target/lib/pkgconfig"
for file in oms_connector-config.cmake oms_connector-config-version.cmake; do
  sed "s|@VERSION@|$version|" "tools/install/$file" \
    >"$target/lib/cmake/oms_connector/$file"
done
sed -e "s|@VERSION@|$version|" -e "s|@PREFIX@|$target|" \
  tools/install/oms_connector.pc >"$target/lib/pkgconfig/oms_connector.pc"
echo "installed the client library $version in $target"
