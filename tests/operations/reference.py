"""What a running server says of itself, as pages for docs/operations/."""

import re

_FLAGS_HEAD = """# Flags

Of `oms_connector_server`, as `--help` tells them. Each may also stand in the
environment as `OMS_CONNECTOR_<FLAG>`, or in a file that `--flagfile` names; a
flag wins over the environment, the environment over the file.

| flag | default | meaning |
|---|---|---|
"""

_METRICS_HEAD = """# Metrics

Of `GET /metrics` on `--admin_listen`. Whatever can be counted is there at 0
from the start.

| metric | type | labels | meaning |
|---|---|---|---|
"""


def flags_page(help_text):
    """docs/operations/flags.md from the text of --help."""
    rows = []
    for name, default, meaning in re.findall(
            r"^  --([a-z_]+)(?:=(.*))?\n      (.*)$", help_text, re.M):
        shown = f"`{default}`" if default and default != '""' else ""
        meaning = meaning.replace("|", "\\|").replace("<", "&lt;")
        rows.append(f"| `--{name}` | {shown} | {meaning} |")
    return _FLAGS_HEAD + "\n".join(rows) + "\n"


def metrics(text):
    """name -> (type, labels, help), of Prometheus' text format."""
    found = {}
    for name, meaning in re.findall(r"^# HELP (\S+) (.*)$", text, re.M):
        kind = re.search(rf"^# TYPE {name} (\S+)$", text, re.M).group(1)
        labels = set()
        for line in re.findall(
                rf"^{name}(?:_bucket|_sum|_count)?{{(.*)}} ", text, re.M):
            labels |= set(re.findall(r'([a-z_]+)="', line))
        found[name] = (kind, sorted(labels - {"le"}), meaning)
    return found


def metrics_page(text):
    """docs/operations/metrics.md from what a server exposes."""
    rows = [
        f"| `{name}` | {kind} | {', '.join(labels)} | {meaning} |"
        for name, (kind, labels, meaning) in sorted(metrics(text).items())
    ]
    return _METRICS_HEAD + "\n".join(rows) + "\n"


def series(text):
    """The names of all series of an exposition."""
    return set(re.findall(r"^([a-z_]+)(?:{| )", text, re.M))


def names_in(expressions):
    """The metrics that PromQL expressions, or a text of them, name."""
    return set(re.findall(
        r"\b((?:oms_connector|grpc_server|process)_[a-z_]+)", expressions))
