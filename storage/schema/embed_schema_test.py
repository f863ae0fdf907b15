"""Tests of how schema files become part of the program."""

import contextlib
import io
import os
import tempfile
import unittest

from storage.schema import embed_schema


class EmbedSchemaTest(unittest.TestCase):

    def _embed(self, *names):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in names]
            for path in paths:
                with open(path, "w", encoding="utf-8") as file:
                    file.write("SELECT '" + os.path.basename(path) + "';")
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                embed_schema.main(*paths)
            return out.getvalue()

    def test_orders_steps_by_number(self):
        text = self._embed("0002_b.sql", "0001_a.sql")
        self.assertIn("""{1, "0001_a.sql", R"sql(SELECT '0001_a.sql';)sql"}""",
                      text)
        self.assertLess(text.index('{1, "'), text.index('{2, "'))

    def test_refuses_gaps_repeats_and_other_names(self):
        for names in (["0002_b.sql"], ["0001_a.sql", "0003_c.sql"],
                      ["0001_a.sql", "0001_b.sql"], ["0001_A.sql"],
                      ["1_a.sql"], ["0001_a.txt"]):
            with self.assertRaises(SystemExit, msg=names):
                self._embed(*names)


class SqlForTest(unittest.TestCase):

    TABLE = "CREATE TABLE t (\n  a INTEGER, b BLOB, c REAL\n) STRICT, WITHOUT ROWID;\n"

    def test_leaves_the_words_of_sqlite_alone(self):
        self.assertEqual(self.TABLE, embed_schema.sql_for("sqlite", self.TABLE))

    def test_maps_types_for_postgres(self):
        self.assertEqual(
            "CREATE TABLE t (\n  a BIGINT, b BYTEA, c DOUBLE PRECISION\n);\n",
            embed_schema.sql_for("postgres", self.TABLE))

    def test_keeps_a_section_for_its_database_alone(self):
        text = "a;\n-- only sqlite\nb;\n-- end\nc;\n"
        self.assertEqual("a;\nb;\nc;\n", embed_schema.sql_for("sqlite", text))
        self.assertEqual("a;\nc;\n", embed_schema.sql_for("postgres", text))

    def test_refuses_sections_that_are_not_whole(self):
        for text in ("-- only sqlite\na;\n", "a;\n-- end\n",
                     "-- only mysql\na;\n-- end\n"):
            with self.assertRaises(SystemExit, msg=text):
                embed_schema.sql_for("sqlite", text)


if __name__ == "__main__":
    unittest.main()
