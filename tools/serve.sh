#!/usr/bin/env bash
# Builds the server and runs it with the flags given. With --demo it has a
# made-up Order Manager and a connection `acme` to it, with a cart `shop`; its
# store is gone when it ends.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != --demo ]; then
  bazel build //server:oms_connector_server
  exec bazel-bin/server/oms_connector_server "$@"
fi
shift

bazel build --noshow_progress --ui_event_filters=-info \
  //server:oms_connector_server //omsctl:omsctl \
  //fake_order_manager
work=$(mktemp -d)
# shellcheck source=tools/programs.sh
. tools/programs.sh
trap 'exit 0' INT TERM

start order_manager bazel-bin/fake_order_manager/fake_order_manager \
  --listen=127.0.0.1:0 --data=fake_order_manager/demo_world.json
order_manager=$address
start server bazel-bin/server/oms_connector_server \
  --listen=127.0.0.1:50051 --admin_listen= --store="sqlite:$work/store.db" \
  --allow_loopback_order_manager "$@"
export ORDER_MANAGER_TOKEN=any-token-will-do
bazel-bin/omsctl/omsctl --server "$address" connections create acme \
  --base-url "$order_manager" --token-env ORDER_MANAGER_TOKEN \
  --cart 'id=shop,channel=Northwind Shop' >/dev/null
echo "listening on $address"
echo "connection acme with cart shop, over a made-up Order Manager at" \
  "$order_manager; Ctrl-C ends both"
wait "${pids[@]}"
