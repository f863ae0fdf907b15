#!/usr/bin/env bash
# Installs what a list names and this machine lacks: tools/packages.txt, or the
# one that is given.
set -euo pipefail
cd "$(dirname "$0")/.."

installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' |
  sed -n 's/ installed$//p')
missing=()
while read -r package command; do
  if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "${1:-tools/packages.txt}")
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "these Debian packages are missing, and only root can install them:" >&2
  echo "apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends "${missing[@]}"
