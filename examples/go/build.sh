#!/usr/bin/env bash
# Makes Go's code for the contract and builds the example with Debian's packages
# alone: examples/go/build.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/../.."

program=$(realpath -m "${1:?where to}")
googleapis=/usr/share/gocode/src/github.com/gogo/googleapis
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A Go workspace of the old kind, which needs no module proxy: the contract's
# code where its go_package says, google/rpc where Debian has it.
mkdir -p "$work/src/confirm_shipments"
status=Mgoogle/rpc/status.proto=google.golang.org/genproto/googleapis/rpc/status
protoc -I protos -I "$googleapis" \
  --go_out="$work/src" --go_opt="$status" \
  --go-grpc_out="$work/src" --go-grpc_opt="$status" \
  protos/oms_connector/v1/*.proto
cp examples/go/confirm_shipments.go "$work/src/confirm_shipments/main.go"
GO111MODULE=off GOPATH="$work:/usr/share/gocode" \
  GOCACHE="$PWD/.cache/go" go build -o "$program" confirm_shipments
