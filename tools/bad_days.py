#!/usr/bin/env python3
"""Plays the bad days of docs/operations.md on real processes and prints what is
said at each step: by /readyz and gRPC health, metrics, the log, /statusz as
Chromium shows it, and omsctl. Fails at the first thing that is not so. Needs
root, for a disk that is small enough to be filled.

  tools/bad_days.py SERVER OMSCTL FAKE_ORDER_MANAGER PICTURES
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

_WAIT_SECONDS = 60
_LINE = 250  # longer ones are cut
_ORDER_MANAGER_TOKEN = "canary-order-manager-token"
_PAGES = 50  # of /statusz, under load
_MANY = 60  # connections
_METRICS = ("oms_connector_connections_failing", "oms_connector_store_writable",
            "oms_connector_store_transactions_total")


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _await(what, condition):
    """Waits until `condition` gives something, and gives that."""
    for _ in range(_WAIT_SECONDS * 10):
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"FAILED: {what} did not come")


def _check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


class World:
    """A server as --init sets it up, on a disk of its own."""

    def __init__(self, work, server, omsctl, fake, pictures):
        self.work = pathlib.Path(work)
        self.server, self.omsctl_program, self.fake = server, omsctl, fake
        self.pictures = pathlib.Path(pictures)
        self.disk = self.work / "disk"
        self.config = self.work / "config"
        self.listen = f"127.0.0.1:{_free_port()}"
        self.admin = f"127.0.0.1:{_free_port()}"
        self.log = self.work / "server.log"
        self.process = None
        self.read = 0  # of the log
        self.everything_said = []
        self.secrets = {"the Order Manager's token": _ORDER_MANAGER_TOKEN}

    def set_up(self):
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none",
                        self.disk], check=True)
        said = subprocess.run(
            [self.server, f"--init={self.config}",
             f"--store=sqlite:{self.disk}/store.db", f"--listen={self.listen}",
             f"--admin_listen={self.admin}"], check=True, text=True,
            capture_output=True).stdout
        token = re.search(r"shown this once.*\n.*\n +(\S+)", said).group(1)
        (self.work / "token").write_text(token)
        (self.work / "om_token").write_text(_ORDER_MANAGER_TOKEN)
        os.chmod(self.work / "token", 0o600)
        os.chmod(self.work / "om_token", 0o600)
        self.secrets["the admin's token"] = token
        # The tool that asks for health, which is installed at its first use.
        subprocess.run(["tools/buf.sh", "--version"], check=True,
                       capture_output=True)
        self._add_key("the key", self.config / "secret.key")
        key = (self.config / "server.key").read_text().splitlines()
        self.secrets["the TLS key"] = key[1]
        with open(self.work / "fake.out", "w") as out:
            self.order_manager = subprocess.Popen(
                [self.fake, "--listen=127.0.0.1:0", "--products=400",
                 "--warehouses=3", f"--token={_ORDER_MANAGER_TOKEN}"],
                stdout=out, stderr=subprocess.STDOUT)
        self.base_url = _await("the made-up Order Manager", lambda: re.search(
            r"^listening on (\S+)", (self.work / "fake.out").read_text(),
            re.M)).group(1)

    def _add_key(self, name, path):
        raw = path.read_bytes()
        self.secrets[name] = raw
        self.secrets[name + ", in hexadecimal"] = raw.hex()

    def tear_down(self):
        for process in (self.process, getattr(self, "order_manager", None)):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        subprocess.run(["umount", self.disk], check=False)

    def start(self, *flags):
        print(self._plain(
            f"# oms_connector_server --flagfile=… {' '.join(flags)} &"))
        with open(self.log, "ab") as log, open(self.work / "out", "w") as out:
            self.process = subprocess.Popen(
                [self.server, f"--flagfile={self.config}/flags",
                 "--allow_loopback_order_manager", "--drain_delay=0s",
                 "--order_manager_requests_per_second=0", *flags],
                stdout=out, stderr=log)
        _await("the server", lambda: "admin on" in (
            self.work / "out").read_text() or self.process.poll() is not None)
        _check(self.process.poll() is None, "the server ended: " +
               self.log.read_text()[-2000:])

    def stop(self):
        print("# systemctl stop")
        self.process.send_signal(signal.SIGTERM)
        _check(self.process.wait(timeout=60) == 0, "the server ended badly")

    def omsctl(self, *arguments, shown=True):
        """What omsctl says, on both streams."""
        done = subprocess.run(
            [self.omsctl_program, *arguments], text=True, capture_output=True,
            check=False, env={
                "OMSCTL_SERVER": self.listen,
                "OMSCTL_TLS_CA": f"{self.config}/server.pem",
                "OMSCTL_AUTH_TOKEN_FILE": f"{self.work}/token"})
        said = done.stdout + done.stderr
        self.everything_said.append(said)
        if shown:
            self._show(f"$ omsctl {' '.join(arguments)}", said, 12)
        return said

    def sync(self, how="--max-staleness=0s"):
        """Has the Order Manager read anew; as far as omsctl says, it was."""
        said = self.omsctl("sync", "acme", how, "--rows", "1")
        _check("fresh as of" in said and "failed" not in said, "no sync")

    def one_off(self, *flags):
        """A one-off mode of the server."""
        done = subprocess.run([self.server, f"--flagfile={self.config}/flags",
                               *flags], text=True, capture_output=True,
                              check=True)
        self.everything_said.append(done.stdout + done.stderr)
        self._show(f"# oms_connector_server --flagfile=… {' '.join(flags)}",
                   done.stdout + done.stderr, 12)

    def get(self, path):
        """Code and text of a page of the admin's."""
        try:
            with urllib.request.urlopen(f"http://{self.admin}{path}") as answer:
                code, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            code, text = error.code, error.read().decode()
        self.everything_said.append(text)
        return code, text

    def health(self):
        """What gRPC health says of the server."""
        done = subprocess.run(
            ["tools/buf.sh", "curl", "--protocol", "grpc", "--cacert",
             f"{self.config}/server.pem", "--data", "{}",
             f"https://localhost:{self.listen.split(':')[1]}"
             "/grpc.health.v1.Health/Check"], text=True, capture_output=True,
            check=False)
        return re.sub(r"\s+", " ", done.stdout + done.stderr).strip()

    def statusz(self, name):
        """The page as Chromium reads it; its picture is kept."""
        chromium = ["chromium", "--headless", "--no-sandbox", "--disable-gpu",
                    "--hide-scrollbars", f"--user-data-dir={self.work}/browser"]
        url = f"http://{self.admin}/statusz"
        picture = self.pictures / f"{name}.png"
        subprocess.run([*chromium, "--window-size=1200,1000",
                        f"--screenshot={picture}", url], check=True,
                       capture_output=True)
        _check(picture.stat().st_size > 10_000, f"{picture} shows nothing")
        # As wide as a terminal.
        narrow = self.pictures / f"{name}_narrow.png"
        subprocess.run([*chromium, "--window-size=640,1400",
                        f"--screenshot={narrow}", url], check=True,
                       capture_output=True)
        dom = subprocess.run([*chromium, "--dump-dom", url], check=True,
                             capture_output=True, text=True).stdout
        _check("</h1>" in dom and "flags" in dom, "a page without its parts")
        _check(not re.search(r"<script|<link|<img|<iframe|@import|url\(", dom),
               "the page loads something")
        self.everything_said.append(dom)
        return dom

    def _show(self, command, text, limit):
        print(self._plain(command))
        lines = text.rstrip().splitlines()
        for line in lines[:limit]:
            print(f"  {self._plain(line)}".rstrip())
        if len(lines) > limit:
            print(f"  … {len(lines) - limit} more lines")

    def _plain(self, line):
        """Without what differs each time."""
        for text, name in ((str(self.disk), "/var/lib/oms-connector"),
                           (str(self.config), "/etc/oms-connector"),
                           (str(self.work), "/tmp"),
                           (self.listen, "127.0.0.1:50051"),
                           (self.admin, "127.0.0.1:9464"),
                           (self.base_url, "http://127.0.0.1:8080")):
            line = line.replace(text, name)
        return line if len(line) <= _LINE else line[:_LINE - 1] + "…"

    def look(self, name, statusz_says):
        """What everything says now, at a step called `name`."""
        code, text = self.get("/readyz")
        print(f"/readyz: {code} {text.strip()}")
        print(f"gRPC health: {self.health()}")
        metrics = self.get("/metrics")[1]
        for line in metrics.splitlines():
            if line.startswith(_METRICS) and not line.endswith(" 0"):
                print(f"/metrics: {line}")
        dom = self.statusz(name)
        _check(statusz_says in dom, f"statusz does not say: {statusz_says}")
        print("/statusz: " + re.sub("<[^>]*>", "", statusz_says))
        log = self.log.read_bytes()
        news = log[self.read:].decode(errors="replace").splitlines()
        self.read = len(log)
        ended = [line for line in news if "pull ended" in line][-2:]
        for line in news:
            if line in ended or re.search(r" (warning|error) |sealed", line):
                print("log: " + self._plain(line))
        return code

    def no_secret_was_said(self):
        everything = self.log.read_bytes() + "\n".join(
            self.everything_said).encode()
        for path in self.disk.glob("*"):
            everything += path.read_bytes()
        help_text = subprocess.run([self.server, "--help"], check=True,
                                   capture_output=True).stdout
        for name, secret in self.secrets.items():
            raw = secret if isinstance(secret, bytes) else secret.encode()
            _check(raw not in everything + help_text, f"{name} was said")
            print(f"nowhere: {name} ({len(raw)} bytes)")


