#!/usr/bin/env python3
"""Writes compile_commands.json from Bazel's own compile actions.

clang-tidy and editors read it. Generated headers are built on the way, nothing
is compiled.
"""

import json
import os
import subprocess

# Options of g++ that clang does not know, or that only matter when compiling.
_DROPPED = ("-fno-canonical-system-headers", "-Wno-free-nonheap-object",
            "-Wunused-but-set-parameter", "-Werror", "-MD")
_DROPPED_WITH_VALUE = ("-MF", "-o")

TARGETS = "//..."


def _bazel(*arguments):
    quiet = ("--noshow_progress", "--ui_event_filters=-info")
    return subprocess.run(("bazel",) + arguments + quiet, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def _rooted(path, external):
    """External repositories lie outside the workspace."""
    return external + path if path.startswith("external/") else path


def _cleaned(arguments, external):
    result = ["clang++"]
    rest = iter(arguments[1:])
    for argument in rest:
        if argument in _DROPPED_WITH_VALUE:
            next(rest)
        elif argument in ("-iquote", "-isystem"):
            result += [argument, _rooted(next(rest), external)]
        elif argument not in _DROPPED and not argument.startswith(
                ("-frandom-seed", "-D__", "-std=c++0x")):
            result.append(argument)
    return result


def commands():
    """One entry per first-party source file."""
    root = os.getcwd()
    external = os.path.realpath("bazel-out/../../..") + "/"
    actions = json.loads(_bazel(
        "aquery", f'mnemonic("CppCompile", {TARGETS})',
        "--output=jsonproto"))["actions"]
    entries = {}
    for action in actions:
        arguments = action["arguments"]
        source = arguments[arguments.index("-c") + 1]
        if source.endswith(".cc") and os.path.isfile(
                os.path.join(root, source)) and not source.startswith("bazel-"):
            entries[source] = {
                "directory": root,
                "file": source,
                "arguments": _cleaned(arguments, external),
            }
    return root, [entries[source] for source in sorted(entries)]


def write():
    """Builds what compiling needs, writes the file and returns its entries."""
    subprocess.run(
        ("bazel", "build", "--keep_going", "--noshow_progress",
         "--ui_event_filters=-info",
         "--output_groups=compilation_prerequisites_INTERNAL_", TARGETS),
        check=True)
    root, entries = commands()
    path = os.path.join(root, "compile_commands.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(entries, file, indent=1)
    return entries


if __name__ == "__main__":
    print(f"compile_commands.json: {len(write())} files")
