"""What operators are given is true of a running server: the rules of alerts,
the dashboard, and the pages that list flags and metrics.

To write the pages anew: bazel run //tests/operations:operations_test -- --write
"""

import json
import os
import pathlib
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

    def test_root_is_the_page_for_people(self):
        self.assertIn("<h1>OMS Connector", self.status)


def _write():
    docs = pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"]) / _DOCS
    (docs / "flags.md").write_text(reference.flags_page(_help()))
    (docs / "metrics.md").write_text(reference.metrics_page(_expose()[0]))


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        _write()
    else:
        unittest.main()
