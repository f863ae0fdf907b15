#!/usr/bin/env bash
# Runs the examples in other languages against a real server and kills both with
# -9 on the way (examples/run_with_kills.py). Arguments name languages; without
# any, python, node and go.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_packages.sh examples/packages.txt
bazel build --noshow_progress --ui_event_filters=-info \
  //server:oms_connector_server //fake_order_manager
exec examples/run_with_kills.py bazel-bin/server/oms_connector_server \
  bazel-bin/fake_order_manager/fake_order_manager "$@"
