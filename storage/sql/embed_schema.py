"""Writes a C++ file that holds numbered schema files.

usage: embed_schema.py HEADER FUNCTION SCHEMA.sql...

FUNCTION, declared by HEADER, returns the files as steps in order. Fails when
the numbers in their names are not 1, 2, 3, ...
"""

import os
import re
import sys

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


def _step(number, path):
    name = os.path.basename(path)
    match = _NAME.fullmatch(name)
    if not match or int(match.group(1)) != number:
        sys.exit(f"{name}: expected the schema file with number {number:04d}")
    with open(path, encoding="utf-8") as file:
        return f'    {{{number}, "{name}", R"sql({file.read()})sql"}},\n'


def main(header, function, *paths):
    """Prints the file."""
    ordered = sorted(paths, key=os.path.basename)
    steps = "".join(_step(i + 1, path) for i, path in enumerate(ordered))
    print(f"""#include "{header}"

namespace oms_connector::storage {{
namespace {{

constexpr SchemaStep kSteps[] = {{
{steps}}};

}}  // namespace

absl::Span<const SchemaStep> {function}() {{ return kSteps; }}

}}  // namespace oms_connector::storage""")


if __name__ == "__main__":
    main(*sys.argv[1:])
