#!/usr/bin/env bash
# Plays the bad days of docs/operations.md (tools/bad_days.py), as root. Pictures
# of /statusz are left in .cache/bad_days.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_packages.sh <(echo "chromium chromium")
bazel build --noshow_progress --ui_event_filters=-info \
  //server:oms_connector_server //omsctl:omsctl //fake_order_manager
exec tools/bad_days.py bazel-bin/server/oms_connector_server \
  bazel-bin/omsctl/omsctl bazel-bin/fake_order_manager/fake_order_manager \
  .cache/bad_days
