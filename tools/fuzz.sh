#!/usr/bin/env bash
# Runs each fuzzer of tests/fuzz for FUZZ_SECONDS (two minutes), from its corpus
# in the tree and from what earlier runs have found (.cache/fuzz). What makes one
# fail is left beside that; a fixed one belongs into the corpus.
#
#   tools/fuzz.sh [NAME]...     as in //tests/fuzz:NAME_fuzz
set -euo pipefail
cd "$(dirname "$0")/.."

names=("$@")
[ $# -gt 0 ] || names=(order_manager_json caller_text loose_value)
for name in "${names[@]}"; do
  found=$PWD/.cache/fuzz/$name
  mkdir -p "$found"
  echo "== $name"
  bazel run --noshow_progress --ui_event_filters=-info --config=fuzz \
    "//tests/fuzz:${name}_fuzz" -- -max_total_time="${FUZZ_SECONDS:-120}" \
    -timeout=10 -artifact_prefix="$found/" -print_final_stats=1 \
    "$found" "$PWD/tests/fuzz/corpus/$name" 2>&1 |
    tee "$found.log" | grep -E '^(Done|stat::number_of|==|SUMMARY|artifact)' ||
    true
  grep -q '^Done ' "$found.log" || {
    tail -40 "$found.log" >&2
    exit 1
  }
done
