"""What operators are given is true of a running server: the rules of alerts,
the dashboard, and the pages that list flags and metrics.

To write the pages anew: bazel run //tests/operations:operations_test -- --write
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from tests.operations import reference

_DOCS = pathlib.Path("docs/operations")
_SERVER = "server/oms_connector_server"


def _expose():
    """A new server's /metrics and /, after one pull's worth of nothing."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [_SERVER, "--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
             f"--store=sqlite:{folder}/store.db", "--drain_delay=0s",
             "--log_level=error"],
            stdout=subprocess.PIPE, text=True)
        try:
            process.stdout.readline()  # listening on …
            admin = process.stdout.readline().split()[-1]
            pages = []
            for path in ("/metrics", "/"):
                with urllib.request.urlopen(f"http://{admin}{path}") as answer:
                    pages.append(answer.read().decode())
            return pages
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _help():
    return subprocess.run([_SERVER, "--help"], check=True, text=True,
                          capture_output=True).stdout


def _services():
    """The source of all handlers."""
    return "".join(path.read_text() for path
                   in sorted(pathlib.Path("server/services").glob("*.cc")))


def _principals_page():
    return reference.principals_page(
        pathlib.Path("server/rpc/principals.proto").read_text(), _services())


class LogTest(unittest.TestCase):
    """What a server leaves behind when somebody works with it."""

    _TOKEN = "canary-of-an-access-token"

    def _work(self, folder):
        """Makes and changes a connection; the log, and what else is told."""
        process = subprocess.Popen(
            [_SERVER, "--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
             f"--store=sqlite:{folder}/store.db", "--drain_delay=0s",
             "--log_format=json", "--allow_loopback_order_manager",
             "--background_sync=false"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            address = process.stdout.readline().split()[-1]
            admin = process.stdout.readline().split()[-1]
            for command in (
                    ["connections", "create", "acme",
                     "--base-url=http://127.0.0.1:1", "--token-env=CANARY"],
                    ["settings", "set", "acme", "parse_carrier_fallback=yes"]):
                subprocess.run(["omsctl/omsctl", f"--server={address}",
                                *command], check=True,
                               env={"CANARY": self._TOKEN})
            told = ""
            for path in ("/metrics", "/statusz"):
                with urllib.request.urlopen(f"http://{admin}{path}") as answer:
                    told += answer.read().decode()
        finally:
            process.send_signal(signal.SIGTERM)
            log = process.communicate(timeout=60)[1]
        return log, told

    def test_says_who_did_what_in_json_and_no_secret_anywhere(self):
        with tempfile.TemporaryDirectory() as folder:
            log, told = self._work(folder)
            stored = b"".join(path.read_bytes() for path
                              in pathlib.Path(folder).glob("store.db*"))
        lines = [json.loads(line) for line in log.splitlines()]
        by_message = {line["message"]: line for line in lines}
        self.assertIn("--allow_loopback_order_manager=true",
                      by_message["starting"]["flags"])
        self.assertEqual(by_message["ended"]["why"], "Terminated")
        audits = [line for line in lines if line["message"] == "audit"]
        self.assertEqual([line["rpc"] for line in audits],
                         ["CreateConnection", "UpdateSettings"])
        for line in audits:
            self.assertEqual(
                (line["principal"], line["connection"], line["code"]),
                ("local", "acme", "OK"))
            self.assertTrue(line["peer"].startswith("ipv4:127.0.0.1:"))
        self.assertEqual(len(audits[1]["request_id"]), 36)
        self.assertNotIn(self._TOKEN, log + told)
        self.assertNotIn(self._TOKEN.encode(), stored)


class OperationsTest(unittest.TestCase):
    """Against one server."""

    @classmethod
    def setUpClass(cls):
        cls.metrics, cls.status = _expose()

    def test_every_series_of_an_alert_is_there_before_its_first_fault(self):
        rules = (_DOCS / "alerts.yaml").read_text()
        names = reference.names_in(rules)
        # These two are of gauges that need TLS.
        with_tls = {"oms_connector_tls_timestamp_seconds"}
        self.assertGreater(len(names), 10)
        self.assertEqual(names - with_tls - reference.series(self.metrics),
                         set())

    def test_dashboard_names_only_what_there_is(self):
        dashboard = json.loads((_DOCS / "dashboard.json").read_text())
        expressions = [target["expr"] for panel in dashboard["panels"]
                       for target in panel.get("targets", ())]
        self.assertGreater(len(expressions), 10)
        names = reference.names_in("\n".join(expressions))
        self.assertEqual(names - reference.series(self.metrics), set())

    def test_exposition_is_as_prometheus_wants_it(self):
        subprocess.run(["promtool", "check", "metrics"], input=self.metrics,
                       text=True, check=True)

    def test_each_alert_fires_at_its_first_fault_and_not_at_rest(self):
        subprocess.run(["promtool", "test", "rules", "alerts_test.yaml"],
                       cwd=_DOCS, check=True)

    def test_pages_list_what_the_server_says(self):
        self.assertEqual((_DOCS / "flags.md").read_text(),
                         reference.flags_page(_help()))
        self.assertEqual((_DOCS / "metrics.md").read_text(),
                         reference.metrics_page(self.metrics))
        self.assertEqual((_DOCS / "principals.md").read_text(),
                         _principals_page())

    def test_every_call_has_a_role_in_the_reference(self):
        rpcs = re.findall(r"^  rpc (\w+)", "".join(
            path.read_text() for path
            in pathlib.Path("protos/oms_connector/v1").glob("*_service.proto")),
                          re.M)
        self.assertGreater(len(rpcs), 20)
        self.assertEqual(sorted(reference.roles(_services())), sorted(rpcs))

    def test_root_is_the_page_for_people(self):
        self.assertIn("<h1>OMS Connector", self.status)


def _write():
    docs = pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"]) / _DOCS
    (docs / "flags.md").write_text(reference.flags_page(_help()))
    (docs / "principals.md").write_text(_principals_page())
    (docs / "metrics.md").write_text(reference.metrics_page(_expose()[0]))


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        _write()
    else:
        unittest.main()
