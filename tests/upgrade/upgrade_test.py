"""Stores of every release are kept, and this version opens them: what callers
were told is told again, and the work goes on.

A store is kept as text (stores/VERSION.dump) beside what the version that wrote it
answered (stores/VERSION.json). To write those of this version anew, as long as it
is not released:

    bazel run //tests/upgrade:upgrade_test -- --write
"""

import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

_STORES = pathlib.Path("tests/upgrade/stores")
_SERVER = "server/oms_connector_server"
_OMSCTL = "omsctl/omsctl"
_FAKE = "fake_order_manager/fake_order_manager"
# Seals nothing but the fixtures' tokens, which open nothing.
_KEY = b"the key of the stores in a test."
# So old that nothing is pulled, or thrown away, however old a fixture gets.
_EVER = "876000h"
# How long something has lasted, which goes on.
_AGES = ("oldestHold", "oldestUnconfirmed")

# What is asked of a store, in this order. Nothing is pulled for it.
_QUESTIONS = (
    "settings get acme", "settings history acme", "settings get bolt",
    f"sync acme --cart shop --max-staleness {_EVER}",
    f"sync bolt --max-staleness {_EVER}",
    f"sync bolt --cursor BOLT_CURSOR --max-staleness {_EVER}",
    "levels bolt --why NWD-MUG-CRM",
    f"poll acme --max-staleness {_EVER}",
    f"poll bolt --max-staleness {_EVER}",
    f"poll bolt --consumer erp --max-staleness {_EVER}",
    "shipments list bolt", "shipments list acme --state held",
    "consumers list bolt", "runs list acme", "runs list bolt",
    "connections list")


class Program:
    """One of ours that says on its first line where it listens."""

    def __init__(self, *command):
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line.startswith("listening on "):
            raise AssertionError(self._process.communicate()[1])
        self.address = line.split()[-1]

    def end(self):
        self._process.send_signal(signal.SIGTERM)
        log = self._process.communicate(timeout=60)[1]
        if self._process.returncode != 0:
            raise AssertionError(log)


