#!/usr/bin/env bash
# What a caller outside of this repository does with the client library:
# installs it, builds tests/consumer against it with CMake and with pkg-config,
# and as a second Bazel workspace; mocks a call; talks to a server. Arguments
# are flags for Bazel.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- --compilation_mode=fastbuild
work=$(mktemp -d)
# shellcheck source=tools/programs.sh
. tools/programs.sh

echo "== install"
bazel build --noshow_progress --ui_event_filters=-info "$@" \
  //server:oms_connector_server //omsctl:omsctl //fake_order_manager
bin=$(bazel info bazel-bin --noshow_progress "$@" 2>/dev/null)
tools/install.sh "$work/installed" "$@"

echo "== CMake"
cmake -S tests/consumer -B "$work/cmake" -Wno-dev \
  -DCMAKE_PREFIX_PATH="$work/installed" >"$work/cmake.log" ||
  { cat "$work/cmake.log" >&2 && exit 1; }
cmake --build "$work/cmake" --parallel 2 | grep -v '^\[' || true
"$work/cmake/consumer_test" --gtest_brief=1

echo "== pkg-config"
read -ra flags < <(PKG_CONFIG_PATH="$work/installed/lib/pkgconfig" \
  pkg-config --cflags --libs oms_connector)
g++ -Itests/consumer tests/consumer/main.cc "${flags[@]}" \
  -o "$work/consumer_by_pkg_config"

echo "== a second Bazel workspace"
(cd tests/consumer && bazel test --noshow_progress \
  --ui_event_filters=-info "$@" //:consumer //:consumer_test)

echo "== a server"
start order_manager "$bin/fake_order_manager/fake_order_manager" --listen=127.0.0.1:0 \
  --data=fake_order_manager/demo_world.json
export OMS_TOKEN=any-token-will-do
order_manager=$address
start server "$bin/server/oms_connector_server" --listen=127.0.0.1:0 \
  --admin_listen= --store="sqlite:$work/store.db" \
  --allow_loopback_order_manager --background_sync=false
"$bin/omsctl/omsctl" --server "$address" connections create acme \
  --base-url "$order_manager" --token-env OMS_TOKEN \
  --cart 'id=shop,channel=Northwind Shop' >/dev/null
for consumer in "$work/cmake/consumer" "$work/consumer_by_pkg_config" \
  tests/consumer/bazel-bin/consumer; do
  said=$("$consumer" "$address" connections/acme shop)
  echo "$said"
  [[ $said =~ ^shop\ has\ [1-9][0-9]*\ levels ]]
  [ "$("$consumer" "$address" connections/acme nobody || true)" = CART_NOT_FOUND ]
done
