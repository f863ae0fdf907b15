#!/usr/bin/env bash
# Makes Python's code for the contract: examples/generate.sh DIR
#
# google/rpc/status.proto, which the contract imports, is Debian's package
# golang-github-gogo-googleapis-dev; elsewhere it is
# https://github.com/googleapis/googleapis. `./dev install DIR` puts both below
# DIR/share/oms_connector/protos.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:?where to}
googleapis=/usr/share/gocode/src/github.com/gogo/googleapis
mkdir -p "$out"
protoc -I protos -I "$googleapis" \
  --python_out="$out" \
  --grpc_out="$out" --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin \
  protos/oms_connector/v1/*.proto
protoc -I "$googleapis" --python_out="$out" \
  "$googleapis"/google/rpc/{status,error_details}.proto