class Connector(Program):
    """A server over a store, and omsctl to it."""

    def __init__(self, folder):
        key = folder / "key"
        key.write_bytes(_KEY)
        os.chmod(key, 0o600)
        super().__init__(
            _SERVER, "--listen=127.0.0.1:0", "--admin_listen=",
            f"--store=sqlite:{folder}/store.db", f"--secret_key_file={key}",
            f"--event_retention={_EVER}", "--background_sync=false",
            "--allow_loopback_order_manager", "--drain_delay=0s",
            "--order_manager_requests_per_second=0", "--log_level=error")

    def ask(self, line, **more):
        """The answer to an omsctl command line, as JSON."""
        done = subprocess.run([_OMSCTL, f"--server={self.address}", "--json",
                               *line.split()], text=True, check=False,
                              capture_output=True, **more)
        if done.returncode != 0:
            raise AssertionError(f"omsctl {line}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def point_at(self, connection, order_manager, verb="update", *carts):
        """Sets an account, and its token, anew."""
        subprocess.run([_OMSCTL, f"--server={self.address}", "connections",
                        verb, connection, f"--base-url={order_manager}",
                        "--token-stdin", *carts], check=True, text=True,
                       input=f"token-of-{connection}",
                       stdout=subprocess.DEVNULL)


def _without_ages(answer):
    if isinstance(answer, dict):
        return {name: _without_ages(value) for name, value in answer.items()
                if name not in _AGES}
    if isinstance(answer, list):
        return [_without_ages(value) for value in answer]
    return answer


def _differences(told, now, where="answer"):
    """What was told and is not any more; that more is told is no difference."""
    if isinstance(told, dict) and isinstance(now, dict):
        for name, value in told.items():
            yield from _differences(value, now.get(name), f"{where}.{name}")
    elif (isinstance(told, list) and isinstance(now, list)
          and len(told) == len(now)):
        for index, value in enumerate(told):
            yield from _differences(value, now[index], f"{where}[{index}]")
    elif told != now:
        yield f"{where}: {told} was told, now {now}"


def _asked(connector, cursor):
    return {line: _without_ages(connector.ask(
        line.replace("BOLT_CURSOR", cursor))) for line in _QUESTIONS}


class Worlds:
    """Two made-up accounts."""

    def __init__(self):
        self._programs = [
            Program(_FAKE, "--data=fake_order_manager/demo_world.json"),
            Program(_FAKE, "--data=fake_order_manager/demo_world.json")]
        self.acme, self.bolt = (p.address for p in self._programs)

    def end(self):
        for program in self._programs:
            program.end()


def _fill(connector, worlds):
    """Makes a bit of everything that a store holds; a cursor of bolt's."""
    connector.point_at("acme", worlds.acme, "create",
                       "--cart=id=shop,channel=Northwind Shop,sku=listing")
    connector.point_at("bolt", worlds.bolt, "create",
                       "--cart=id=web,channel=Northwind Shop,max-hold=48h",
                       "--cart=id=market,channel=8,sku=listing")
    connector.point_at("gone", worlds.bolt, "create")
    connector.ask("sync gone")
    connector.ask("connections delete gone --yes")
    connector.ask("sync acme --cart shop")
    connector.ask("poll acme")
    connector.ask("settings set acme parse_carrier_fallback=yes")
    connector.ask("settings set bolt inventory_sync_mode=per-warehouse"
                  " download_products_data=yes"
                  " split_order_handling=wait-for-all-records")
    cursor = connector.ask("sync bolt")["nextCursor"]
    connector.ask("settings set bolt subtract_locked_quantity=yes")
    connector.ask("sync bolt")
    page = connector.ask("poll bolt --consumer erp --max-results 5")
    first, second = (event["shipment"]["name"].split("/")[-1]
                     for event in page["events"][:2])
    connector.ask(f"ack bolt --consumer erp --cursor {page['nextCursor']}"
                  f" --confirm {first} --reject {second}:unknown")
    connector.ask(f"shipments replay bolt {first} --yes")
    return cursor


def _dump(path):
    """A store as text."""
    with sqlite3.connect(path) as store:
        pragmas = "".join(
            f"PRAGMA {name} = {store.execute(f'PRAGMA {name}').fetchone()[0]};\n"
            for name in ("application_id", "user_version"))
        return pragmas + "\n".join(store.iterdump()) + "\n"


def _restore(text, path):
    with sqlite3.connect(path) as store:
        store.executescript(text)
    os.chmod(path, 0o600)


def write(stores):
    """Keeps a store of this version."""
    version = re.search(r"\d+\.\d+\.\d+", subprocess.run(
        [_SERVER, "--version"], check=True, text=True,
        capture_output=True).stdout).group()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        worlds = Worlds()
        connector = Connector(folder)
        cursor = _fill(connector, worlds)
        answers = _asked(connector, cursor)
        connector.end()
        worlds.end()
        (stores / f"{version}.dump").write_text(_dump(folder / "store.db"))
    # A line for each answer.
    (stores / f"{version}.json").write_text(
        f'{{"cursor": "{cursor}", "answers": {{\n' + ",\n".join(
            f"{json.dumps(line)}: {json.dumps(answer, sort_keys=True)}"
            for line, answer in answers.items()) + "}}\n")
    print(f"kept a store of {version}")


class UpgradeTest(unittest.TestCase):
    """Each store that is kept."""

    def _open(self, path):
        folder = pathlib.Path(tempfile.mkdtemp(
            dir=os.environ.get("TEST_TMPDIR")))
        _restore(path.read_text(), folder / "store.db")
        kept = json.loads(path.with_suffix(".json").read_text())
        return folder, kept

    def test_tells_what_was_told(self):
        stores = sorted(_STORES.glob("*.dump"))
        self.assertTrue(stores)
        for path in stores:
            with self.subTest(path.stem):
                folder, kept = self._open(path)
                connector = Connector(folder)
                self.addCleanup(connector.end)
                now = _asked(connector, kept["cursor"])
                for line, told in kept["answers"].items():
                    self.assertEqual(list(_differences(told, now[line], line)),
                                     [])

    def test_goes_on(self):
        worlds = Worlds()
        self.addCleanup(worlds.end)
        for path in sorted(_STORES.glob("*.dump")):
            with self.subTest(path.stem):
                folder, kept = self._open(path)
                connector = Connector(folder)
                self.addCleanup(connector.end)
                # The token opens; nobody answers at the address of then.
                tested = subprocess.run(
                    [_OMSCTL, f"--server={connector.address}", "connections",
                     "test", "bolt"], text=True, capture_output=True,
                    check=False)
                self.assertIn("ORDER_MANAGER_UNAVAILABLE", tested.stdout)
                connector.point_at("bolt", worlds.bolt)
                told = kept["answers"][f"sync bolt --max-staleness {_EVER}"]
                now = connector.ask("sync bolt --max-staleness 0s")
                self.assertEqual(now["run"]["state"], "STATE_SUCCEEDED")
                self.assertEqual(len(now["levels"]), len(told["levels"]))
                page = connector.ask("poll bolt --consumer erp"
                                     " --max-staleness 0s")
                self.assertNotIn("lastError", page["pull"])
                connector.ask("ack bolt --consumer erp --cursor "
                              + page["nextCursor"])
                lags = [one.get("lag", "0") for one
                        in connector.ask("consumers list bolt")["consumers"]]
                self.assertEqual(lags, ["0"])


if __name__ == "__main__":
    if "--write" in sys.argv:
        write(pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"]) / _STORES)
    else:
        unittest.main()
