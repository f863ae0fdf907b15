"""Every test that the documentation names exists.

Names are written `Suite.Test` in tables of docs/; `Suite.*` is any of a suite.
"""

import os
import re
import unittest

_TABLES = ("docs/order_manager.md",)
_NAMED = re.compile(r"`([A-Z]\w+)\.(\w+|\*)`")
_DEFINED = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)")
_SKIPPED = ("node_modules",)


def root():
    here = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
    return os.path.dirname(os.path.realpath(os.path.join(here, "WORKSPACE")))


def defined(folder):
    """(suite, test) of every test in the tree."""
    tests = set()
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders
                      if not name.startswith((".", "bazel-"))
                      and name not in _SKIPPED]
        for name in names:
            if not name.endswith(".cc"):
                continue
            with open(os.path.join(path, name), encoding="utf-8") as file:
                tests.update(_DEFINED.findall(file.read()))
    return tests


def named(text):
    """(suite, test) of every test named in rows of tables."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [pair for row in rows for pair in _NAMED.findall(row)]


class NamedTests(unittest.TestCase):

    def test_exist(self):
        tests = defined(root())
        suites = {suite for suite, _ in tests}
        for path in _TABLES:
            with open(os.path.join(root(), path), encoding="utf-8") as file:
                names = named(file.read())
            self.assertGreater(len(names), 20, path)
            missing = [f"{suite}.{test}" for suite, test in names
                       if (suite, test) not in tests
                       and not (test == "*" and suite in suites)]
            self.assertEqual([], missing, path)

    def test_are_found_in_tables_only(self):
        self.assertEqual([("Aa", "Bb"), ("Cc", "*")],
                         named("`Xx.Yy`\n| a | `Aa.Bb`, `Cc.*` |\n"))


if __name__ == "__main__":
    unittest.main()
