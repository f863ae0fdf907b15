#!/usr/bin/env bash
# Runs every benchmark, built as for production; arguments go to each of them.
set -euo pipefail
cd "$(dirname "$0")/.."

found=()
if [ -d tests/benchmarks ]; then
  mapfile -t found < <(
    bazel query 'kind(cc_binary, //tests/benchmarks/...)' --noshow_progress)
fi
if [ ${#found[@]} -eq 0 ]; then
  echo "there are no benchmarks in tests/benchmarks"
  exit 0
fi
for target in "${found[@]}"; do
  bazel run --config=opt "$target" -- "$@"
done
