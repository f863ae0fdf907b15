"""Writes a C++ file that holds the numbered schema files for each database.

usage: embed_schema.py SCHEMA.sql...

The files are written in SQLite's words. For PostgreSQL the words for types are
mapped and STRICT tables become plain ones: the one place where SQL is made from
text. Lines between `-- only DATABASE` and `-- end` are for that database alone.
Fails when the numbers in the files' names are not 1, 2, 3, ...
"""

import os
import re
import sys

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")
_SECTION = re.compile(r"^-- only (\w+)\n(.*?)^-- end\n", re.M | re.S)

DATABASES = ("sqlite", "postgres")
_POSTGRES_WORDS = (
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\bREAL\b"), "DOUBLE PRECISION"),
    (re.compile(r"\) STRICT(, WITHOUT ROWID)?;"), ");"),
)


def sql_for(database, text):
    """The statements of a schema file as `database` understands them."""
    for found in _SECTION.finditer(text):
        if found.group(1) not in DATABASES:
            sys.exit(f"-- only {found.group(1)}: there is no such database")
    text = _SECTION.sub(
        lambda found: found.group(2) if found.group(1) == database else "",
        text)
    if re.search("^-- (only|end)", text, re.M):
        sys.exit("a section that is for one database has no start or no end")
    if database == "postgres":
        for pattern, word in _POSTGRES_WORDS:
            text = pattern.sub(word, text)
    return text


def _steps(database, files):
    steps = ""
    for number, (name, text) in enumerate(files, start=1):
        match = _NAME.fullmatch(name)
        if not match or int(match.group(1)) != number:
            sys.exit(
                f"{name}: expected the schema file with number {number:04d}")
        steps += (f'    {{{number}, "{name}", '
                  f'R"sql({sql_for(database, text)})sql"}},\n')
    return steps


def _read(path):
    with open(path, encoding="utf-8") as file:
        return os.path.basename(path), file.read()


def main(*paths):
    """Prints the file."""
    files = sorted(_read(path) for path in paths)
    print(f"""#include "storage/schema/schema.h"

namespace oms_connector::storage {{
namespace {{

constexpr SchemaStep kSqliteSteps[] = {{
{_steps("sqlite", files)}}};

constexpr SchemaStep kPostgresSteps[] = {{
{_steps("postgres", files)}}};

}}  // namespace

absl::Span<const SchemaStep> SqliteSchema() {{ return kSqliteSteps; }}
absl::Span<const SchemaStep> PostgresSchema() {{ return kPostgresSteps; }}

}}  // namespace oms_connector::storage""")


if __name__ == "__main__":
    main(*sys.argv[1:])
