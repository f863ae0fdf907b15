#!/usr/bin/env python3
"""Formats sources with clang-format and orders the lists of BUILD files."""

import os
import re
import subprocess
import sys

# Lists whose order means nothing, so that it may be the alphabet's.
_SORTED_LISTS = "srcs|hdrs|textual_hdrs|deps|data|visibility"
_LIST = re.compile(
    rf"^( *)(?:{_SORTED_LISTS}) = \[\n((?:\1    (?:\"[^\"]*\",|#).*\n)+)\1\]",
    re.M)
_ENTRY = re.compile(r'((?: *#.*\n)*) *"([^"]*)",.*\n')


def workspace_files():
    """All files of the repository, those not yet added too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True, text=True, stdout=subprocess.PIPE).stdout
    return sorted({path for path in listed.splitlines() if os.path.isfile(path)})


def _label_order(label):
    """buildifier's: own package, this repository, others; then by part."""
    phase = 1 if label.startswith(":") else 2 if label.startswith("//") else (
        3 if label.startswith("@") else 0)
    return phase, label.replace(":", ".").split("."), label


def ordered(text):
    """A BUILD file with its lists in order and without repeated entries."""
    def order_list(match):
        entries = {found.group(2): found.group(0)
                   for found in _ENTRY.finditer(match.group(2))}
        whole = "".join(entries[label]
                        for label in sorted(entries, key=_label_order))
        kept = sum(len(found.group(0))
                   for found in _ENTRY.finditer(match.group(2)))
        if kept != len(match.group(2)):  # something we do not understand
            return match.group(0)
        return match.group(0).replace(match.group(2), whole)
    return _LIST.sub(order_list, text)


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(fail_on_change):
    """Formats everything; returns the exit code."""
    files = workspace_files()
    sources = [path for path in files if path.endswith((".cc", ".h"))]
    builds = [path for path in files
              if os.path.basename(path) in ("BUILD", "BUILD.bazel")]
    before = {path: _read(path) for path in sources + builds}
    if sources:
        subprocess.run(["clang-format", "-i"] + sources, check=True)
    for path in builds:
        text = ordered(before[path])
        if text != before[path]:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    changed = [path for path, text in before.items() if _read(path) != text]
    for path in changed:
        print(f"formatted {path}")
    return 1 if changed and fail_on_change else 0


if __name__ == "__main__":
    sys.exit(main("--fail_on_change" in sys.argv))
