#!/usr/bin/env bash
# Follows docs/operations.md on a clean Debian: installs the package into a root
# of its own, sets a server up, starts it, connects omsctl over TLS with the
# printed token, creates a connection to the made-up Order Manager, syncs and
# polls; then upgrades, starts again, and removes. Needs root and Debian's
# packages. Prints what it does; fails at the first thing that is not so.
#
#   packaging/test_package.sh PACKAGE NEWER_PACKAGE FAKE_ORDER_MANAGER
set -euo pipefail

package=$(realpath "$1")
newer=$(realpath "$2")
fake=$(realpath "$3")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

root=$(mktemp -d)
chmod 0755 "$root" # the server's user has to get in
pids=()
init= # of the root's own systemd, while it runs
clean_up() {
  [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# Shows a command and runs it in the root.
run() {
  echo "# $*"
  chroot "$root" "$@"
}
# As the server's user.
as_server() {
  chroot --userspec=oms-connector:oms-connector "$root" "$@"
}
await() { # FILE PATTERN
  for _ in $(seq 300); do
    if grep -q -- "$2" "$1"; then return 0; fi
    sleep 0.1
  done
  cat "$1" >&2
  fail "no line \"$2\" came"
}
# The root shares this machine's network, so nobody else's port will do.
free_port() {
  python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
listen=127.0.0.1:$(free_port)
admin=127.0.0.1:$(free_port)
start_server() {
  echo "# oms_connector_server --flagfile=/etc/oms-connector/flags &"
  # exec, so that the signal goes to the server itself.
  (exec chroot --userspec=oms-connector:oms-connector "$root" \
    oms_connector_server --flagfile=/etc/oms-connector/flags \
    --allow_loopback_order_manager --drain_delay=0s) \
    >"$root/server.out" 2>>"$root/server.err" &
  pids+=($!)
  server=$!
  await "$root/server.out" '^listening on '
  sed -n '1p' "$root/server.out"
}
stop_server() {
  echo "# kill -TERM (as systemctl stop does)"
  kill -TERM "$server"
  wait "$server" || fail "the server ended with $?"
}
omsctl() {
  echo "# omsctl $*"
  OMSCTL_SERVER=$listen OMSCTL_TLS_CA=/etc/oms-connector/server.pem \
    OMSCTL_AUTH_TOKEN_FILE=/root/token chroot "$root" omsctl "$@"
}

echo "== a clean Debian"
debootstrap --variant=minbase bookworm "$root" "$mirror" >/dev/null
mount -t proc proc "$root/proc"
# No service may start by itself in here.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
export DEBIAN_FRONTEND=noninteractive
chroot "$root" apt-get update -qq
install -m 0644 "$package" "$root/opt/first.deb"
install -m 0644 "$newer" "$root/opt/newer.deb"

echo "== install"
run apt-get install -qq --yes --no-install-recommends /opt/first.deb \
  >"$root/install.log" 2>&1 || { cat "$root/install.log"; fail install; }
sed -n '/^oms-connector: /,$p' "$root/install.log"
run oms_connector_server --version
run omsctl --version
if chroot "$root" ldd /usr/bin/oms_connector_server /usr/bin/omsctl |
  grep 'not found'; then
  fail "libraries are missing"
fi
for page in man8/oms_connector_server.8.gz man1/omsctl.1.gz; do
  [ -s "$root/usr/share/man/$page" ] || [ -d "$root/etc/dpkg/dpkg.cfg.d" ] ||
    fail "no manual page $page"
done

echo "== set up"
run oms_connector_server --init=/etc/oms-connector \
  --store=sqlite:/var/lib/oms-connector/store.db --listen="$listen" --admin_listen="$admin" \
  >"$root/init.out"
token=$(sed -n '/shown this once/{n;n;s/^ *//p}' "$root/init.out")
sed "s/$token/TOKEN/" "$root/init.out"
(umask 077 && printf '%s' "$token" >"$root/root/token")
for secret in secret.key server.key principals.textproto; do
  [ "$(stat -c %u:%a "$root/etc/oms-connector/$secret")" = "$(
    chroot "$root" id -u oms-connector):600" ] || fail "$secret is not the server's own"
done
if grep -rqF "$token" "$root/etc/oms-connector" "$root/var/lib"; then
  fail "the token was kept"
fi
echo "# oms_connector_server --flagfile=/etc/oms-connector/flags --check_config"
as_server oms_connector_server --flagfile=/etc/oms-connector/flags \
  --check_config || fail "the configuration is not good"

echo "== start, and a connection to the made-up Order Manager"
install -m 0755 "$fake" "$root/usr/bin/fake_order_manager"
chroot "$root" fake_order_manager --listen=127.0.0.1:0 --products=20 \
  --token=om-token >"$root/fake.out" 2>&1 &
pids+=($!)
await "$root/fake.out" '^listening on '
order_manager=$(sed -n 's/^listening on //p' "$root/fake.out")
start_server
(umask 077 && printf om-token >"$root/root/om-token")
omsctl connections create acme --base-url "$order_manager" \
  --token-file /root/om-token --cart "id=shop,channel=Shopify US"
omsctl settings set acme inventory_sync_mode=per-warehouse
omsctl sync acme | sed -n '1,5p'
omsctl poll acme --cart shop --consumer first | sed -n '1,5p'
omsctl connections list

echo "== the unit, under a systemd of the root's own"
stop_server
chroot "$root" apt-get install -qq --yes --no-install-recommends systemd \
  >"$root/systemd-install.log" 2>&1 || fail "systemd does not install"
rm "$root/usr/sbin/policy-rc.d"
umount "$root/proc"
# A process space and mounts of its own, with the root as the root: the unit's
# own hardening needs mounts, which a mere chroot does not have.
unshare --mount --pid --fork --uts --ipc bash -c "
  mount --make-rprivate /
  mount --bind '$root' '$root'
  mount -t proc proc '$root/proc'
  mount -t sysfs -o ro sysfs '$root/sys'
  # Its own folder of hierarchies: systemd mounts that anew as it likes it.
  if [ \"\$(stat -f -c %T /sys/fs/cgroup)\" = cgroup2fs ]; then
    mount --rbind /sys/fs/cgroup '$root/sys/fs/cgroup'
  else
    mount -t tmpfs -o mode=755 tmpfs '$root/sys/fs/cgroup'
    for hierarchy in /sys/fs/cgroup/*/; do
      mkdir -p \"$root\$hierarchy\"
      mount --bind \"\$hierarchy\" \"$root\$hierarchy\"
    done
  fi
  mount -t tmpfs -o mode=755 tmpfs '$root/run'
  cd '$root' && mkdir -p old && pivot_root . old && umount -l /old
  exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --log-target=null --show-status=no \
    --unit=basic.target
" 2>"$root/unshare.err" &
unshared=$!
for _ in $(seq 100); do
  init=$(pgrep -P "$unshared" || true)
  if [ -n "$init" ] && [ -S "/proc/$init/root/run/systemd/private" ]; then
    break
  fi
  sleep 0.1
done
inside() {
  echo "# $*"
  nsenter --target "$init" --mount --pid --uts --ipc --root --wd \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
state() { # PROPERTY
  inside systemctl show --property="$1" --value oms-connector | tail -1
}
inside systemctl start oms-connector
inside systemctl show --property=Type,ActiveState,StatusText,WatchdogUSec \
  oms-connector
[ "$(state ActiveState)" = active ] || fail "the unit does not start"
inside systemctl reload oms-connector
inside systemctl kill --signal=KILL oms-connector
for _ in $(seq 100); do
  if [ "$(state NRestarts)" = 1 ] && [ "$(state ActiveState)" = active ]; then
    break
  fi
  sleep 0.1
done
[ "$(state NRestarts)" = 1 ] || fail "the unit was not started again"
inside systemd-analyze --man=no verify oms-connector.service \
  >"$root/verify.out" 2>&1
sed -n 1p "$root/verify.out"
[ "$(wc -l <"$root/verify.out")" = 1 ] || {
  cat "$root/verify.out"
  fail "the unit is not clean"
}
inside systemd-analyze security --no-pager oms-connector | tail -1
inside systemctl stop oms-connector
[ "$(state Result)" = success ] || fail "the unit does not stop well"
kill -KILL "$init"
wait "$unshared" 2>/dev/null || true
init=
mount -t proc proc "$root/proc"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"

echo "== upgrade, start"
run apt-get install -qq --yes /opt/newer.deb >"$root/upgrade.log" 2>&1 ||
  { cat "$root/upgrade.log"; fail upgrade; }
start_server
omsctl connections list | grep acme >/dev/null || fail "the connection is gone"
stop_server

echo "== back up and restore"
echo "# oms_connector_server … --backup_to=/var/lib/oms-connector/copy.db"
as_server oms_connector_server --flagfile=/etc/oms-connector/flags \
  --backup_to=/var/lib/oms-connector/copy.db
echo "# oms_connector_server … --restore_from=/var/lib/oms-connector/copy.db"
as_server oms_connector_server --flagfile=/etc/oms-connector/flags \
  --restore_from=/var/lib/oms-connector/copy.db
start_server
omsctl connections list | grep acme >/dev/null || fail "the connection is gone"
stop_server

echo "== remove"
run apt-get remove -qq --yes oms-connector >/dev/null 2>&1
[ ! -e "$root/usr/bin/oms_connector_server" ] || fail "the program is there"
[ -e "$root/var/lib/oms-connector/store.db" ] || fail "the store is gone"
if grep -aF "$token" "$root"/server.err "$root"/var/lib/oms-connector/*; then
  fail "a token was written"
fi
if grep -aF om-token "$root"/server.err "$root"/var/lib/oms-connector/*; then
  fail "the Order Manager's token was written"
fi
echo "all as told"
