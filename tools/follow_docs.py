#!/usr/bin/python3
"""Does what the documents say, and compares what comes with what they show.

    tools/follow_docs.py SERVER OMSCTL FAKE_ORDER_MANAGER DOCUMENT...

Blocks marked ```console hold command lines after `$ `, each with its output.
They run in order against a server as `./dev serve --demo` has it. Numbers,
times, ids and cursors may differ; the shape must not: the words of every line.
Lines of other blocks that call grpcurl or buf curl must succeed.
grpcurl is asked by way of `buf curl`, which Debian can have.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_CALL = re.compile(r"^(?:grpcurl|npx @bufbuild/buf) .*$", re.M)
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)

# What differs from run to run, and what stands for it.
_VARIABLE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+Z"), "TIME"),
    (re.compile(r"next cursor: \S+"), "next cursor: CURSOR"),
    (re.compile(r'"(etag|nextCursor)": "[^"]+"'), r'"\1": "…"'),
    (re.compile(r"(etag:|fingerprint) +[0-9a-f]+"), r"\1 HEX"),
    (re.compile(r"127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"\((\d+ \w+ ago|now)\)"), "(AGO)"),
    (re.compile(r"\d+ (ms|s)\b"), "SPAN"),
    (re.compile(r"[ \t]+"), " "),
)


def commands_of(text):
    """(command line, lines of output) of each command, in order."""
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            line, _, output = part.partition("\n")
            yield line, output.rstrip("\n").split("\n")


def shape(line):
    """A line without what may differ."""
    for pattern, stands_for in _VARIABLE:
        line = pattern.sub(stands_for, line)
    return line.strip()


def command(line, address, omsctl):
    """The arguments that a command line stands for."""
    words = [word.replace("127.0.0.1:50051", address)
             for word in shlex.split(line)]
    if words[0] == "omsctl":
        return [omsctl, "--server", address] + words[1:]
    if words[0] == "npx":
        return ["tools/buf.sh"] + words[2:]
    if words[0] == "grpcurl":
        url = f"http://{words[-2]}/{words[-1]}"
        return ["tools/buf.sh", "curl", "--protocol", "grpc",
                "--http2-prior-knowledge"] + words[2:-2] + [url]
    raise SystemExit(f"a document tells to run {words[0]}, which is not known")


class Demo:
    """The world of `./dev serve --demo` on a port of its own."""

    def __init__(self, server, omsctl, fake_order_manager):
        self._folder = tempfile.TemporaryDirectory()
        self._programs = []
        order_manager = self._start(
            fake_order_manager, "--listen=127.0.0.1:0",
            "--data=fake_order_manager/demo_world.json")
        self.address = self._start(
            server, "--listen=127.0.0.1:0", "--admin_listen=",
            f"--store=sqlite:{self._folder.name}/store.db",
            "--allow_loopback_order_manager",
            "--background_sync=false")  # the commands alone pull
        subprocess.run(
            [omsctl, "--server", self.address, "connections", "create", "acme",
             "--base-url", order_manager, "--token-stdin", "--cart",
             "id=shop,channel=Northwind Shop"], input="any", text=True,
            check=True, stdout=subprocess.DEVNULL)

    def _start(self, *words):
        program = subprocess.Popen(words, cwd=ROOT, text=True,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        self._programs.append(program)
        line = program.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"{words[0]} did not start")
        return line[len("listening on "):].strip()

    def end(self):
        for program in self._programs:
            program.terminate()
            program.wait()
        self._folder.cleanup()


def main():
    server, omsctl, fake_order_manager, *documents = sys.argv[1:]
    omsctl = os.path.abspath(omsctl)
    failed = 0
    for document in documents:
        demo = Demo(os.path.abspath(server), omsctl,
                    os.path.abspath(fake_order_manager))
        with open(document, encoding="utf-8") as file:
            text = file.read()
        told = list(commands_of(text))
        told += [(line, None) for line in _CALL.findall(text)]
        for line, expected in told:
            result = subprocess.run(command(line, demo.address, omsctl),
                                    cwd=ROOT, text=True, check=False,
                                    stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT)
            if expected is None:
                if result.returncode != 0:
                    failed += 1
                    print(f"{document}: {line}\n-- failed:\n{result.stdout}")
                continue
            came = result.stdout.rstrip("\n").split("\n")
            if list(map(shape, came)) != list(map(shape, expected)):
                failed += 1
                print(f"{document}: $ {line}\n-- as written:")
                print("\n".join(expected))
                print("-- as it came:")
                print("\n".join(came))
        demo.end()
        print(f"{document}: {len(told)} commands followed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
