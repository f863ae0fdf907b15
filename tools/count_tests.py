#!/usr/bin/env python3
"""Counts the test cases of one `bazel test` from its build events.

A target that failed without a failed case (it crashed, timed out, or did not
build) counts as one failed case; so does a build that failed outside the tests.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree

_TESTS_FAILED = 3  # bazel's exit code where building went well


class Counts:
    """Cases of one target or of all."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed = passed
        self.failed = failed
        self.skipped = skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def count_cases(xml_text):
    """The cases of one JUnit report."""
    counts = Counts()
    for case in xml.etree.ElementTree.fromstring(xml_text).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif (case.find("skipped") is not None
              or case.get("result") in ("skipped", "suppressed")
              or case.get("status") == "notrun"):
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


def _report_of(result):
    for output in result.get("testActionOutput", []):
        if output["name"] == "test.xml":
            path = urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read()
    return None


class Events:
    """What the build events say of the tests."""

    def __init__(self, lines):
        self.tests = {}  # label: its tags
        self.status = {}  # label: overall status
        self.reports = {}  # label: {shard and run: report of the last attempt}
        for line in lines:
            event = json.loads(line)
            for kind, identity in event["id"].items():
                self._take(kind, identity, event)

    def _take(self, kind, identity, event):
        label = identity.get("label")
        if kind == "targetConfigured" and "testSize" in event.get(
                "configured", {}):
            self.tests[label] = event["configured"].get("tag", [])
        elif kind == "testSummary":
            self.status[label] = event["testSummary"]["overallStatus"]
        elif kind == "testResult" and "testResult" in event:
            key = (identity.get("shard"), identity.get("run"))
            self.reports.setdefault(label, {})[key] = event["testResult"]

    def count(self, label):
        """The cases of one target, and what is wrong with it, if anything."""
        counts = Counts()
        if label not in self.status:
            return Counts(failed=1), "did not build"
        for result in self.reports.get(label, {}).values():
            report = _report_of(result)
            if report is not None:
                counts.add(count_cases(report))
        passed = self.status[label] in ("PASSED", "FLAKY")
        if not passed and counts.failed == 0:
            counts.failed = 1
        return counts, None if passed else self.status[label].lower()


def main(path, bazel_status, left_out):
    """Prints the counts; returns whether all is well.

    `left_out` holds the tags of targets that were not to be run.
    """
    try:
        with open(path, encoding="utf-8") as file:
            events = Events(file)
    except FileNotFoundError:
        events = Events([])
    total = Counts()
    for label, tags in sorted(events.tests.items()):
        if left_out.intersection(tags):
            continue
        counts, trouble = events.count(label)
        total.add(counts)
        if trouble:
            print(f"{label}: {trouble}")
    if bazel_status not in (0, _TESTS_FAILED) and total.failed == 0:
        print("the build failed")
        total.failed += 1
    if total.skipped:
        print(f"{total.skipped} skipped")
    print(f"{total.passed} passed, {total.failed} failed")
    return total.failed == 0 and bazel_status == 0


if __name__ == "__main__":
    tags = frozenset(tag.lstrip("-") for tag in sys.argv[3].split(","))
    sys.exit(0 if main(sys.argv[1], int(sys.argv[2]), tags) else 1)
