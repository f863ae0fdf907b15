#!/usr/bin/env bash
# Builds a Debian package of the server and omsctl into dist/. Arguments go to
# bazel, in place of --config=opt.
#
# PACKAGE_VERSION overrides the version, for tests of upgrades.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=("$@")
[ $# -gt 0 ] || flags=(--config=opt)
targets=(//server:oms_connector_server //omsctl:omsctl)
bazel build --noshow_progress "${flags[@]}" "${targets[@]}"

version=${PACKAGE_VERSION:-$(sed -n 's/.*kVersion\[\] = "\(.*\)";/\1/p' base/version.h)}
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
doc=$root/usr/share/doc/oms-connector

put() { # MODE FILE TARGET
  install -D -m "$1" "$2" "$root$3"
}

put 0755 bazel-bin/server/oms_connector_server /usr/bin/oms_connector_server
put 0755 bazel-bin/omsctl/omsctl /usr/bin/omsctl
strip --strip-unneeded "$root"/usr/bin/*
put 0644 packaging/oms-connector.service \
  /lib/systemd/system/oms-connector.service
for file in packaging/copyright packaging/flags.example LICENSE CHANGELOG.md \
  SECURITY.md docs/operations.md docs/operations/alerts.yaml \
  docs/operations/dashboard.json; do
  put 0644 "$file" "/usr/share/doc/oms-connector/$(basename "$file")"
done

# Manual pages and completions come from the programs themselves.
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/man/man8" \
  "$root/usr/share/bash-completion/completions"
server=$root/usr/bin/oms_connector_server
"$server" --help | packaging/man_page.py oms_connector_server 8 \
  "serves stock levels and shipping confirmations over gRPC" |
  gzip -9n >"$root/usr/share/man/man8/oms_connector_server.8.gz"
"$root/usr/bin/omsctl" man |
  gzip -9n >"$root/usr/share/man/man1/omsctl.1.gz"
"$root/usr/bin/omsctl" completion bash \
  >"$root/usr/share/bash-completion/completions/omsctl"
words=$("$server" --help | sed -n 's/^  \(--[a-z_]*\).*/\1/p' | tr '\n' ' ')
echo "complete -o default -W '$words' oms_connector_server" \
  >"$root/usr/share/bash-completion/completions/oms_connector_server"

# What the programs need, as the linker says.
mkdir -p "$work/debian"
printf 'Source: oms-connector\n\nPackage: oms-connector\nArchitecture: any\n' \
  >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O -Sroot root/usr/bin/* 2>/dev/null |
  sed -n 's/^shlibs:Depends=//p')
packaging/notices.py "$depends" >"$doc/NOTICES"
gzip -9n "$doc/CHANGELOG.md"

mkdir -p "$root/DEBIAN" dist
install -m 0755 packaging/postinst packaging/prerm packaging/postrm \
  "$root/DEBIAN/"
size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
cat >"$root/DEBIAN/control" <<TEXT
Package: oms-connector
Version: $version
Architecture: $architecture
Maintainer: the authors of OMS Connector <nobody@localhost>
Installed-Size: $size
Depends: $depends, adduser
Section: net
Priority: optional
Description: gRPC server between an Order Manager and shopping carts
 Keeps stock levels and shipping confirmations of Order Manager accounts, and
 hands them to carts in order, once. With omsctl, the tool for people.
TEXT
(cd "$root" && find usr lib -type f -print0 | sort -z |
  xargs -0 md5sum >DEBIAN/md5sums)
package=dist/oms-connector_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
