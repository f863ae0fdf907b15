#!/usr/bin/env bash
# Lints the wire contract, or compares it with the one of an earlier revision:
#
#   tools/buf.sh lint
#   tools/buf.sh breaking REVISION
#
# google.rpc is not part of our module and not copied into it: its protos come
# from the Debian package golang-github-gogo-googleapis-dev. So that buf finds
# both, a workspace with links to the two is made under .cache/buf; only ours
# is linted. buf itself is an npm package, kept under .cache/npm.
set -euo pipefail

readonly BUF_VERSION=1.75
readonly GOOGLEAPIS=/usr/share/gocode/src/github.com/gogo/googleapis

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
buf=$root/.cache/npm/node_modules/.bin/buf

# make_workspace DIRECTORY: everything in it but `protos`.
make_workspace() {
  rm -rf "$1"
  mkdir -p "$1/googleapis/google/rpc"
  for name in code error_details status; do
    ln -s "$GOOGLEAPIS/google/rpc/$name.proto" \
      "$1/googleapis/google/rpc/$name.proto"
  done
  printf 'version: v1\n' > "$1/googleapis/buf.yaml"
  printf 'version: v1\ndirectories:\n  - protos\n  - googleapis\n' \
    > "$1/buf.work.yaml"
}

if [ ! -x "$buf" ]; then
  mkdir -p "$root/.cache/npm"
  npm install --silent --no-package-lock --no-save \
    --prefix "$root/.cache/npm" "@bufbuild/buf@$BUF_VERSION"
fi

workspace=$root/.cache/buf/now
make_workspace "$workspace"
ln -s "$root/protos" "$workspace/protos"

case "${1:-}" in
  lint)
    cd "$workspace"
    "$buf" lint protos
    ;;
  breaking)
    before=$root/.cache/buf/before
    make_workspace "$before"
    git -C "$root" archive "${2:?which revision?}" protos | tar -x -C "$before"
    for side in "$workspace" "$before"; do
      (cd "$side" && "$buf" build protos -o "$root/.cache/buf/$(basename "$side").binpb")
    done
    "$buf" breaking "$root/.cache/buf/now.binpb" --config "$root/protos/buf.yaml" \
      --against "$root/.cache/buf/before.binpb"
    ;;
  *)
    echo "usage: tools/buf.sh lint | breaking REVISION" >&2
    exit 2
    ;;
esac