def _full_disk(world):
    print("\n== a full disk")
    pid = world.process.pid
    filler = world.disk / "filler"
    with open(filler, "wb") as out:
        try:
            while True:
                out.write(b"x" * 65536)
                out.flush()
        except OSError:
            pass
    print("# (something else fills the disk)")
    world.omsctl("settings", "set", "acme", "subtract_locked_quantity=yes")
    said = world.omsctl("sync", "acme", "--full", "--rows", "2")
    _check("STORE_FULL" in said, "the full store is not named")
    _await("not ready", lambda: world.get("/readyz")[0] == 503)
    _await("the connection on the page",
           lambda: "<th>acme<br>" in world.get("/statusz")[1])
    code = world.look("full", "not ready: the store is full")
    _check(code == 503, "a full store is ready")
    _check("connections_failing" in world.get("/metrics")[1], "no metric")
    _check("make room" in world.omsctl("doctor", "acme"),
           "doctor does not know what a full disk needs")
    filler.unlink()
    print("# (there is room again; nothing is restarted)")
    _await("ready", lambda: world.get("/readyz")[0] == 200)
    world.sync("--full")
    world.look("mended", "ready")
    _check(world.process.pid == pid and world.process.poll() is None,
           "another process")
    _check("SERVER_RESTARTED" not in world.omsctl("runs", "list", "acme"),
           "a restart that was none")


