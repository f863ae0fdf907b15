#!/usr/bin/env bash
# The program as the demo runs it: says where it listens, answers, and ends
# cleanly when it is told to.
set -euo pipefail

program=$1
data=$2
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# Starts the program with "$@"; sets `pid` and `url`.
start() {
  : >"$out"
  "$program" --listen=127.0.0.1:0 "$@" >"$out" &
  pid=$!
  while ! grep -q '^listening on http://127.0.0.1:[0-9]*$' "$out"; do
    kill -0 "$pid" || { echo "ended before it listened"; exit 1; }
    sleep 0.05
  done
  url=$(sed 's/^listening on //' "$out")
}

# Sends signal $1 and expects a clean end.
stop() {
  kill "-$1" "$pid"
  wait "$pid" || { echo "ended with status $? on $1"; exit 1; }
}

# Expects GET $1 to contain $2; further arguments are curl's.
expect() {
  local target=$1 text=$2
  shift 2
  curl -gsS "$@" "$url$target" | grep -q -- "$text" ||
    { echo "GET $target lacks $text"; exit 1; }
}

start --data="$data" --token=secret
expect /v1/warehouses '"name":"Mississauga"' -H 'Authorization: Bearer secret'
expect /v1/warehouses 'token' -H 'Authorization: Bearer wrong'
expect /_control/counters '"warehouses":{"requests":2'
stop TERM

start --products=50 --warehouses=2 --channels=2 --orders=10 --seed=3
expect '/v1.1/products?sku=1050' '"productId":1050'
expect /v1/saleschannels '"salesChannelId":8'
stop INT

if "$program" --data=/nonexistent.json 2>/dev/null; then
  echo "accepted a file that is not there"; exit 1
fi
if "$program" --listen=nowhere 2>/dev/null; then
  echo "accepted an address that is none"; exit 1
fi
