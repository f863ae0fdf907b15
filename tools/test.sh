#!/usr/bin/env bash
# Builds everything and runs all tests. The last line counts test cases:
# "N passed, N failed". With --soak those tagged soak run too, and all tests see
# OMS_SOAK=1, and then each fuzzer for minutes. Further arguments go to bazel.
#
# --asan runs them under AddressSanitizer and UBSan, --tsan those without gRPC,
# which is not instrumented, under ThreadSanitizer.
#
# --consumer, --examples, --docs, --package and --bad-days run something else
# instead: the client library as a caller outside of this repository uses it, the
# examples in other languages, the commands that the documents show, the Debian
# package in a root file system of its own (as root), and what operators fear (as
# root).
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  --package)
    shift
    exec tools/test_package.sh "$@"
    ;;
  --consumer | --examples | --docs | --bad-days)
    part=${1#--}
    shift
    exec "tools/${part//-/_}.sh" "$@"
    ;;
esac

# Says every quarter of a minute what it is at: a cold build takes minutes.
flags=(--keep_going --curses=no --show_progress_rate_limit=15)
echo "building everything, then running the tests; the first time takes minutes"
targets=(//...)
soak=
skipped=(-soak)
case ${1:-} in
  --asan)
    shift
    flags+=(--config=asan --config=ubsan)
    # What a program takes under ASan says nothing of what it takes.
    skipped+=(-counts-memory)
    ;;
  --tsan)
    shift
    flags+=(--config=tsan)
    mapfile -t targets < <(
      bazel query --noshow_progress \
        'tests(//...) except rdeps(//..., @com_github_grpc_grpc//...)')
    ;;
esac
if [ "${1:-}" = --soak ]; then
  shift
  soak=--soak
  skipped=("${skipped[@]:1}")
  flags+=(--test_env=OMS_SOAK=1)
  mapfile -t tagged < <(
    bazel query 'attr(tags, "\bsoak\b", tests(//...))' --noshow_progress)
  targets+=("${tagged[@]}")
fi
left_out=$(IFS=,; echo "${skipped[*]}")
flags+=("--test_tag_filters=$left_out")

mkdir -p .cache
events=.cache/test_events.json
rm -f "$events"
status=0
bazel test "${flags[@]}" --build_event_json_file="$events" "$@" -- \
  "${targets[@]}" || status=$?
# The fuzzers first, so that the count is the last line.
if [ -n "$soak" ]; then tools/fuzz.sh || status=1; fi
python3 tools/count_tests.py "$events" "$status" "$left_out"
