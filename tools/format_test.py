"""Tests of the order that format.py gives to the lists of BUILD files."""

import unittest

from tools import format as format_tool


def deps(*lines):
    return ("cc_library(\n    name = \"a\",\n    deps = [\n"
            + "".join(f"        {line}\n" for line in lines) + "    ],\n)\n")


class Ordered(unittest.TestCase):

    def test_own_package_then_this_repository_then_others(self):
        self.assertEqual(
            deps('":a"', '":b",', '"//base:clock",', '"@curl",')
            .replace('":a"\n', '":a",\n'),
            format_tool.ordered(deps('"@curl",', '"//base:clock",', '":b",',
                                     '":a",')))

    def test_a_package_goes_before_its_further_targets(self):
        lines = ('"@absl//absl/status",', '"@absl//absl/status:statusor",',
                 '"@absl//absl/strings",', '"@absl//absl/strings:cord",')
        self.assertEqual(deps(*lines),
                         format_tool.ordered(deps(*reversed(lines))))

    def test_comments_move_with_their_entry(self):
        self.assertEqual(deps('":a",', "# why b", '":b",'),
                         format_tool.ordered(deps("# why b", '":b",', '":a",')))

    def test_repeated_entries_go(self):
        self.assertEqual(deps('":a",', '":b",'),
                         format_tool.ordered(deps('":a",', '":b",', '":a",')))

    def test_what_is_no_plain_list_stays(self):
        for text in (deps('":b" + x,', '":a",'),
                     'copts = [\n    "-b",\n    "-a",\n]\n',
                     'deps = ["b", "a"]\n'):
            self.assertEqual(text, format_tool.ordered(text))


if __name__ == "__main__":
    unittest.main()