def _key_rotation(world):
    print("\n== a new key")
    new = world.config / "new.key"
    new.write_bytes(os.urandom(32))
    os.chmod(new, 0o600)
    world._add_key("the new key", new)
    old = world.config / "secret.key"
    world.stop()
    world.start(f"--secret_key_file={new}", f"--previous_secret_key_file={old}")
    world.sync()
    world.look("rotated", "ready")
    world.stop()
    world.start(f"--secret_key_file={new}")
    print("# (the old key is not needed any more)")
    world.sync()
    return new


def _restore(world, key):
    print("\n== a copy is put in the store's place")
    copy = world.work / "copy.db"
    world.one_off(f"--secret_key_file={key}", f"--backup_to={copy}")
    cursor = re.search(r"next cursor: (\S+)", world.omsctl(
        "sync", "acme", "--rows", "1", shown=False)).group(1)
    world.omsctl("settings", "set", "acme", "parse_carrier_fallback=yes")
    world.stop()
    world.one_off(f"--secret_key_file={key}", f"--restore_from={copy}")
    world.start(f"--secret_key_file={key}")
    _check("CURSOR_EXPIRED" in world.omsctl("sync", "acme", "--cursor", cursor),
           "the cursor of before still works")
    world.omsctl("settings", "get", "acme")
    world.sync()
    world.look("restored", "ready")


