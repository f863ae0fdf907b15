"""Tests of count_tests.py on build events and reports as Bazel writes them."""

import contextlib
import io
import json
import os
import tempfile
import unittest

from tools import count_tests

GTEST = """<?xml version="1.0"?>
<testsuites tests="4" failures="1" name="AllTests">
  <testsuite name="LevelCalculator" tests="4">
    <testcase name="Sums" status="run" result="completed" time="0.1"/>
    <testcase name="Clamps" status="run" result="completed" time="0.1">
      <failure message="one"/><failure message="two"/>
    </testcase>
    <testcase name="Off" status="notrun" result="suppressed"/>
    <testcase name="Skips" status="run" result="skipped"><skipped/></testcase>
  </testsuite>
</testsuites>"""

SCRIPT = """<testsuites><testsuite name="s" tests="1" failures="0" errors="{0}">
<testcase name="s" status="run" duration="1">{1}</testcase>
</testsuite></testsuites>"""
SCRIPT_PASSED = SCRIPT.format(0, "")
SCRIPT_FAILED = SCRIPT.format(1, '<error message="exited with 1"/>')


class CountTests(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.events = []

    def configured(self, label, tags=(), size="SMALL"):
        self.events.append({
            "id": {"targetConfigured": {"label": label}},
            "configured": {"testSize": size, "tag": list(tags)}})

    def result(self, label, report, shard=1, attempt=1):
        path = os.path.join(self.folder.name, f"a b {len(self.events)}.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(report)
        self.events.append({
            "id": {"testResult": {"label": label, "run": 1, "shard": shard,
                                  "attempt": attempt}},
            "testResult": {"testActionOutput": [
                {"name": "test.log", "uri": "file:///nowhere"},
                {"name": "test.xml",
                 "uri": "file://" + path.replace(" ", "%20")}]}})

    def summary(self, label, status):
        self.events.append({"id": {"testSummary": {"label": label}},
                            "testSummary": {"overallStatus": status}})

    def run_main(self, bazel_status=0, left_out=("soak",)):
        path = os.path.join(self.folder.name, "events.json")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(event) + "\n" for event in self.events)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            fine = count_tests.main(path, bazel_status,
                                    frozenset(left_out))
        return fine, out.getvalue().splitlines()

    def test_counts_cases_not_targets(self):
        self.configured("//a:gtest")
        self.result("//a:gtest", GTEST)
        self.summary("//a:gtest", "FAILED")
        self.configured("//a:script")
        self.result("//a:script", SCRIPT_PASSED)
        self.summary("//a:script", "PASSED")
        fine, lines = self.run_main(bazel_status=3)
        self.assertFalse(fine)
        self.assertEqual(["//a:gtest: failed", "2 skipped",
                          "2 passed, 1 failed"], lines)

    def test_all_well(self):
        self.configured("//a:script")
        self.result("//a:script", SCRIPT_PASSED)
        self.summary("//a:script", "PASSED")
        self.assertEqual((True, ["1 passed, 0 failed"]), self.run_main())

    def test_counts_each_shard_and_the_last_attempt(self):
        self.configured("//a:test")
        self.result("//a:test", SCRIPT_FAILED, shard=1, attempt=1)
        self.result("//a:test", SCRIPT_PASSED, shard=1, attempt=2)
        self.result("//a:test", SCRIPT_PASSED, shard=2)
        self.summary("//a:test", "FLAKY")
        self.assertEqual((True, ["2 passed, 0 failed"]), self.run_main())

    def test_a_failed_target_without_a_failed_case_counts_as_one(self):
        self.configured("//a:test")
        self.result("//a:test", SCRIPT_PASSED)
        self.summary("//a:test", "TIMEOUT")
        self.assertEqual(
            (False, ["//a:test: timeout", "1 passed, 1 failed"]),
            self.run_main(bazel_status=3))

    def test_a_target_that_did_not_build_counts_as_one(self):
        self.configured("//a:test")
        self.assertEqual(
            (False, ["//a:test: did not build", "0 passed, 1 failed"]),
            self.run_main(bazel_status=1))

    def test_a_build_that_failed_elsewhere_counts_as_one(self):
        self.configured("//a:test")
        self.result("//a:test", SCRIPT_PASSED)
        self.summary("//a:test", "PASSED")
        self.assertEqual(
            (False, ["the build failed", "1 passed, 1 failed"]),
            self.run_main(bazel_status=1))

    def test_targets_that_were_not_to_be_run_do_not_count(self):
        self.configured("//a:soak", tags=["soak"])
        self.assertEqual((True, ["0 passed, 0 failed"]), self.run_main())
        self.result("//a:soak", SCRIPT_PASSED)
        self.summary("//a:soak", "PASSED")
        self.assertEqual((True, ["1 passed, 0 failed"]),
                         self.run_main(left_out=()))

    def test_no_events_at_all_is_a_failure(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self.assertFalse(count_tests.main(
                "/nowhere/events.json", 2, frozenset()))
        self.assertEqual("the build failed\n0 passed, 1 failed\n",
                         out.getvalue())


if __name__ == "__main__":
    unittest.main()
