#!/usr/bin/env bash
# Mends the format of all files and names those it changed. Where CI is set, a
# file that needed mending is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

exec python3 tools/format.py ${CI:+--fail_on_change}
