#!/usr/bin/env python3
"""Runs clang-tidy, as many files at once as there are cores.

usage: tidy.py [--all | --since REVISION]

Looks at the files that differ from REVISION, uncommitted ones too, and at those
that include one of them, however far up; with --all at every file. Without
either, REVISION is where the work left the upstream branch, or the commit
before the last where there is nothing that upstream lacks. A file that was
clean is not looked at again before it, a header of ours that it includes, the
contract, or the settings change; .cache/tidy remembers. Findings are a failure.
"""

import argparse

import concurrent.futures
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import time

import compile_commands

_CACHE = ".cache/tidy"
_CACHE_SECONDS = 30 * 24 * 3600
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _closure(path, seen):
    """`path` and all files of ours that it includes, however far down."""
    if path in seen or not os.path.isfile(path):
        return
    seen.add(path)
    for included in _INCLUDE.findall(_read(path).decode("utf-8", "replace")):
        _closure(included, seen)


def _common_key():
    version = subprocess.run(["clang-tidy", "--version"], check=True,
                             stdout=subprocess.PIPE).stdout
    digest = hashlib.sha256(version + _read(".clang-tidy"))
    for path in sorted(glob.glob("protos/**/*.proto", recursive=True)):
        digest.update(_read(path))
    return digest.digest()


def _key(entry, common):
    files = set()
    _closure(entry["file"], files)
    digest = hashlib.sha256(common)
    digest.update(json.dumps(entry["arguments"]).encode())
    for path in sorted(files):
        digest.update(path.encode() + b"\0" + _read(path) + b"\0")
    return digest.hexdigest()


def _tidy(entry):
    result = subprocess.run(
        ["clang-tidy", "-p", ".", "--quiet", entry["file"]], check=False,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    noise = re.compile(r"\d+ warnings? (generated|treated)|Suppressed \d+|Use -h")
    lines = [line for line in result.stdout.splitlines()
             if not noise.match(line)]
    return result.returncode == 0, "\n".join(lines)


def _forget_old_results():
    for name in os.listdir(_CACHE):
        path = os.path.join(_CACHE, name)
        if time.time() - os.path.getmtime(path) > _CACHE_SECONDS:
            os.remove(path)


def _without_target(entries):
    # tests/consumer is a workspace of its own.
    known = {entry["file"] for entry in entries}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard",
         "--", "*.cc", ":!third_party", ":!tests/consumer"],
        check=True, text=True, stdout=subprocess.PIPE).stdout
    return [path for path in listed.splitlines()
            if os.path.isfile(path) and path not in known]


def _git(*arguments):
    """What git prints, or None where it fails."""
    result = subprocess.run(("git",) + arguments, check=False, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return result.stdout.strip() if result.returncode == 0 else None


def _base_revision():
    base = _git("merge-base", "HEAD", "@{upstream}")
    if base and base != _git("rev-parse", "HEAD"):
        return base
    return _git("rev-parse", "HEAD~1")


def _changed_since(revision):
    """Files that differ from `revision`; None = it cannot be told."""
    changed = _git("diff", "--name-only", revision) if revision else None
    if changed is None:
        return None
    untracked = _git("ls-files", "--others", "--exclude-standard")
    return set(changed.splitlines()) | set(untracked.splitlines())


def _concerned(entries, changed):
    """The entries whose file, or a header of it, is among `changed`."""
    if changed is None or ".clang-tidy" in changed:
        return entries
    kept = []
    for entry in entries:
        files = set()
        _closure(entry["file"], files)
        if files & changed:
            kept.append(entry)
    return kept


def main():
    """Prints what clang-tidy finds; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--since", metavar="REVISION")
    args = parser.parse_args()
    os.makedirs(_CACHE, exist_ok=True)
    _forget_old_results()
    entries = compile_commands.write()
    failed = _without_target(entries)
    for path in failed:
        print(f"{path} belongs to no target")
    if not args.all:
        every = len(entries)
        entries = _concerned(entries,
                             _changed_since(args.since or _base_revision()))
        print(f"clang-tidy: {len(entries)} of {every} files are concerned")
    common = _common_key()
    marks = {entry["file"]: os.path.join(_CACHE, _key(entry, common))
             for entry in entries}
    todo = []
    for entry in entries:
        mark = marks[entry["file"]]
        if os.path.exists(mark):
            os.utime(mark)
        else:
            todo.append(entry)
    print(f"clang-tidy: {len(todo)} files to look at", flush=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for entry, (clean, output) in zip(todo, pool.map(_tidy, todo)):
            if clean:
                with open(marks[entry["file"]], "w", encoding="utf-8"):
                    pass
            else:
                failed.append(entry["file"])
                print(output, flush=True)
    print(f"clang-tidy: {len(failed)} files with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
