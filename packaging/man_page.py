#!/usr/bin/env python3
"""A manual page from a program's own --help, so that they cannot differ.

man_page.py NAME SECTION WHAT < HELP > PAGE
"""

import sys


def escape(line):
    """Plain text as roff reads it."""
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + line if line.startswith((".", "'")) else line


def page(name, section, what, help_text):
    """The page: a name line, then the help as it is printed."""
    lines = [
        f'.TH {name.upper()} {section} "" "OMS Connector"',
        ".SH NAME",
        f"{escape(name)} \\- {escape(what)}",
        ".SH DESCRIPTION",
        ".nf",
    ]
    lines += [escape(line) for line in help_text.splitlines()]
    lines += [".fi", ".SH SEE ALSO",
              "/usr/share/doc/oms\\-connector/operations.md"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(*sys.argv[1:4], sys.stdin.read()))
