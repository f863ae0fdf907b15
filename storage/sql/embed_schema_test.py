"""Tests of how schema files become part of the program."""

import contextlib
import io
import os
import tempfile
import unittest

from storage.sql import embed_schema


class EmbedSchemaTest(unittest.TestCase):

    def _embed(self, *names):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in names]
            for path in paths:
                with open(path, "w", encoding="utf-8") as file:
                    file.write("SELECT '" + os.path.basename(path) + "';")
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                embed_schema.main("a/schema.h", "OurSchema", *paths)
            return out.getvalue()

    def test_orders_steps_by_number(self):
        text = self._embed("0002_b.sql", "0001_a.sql")
        self.assertIn('#include "a/schema.h"', text)
        self.assertIn("OurSchema() { return kSteps; }", text)
        self.assertIn("""{1, "0001_a.sql", R"sql(SELECT '0001_a.sql';)sql"}""",
                      text)
        self.assertLess(text.index('{1, "'), text.index('{2, "'))

    def test_refuses_gaps_repeats_and_other_names(self):
        for names in (["0002_b.sql"], ["0001_a.sql", "0003_c.sql"],
                      ["0001_a.sql", "0001_b.sql"], ["0001_A.sql"],
                      ["1_a.sql"], ["0001_a.txt"]):
            with self.assertRaises(SystemExit, msg=names):
                self._embed(*names)


if __name__ == "__main__":
    unittest.main()
