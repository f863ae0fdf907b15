#!/usr/bin/env bash
# Runs buf over the contract: tools/buf.sh lint protos
#
# buf sees a folder .cache/buf with a copy of protos/ and, beside it, the
# google.rpc protos as Debian installs them; it runs in that folder.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.75.0
googleapis=/usr/share/gocode/src/github.com/gogo/googleapis
tool=.cache/npm/node_modules/.bin/buf

if [ "$("$tool" --version 2>/dev/null)" != "$version" ]; then
  npm install --prefix .cache/npm --no-save --no-package-lock --no-audit \
    --no-fund --loglevel=error "@bufbuild/buf@$version" >/dev/null
fi

rm -rf .cache/buf
mkdir -p .cache/buf/googleapis/google
cp -r protos .cache/buf/protos
rm -f .cache/buf/protos/BUILD.bazel
cp -r "$googleapis/google/rpc" .cache/buf/googleapis/google/rpc
printf 'version: v1\ndirectories:\n  - googleapis\n  - protos\n' \
  >.cache/buf/buf.work.yaml
tool=$PWD/$tool
cd .cache/buf
exec "$tool" "$@"