def _lost_key(world, key):
    print("\n== the key is lost")
    world.stop()
    key.unlink()
    world.start(f"--secret_key_file={key}")
    world._add_key("the key after the loss", key)
    said = world.omsctl("sync", "acme", "--max-staleness", "0s", "--rows", "1")
    _check("level" in said, "stored levels are not served")
    world.look("lost_key", "does not open with the server")
    _check("omsctl connections update acme --token-file" in world.omsctl(
        "doctor", "acme"), "doctor does not know what a lost key needs")
    world.omsctl("connections", "update", "acme", "--token-file",
                 f"{world.work}/om_token")
    world.sync()
    world.look("token_set_again", "ready")


def _under_load(world):
    """Callers without a pause, while the page is read again and again."""
    print("\n== under load")
    flags = {"OMSCTL_SERVER": world.listen,
             "OMSCTL_TLS_CA": f"{world.config}/server.pem",
             "OMSCTL_AUTH_TOKEN_FILE": f"{world.work}/token"}
    omsctl = world.omsctl_program
    pulls = f"while {omsctl} sync acme --full --rows 1; do :; done"
    callers = [subprocess.Popen(
        command, env=flags, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True)
               for command in
               [[omsctl, "poll", "acme", "--cart", "shop", "--follow"]] * 6
               + [["/bin/sh", "-c", pulls]] * 2]
    try:
        for shown in ("<th>admin</th>", "<th>acme<br>"):
            _await(f"{shown} on the page",
                   lambda text=shown: text in world.get("/statusz")[1])
        for _ in range(_PAGES):
            code, page = world.get("/statusz")
            _check(code == 200 and page.endswith("</body></html>\n"),
                   "half a page under load")
        print(f"# (/statusz read {_PAGES} times: each time whole)")
        world.look("load", "<th>admin</th>")
    finally:
        for caller in callers:
            os.killpg(caller.pid, signal.SIGKILL)
            caller.wait()


def _many_connections(world):
    """More connections than the page shows, and a name that is none."""
    print("\n== many connections")
    for number in range(_MANY):
        said = world.omsctl("connections", "create", f"shop-{number:03}",
                            "--base-url", world.base_url, "--token-file",
                            f"{world.work}/om_token", "--display-name",
                            "<script>alert(1)</script>", shown=number == 0)
        _check("connection:" in said, "not created: " + said)
    last = f"<th>shop-{_MANY - 1:03}<br>"
    _await("all of them on the page",
           lambda: last in world.get("/statusz")[1])
    world.look("many", last)


def main(server, omsctl, fake, pictures):
    os.makedirs(pictures, exist_ok=True)
    work = tempfile.mkdtemp()
    world = World(work, server, omsctl, fake, pictures)
    try:
        world.set_up()
        world.start()
        world.omsctl("connections", "create", "acme", "--base-url",
                     world.base_url, "--token-file", f"{work}/om_token",
                     "--cart", "id=shop,channel=Shopify US")
        world.omsctl("settings", "set", "acme",
                     "inventory_sync_mode=per-warehouse")
        world.omsctl("sync", "acme", "--rows", "2")
        world.look("well", "ready")
        _full_disk(world)
        _under_load(world)
        key = _key_rotation(world)
        _restore(world, key)
        _lost_key(world, key)
        _many_connections(world)
        print("\n== secrets")
        world.no_secret_was_said()
        print("\nall as told")
    finally:
        world.tear_down()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:5])
