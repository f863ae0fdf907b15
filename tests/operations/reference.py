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


_PRINCIPALS_HEAD = """# Principals

Who may call, and what for: the file that `--principals_file` names, in
protobuf's text format. `oms_connector_server --init` writes a first one,
`--new_token` prints an entry for a further caller, SIGHUP reads the file again.
Without a file whoever reaches the server is `local` and may do everything; it
then listens on loopback or a unix socket only.

"""


def _comments(lines, index):
    """The comment above a line, as one text."""
    found = []
    while index > 0 and lines[index - 1].strip().startswith("//"):
        index -= 1
        found.insert(0, lines[index].strip().lstrip("/").strip())
    return " ".join(found)


def roles(services):
    """RPC -> role, from the source of the services."""
    found = dict(re.findall(r'"([A-Z]\w+)",\s*Role::k(\w+)', services))
    return {rpc: role.upper() for rpc, role in found.items()}


def principals_page(proto, services):
    """docs/operations/principals.md from its proto and the services."""
    lines = proto.splitlines()
    page = [_PRINCIPALS_HEAD + "```"]
    page += [line.lstrip("/").removeprefix(" ") for line in lines[2:13]]
    page += ["```", "", "| field | meaning |", "|---|---|"]
    for index, line in enumerate(lines):
        field = re.match(r"  (?:repeated )?\w+ (\w+) = \d+;", line)
        if field and field.group(1) != "principals":
            page.append(f"| `{field.group(1)}` | {_comments(lines, index)} |")
    page += ["", "A call needs this role on the connection that it names:", "",
             "| role | may call |", "|---|---|"]
    by_role = {}
    for rpc, role in sorted(roles(services).items()):
        by_role.setdefault(role, []).append(rpc)
    before = ""
    for role in ("VIEWER", "OPERATOR", "ADMIN"):
        page.append(f"| {role} | {before}{', '.join(by_role[role])} |")
        before = f"what {role} may, and "
    page += ["", "ListConnections shows the connections on which the caller is "
             "at least VIEWER. CreateConnection needs ADMIN on `*`, or on the "
             "id that is to be made."]
    return "\n".join(page) + "\n"


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
