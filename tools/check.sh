#!/usr/bin/env bash
# Everything that is checked without running the product. Mends what can be
# mended; where CI is set, mending is a failure. clang-tidy looks at what has
# changed, with --all at everything. The last line counts the checks:
# "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0
failed=0

step() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $name"
  fi
}

# Files of the repository that match, those not yet added too.
files() {
  git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
    while read -r file; do
      if [ -f "$file" ]; then echo "$file"; fi
    done
}

no_long_files() {
  files '*.bzl' '*.cc' '*.h' '*.js' '*.md' '*.proto' '*.py' '*.sh' '*.sql' \
    '*.yaml' dev .ci | xargs wc -l |
    awk '$2 != "total" && $1 > 500 { print $2 " has " $1 " lines"; long = 1 }
         END { exit long }'
}

shell_scripts() {
  files '*.sh' dev .ci/run | xargs shellcheck -x
}

architecture() {
  bazel test --noshow_progress //tests/architecture/...
}

step "format" tools/format.sh
step "no file over 500 lines" no_long_files
step "shell scripts" shell_scripts
step "contract style" tools/contract.sh lint
step "contract kept" tools/contract.sh breaking
step "architecture" architecture
step "clang-tidy" python3 tools/tidy.py "$@"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
