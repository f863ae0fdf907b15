#!/usr/bin/env bash
# Follows the documents: runs the commands that they show (tools/follow_docs.py).
set -euo pipefail
cd "$(dirname "$0")/.."

bazel build --noshow_progress --ui_event_filters=-info \
  //server:oms_connector_server //omsctl:omsctl \
  //fake_order_manager
exec tools/follow_docs.py bazel-bin/server/oms_connector_server \
  bazel-bin/omsctl/omsctl bazel-bin/fake_order_manager/fake_order_manager \
  docs/getting-started.md docs/omsctl.md README.md
