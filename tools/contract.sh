#!/usr/bin/env bash
# Holds the contract in protos/ to its promises.
#   lint      style, comments, and an idempotency level for every call but those
#             that only a request_id makes safe to repeat
#   breaking  nothing that callers rely on has changed since the contract that
#             tools/contract.binpb remembers; what was added is remembered too
set -euo pipefail
cd "$(dirname "$0")/.."

landed=tools/contract.binpb

describe() {
  tools/buf.sh build protos --exclude-source-info -o "-#format=$1"
}

lint() {
  tools/buf.sh lint protos
  describe json | python3 -c '
import json, sys
missing = [service["name"] + "." + method["name"]
           for file in json.load(sys.stdin)["file"]
           for service in file.get("service", [])
           for method in service["method"]
           if "idempotencyLevel" not in method.get("options", {})]
expected = ["ConnectionService.CreateConnection",
            "ConnectionService.ReplayShipments"]
sys.exit(0 if missing == expected else
         "without an idempotency level: " + ", ".join(missing))'
}

breaking() {
  local now
  if [ -e "$landed" ]; then
    tools/buf.sh breaking protos --exclude-imports --against "$PWD/$landed"
  fi
  now=$(mktemp)
  describe binpb >"$now"
  if ! cmp --silent "$now" "$landed"; then
    cp "$now" "$landed"
    echo "updated $landed with what is new in the contract"
    [ -z "${CI:-}" ] || { rm -f "$now" && return 1; }
  fi
  rm -f "$now"
}

case ${1:-} in
  lint | breaking) "$1" ;;
  *) sed -n '2,7s/^# //p' "$0" >&2 && exit 2 ;;
esac
