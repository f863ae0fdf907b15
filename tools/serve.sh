#!/usr/bin/env bash
# Builds the server and runs it with the flags given.
set -euo pipefail
cd "$(dirname "$0")/.."

bazel build //server:oms_connector_server
exec bazel-bin/server/oms_connector_server "$@"
