# To be sourced by scripts that run programs of their own. A script sets `work`,
# a folder of its own, before it sources this; all of it goes when it ends.
# shellcheck shell=bash disable=SC2154

pids=()
clean_up() {
  trap - INT TERM
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT

# Starts a program and waits until it says where it listens: that is `address`
# then.
start() { # NAME PROGRAM ARGUMENTS...
  local name=$1
  shift
  : >"$work/$name.out"  # the shell below may come to it later than sed
  "$@" >"$work/$name.out" 2>"$work/$name.err" &
  pids+=($!)
  for _ in $(seq 100); do
    address=$(sed -n 's/^listening on //p' "$work/$name.out")
    [ -z "$address" ] || return 0
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  echo "$name did not start:" >&2
  cat "$work/$name.err" >&2
  return 1
}
