"""The rules of who may include whom, and a checker that applies them.

`check(files)` takes a mapping of path to text and returns one line for each
breach, so that the rules can be tried on trees that do not exist.
"""

import re

# A room is a top folder, or one folder of domain/.
_ALL_DOMAIN = (
    "domain/connections",
    "domain/feeds",
    "domain/inventory",
    "domain/shipments",
    "domain/carriers",
)

# What a use case sees of the rooms below it: the two interfaces, and the groups
# of tables that the store's interface is put together from.
_STORE_AND_ORDER_MANAGER = (
    re.compile(r"storage/store\.h"),
    re.compile(r"storage/[a-z0-9_]+_tables\.h"),
    re.compile(r"order_manager/order_manager\.h"),
)

_USE_CASES = ("base", "model")

# Room: the rooms whose headers it may include, besides its own.
ROOMS = {
    "base": (),
    "protos": (),
    "model": ("base",),
    "domain/connections": _USE_CASES,
    "domain/feeds": _USE_CASES,
    "domain/inventory": _USE_CASES + ("domain/feeds",),
    "domain/shipments": _USE_CASES + ("domain/feeds", "domain/carriers"),
    "domain/carriers": _USE_CASES,
    "order_manager": ("base", "model"),
    "storage": ("base", "model"),
    "server": ("base", "model", "protos", "order_manager", "storage") + _ALL_DOMAIN,
    "client": ("base", "protos"),
    "omsctl": ("base", "protos", "client"),
    "fake_order_manager": ("base", "model", "order_manager"),
}

# Room: further single headers that it may include.
_SINGLE_HEADERS = {
    room: _STORE_AND_ORDER_MANAGER
    for room in _ALL_DOMAIN
}

# Headers of the wire; they stop at the door. Protobuf's streams of bytes are no
# part of it.
_WIRE = re.compile(
    r"(oms_connector/v1|google/protobuf(?!/io)|google/rpc|grpcpp|grpc)/.*")
_WIRE_ROOMS = ("server", "client", "omsctl")

# Libraries that one pair of files each hides from the rest.
HIDDEN_LIBRARIES = {
    "libcurl": re.compile(r"curl/.*"),
    "libpq": re.compile(r"libpq.*|postgresql/.*"),
    "sqlite3": re.compile(r"sqlite3.*"),
    "simdjson": re.compile(r"simdjson.*"),
    "prometheus": re.compile(r"prometheus/.*"),
    "spdlog": re.compile(r"spdlog/.*|fmt/.*"),
}

# The time is read at the top and handed down.
_CLOCK_CALL = re.compile(r"absl::Now\(\)|system_clock::now\(\)")
_CLOCK_FILES = re.compile(r"base/clock\.cc|(.*/)?main\.cc")

# No backend is named outside storage/: code asks the store for an ability. The
# flag that names one is the exception.
_BACKEND = re.compile(r"sqlite|postgres|libpq", re.I)
_BACKEND_ROOM = re.compile(r"storage/.*")
_BACKEND_FLAGS = re.compile(r"server/main\.cc")

# Third parties', and a caller's own workspace.
_OTHER_TREES = ("third_party/", "tests/consumer/")

_SOURCE = re.compile(r".*\.(h|cc)")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.M)
_COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)


def room_of(path):
    """The room a path belongs to, or None for files outside all rooms."""
    folders = path.split("/")[:-1]
    if not folders:
        return None
    if folders[0] == "oms_connector":  # as callers see the client and the protos
        return "client" if folders[1:2] == ["client"] else "protos"
    return "/".join(folders[:2]) if folders[0] == "domain" else folders[0]


def is_test(path):
    """Whether a file is only ever part of tests, which may see all."""
    return path.startswith("tests/") or path.endswith(
        ("_test.cc", "_test_fixture.cc", "_test_fixture.h"))


def includes_of(text):
    """The paths that a file includes, in order; the client's public headers by
    their place in this tree rather than by their prefix."""
    return [re.sub("^oms_connector/client/", "client/", path)
            for path in _INCLUDE.findall(text)]


def _folder(path):
    return path.rpartition("/")[0]


def _may_include(source, header):
    room = room_of(source)
    header_room = room_of(header)
    if header_room == room or header_room in ROOMS.get(room, ()):
        return True
    singles = _SINGLE_HEADERS.get(room, ())
    return any(single.fullmatch(header) for single in singles)


def _check_arrows(files):
    for path, text in files.items():
        for header in includes_of(text):
            first_party = header in files or room_of(header) == "protos"
            if is_test(path):
                continue
            if first_party and is_test(header):
                yield f"{path} includes {header}: nobody includes tests"
            elif first_party and not _may_include(path, header):
                yield (f"{path} includes {header}: {room_of(path)} may not see "
                       f"{room_of(header)}")
            if _WIRE.fullmatch(header) and room_of(path) not in _WIRE_ROOMS:
                yield f"{path} includes {header}: the wire stops at the door"


def _check_rooms(files):
    for path in files:
        if not is_test(path) and room_of(path) not in ROOMS:
            yield f"{path} lies in no room"


def _check_relative(files):
    for path, text in files.items():
        for header in includes_of(text):
            beside = _folder(path) + "/" + header
            if ".." in header.split("/") or (
                    "/" not in header and beside in files):
                yield f"{path} includes {header}: write it from the root"


def _check_hidden_libraries(files):
    for library, pattern in HIDDEN_LIBRARIES.items():
        pairs = {}
        for path, text in files.items():
            if not is_test(path) and any(
                    pattern.fullmatch(header) for header in includes_of(text)):
                pairs.setdefault(path.rpartition(".")[0], []).append(path)
        if len(pairs) > 1:
            where = ", ".join(sorted(sum(pairs.values(), [])))
            yield f"{library} appears in more than one pair of files: {where}"


def _folder_graph(files):
    graph = {}
    for path, text in files.items():
        if is_test(path):
            continue
        below = graph.setdefault(_folder(path), set())
        for header in includes_of(text):
            if header in files and _folder(header) != _folder(path):
                below.add(_folder(header))
    return graph


def _check_cycles(files):
    graph = _folder_graph(files)
    done = set()

    def visit(folder, trail):
        if folder in trail:
            cycle = trail[trail.index(folder):] + [folder]
            yield "folders include each other: " + " -> ".join(cycle)
            return
        if folder in done:
            return
        for below in sorted(graph.get(folder, ())):
            yield from visit(below, trail + [folder])
        done.add(folder)

    for folder in sorted(graph):
        yield from visit(folder, [])


def _check_clock(files):
    for path, text in files.items():
        if is_test(path) or _CLOCK_FILES.fullmatch(path):
            continue
        if _CLOCK_CALL.search(_COMMENT_OR_TEXT.sub("", text)):
            yield f"{path} reads the clock; take a base::Clock or the time"


def _check_backends(files):
    for path, text in files.items():
        if (is_test(path) or _BACKEND_ROOM.fullmatch(path)
                or _BACKEND_FLAGS.fullmatch(path)):
            continue
        named = _BACKEND.search(_COMMENT_OR_TEXT.sub("", text))
        if named:
            yield f"{path} names {named.group(0)}; ask the store what it can do"


def _check_headers(files):
    for path, text in files.items():
        if not path.endswith(".h"):
            continue
        guard = "OMS_CONNECTOR_" + re.sub(r"[/.]", "_", path).upper() + "_"
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield f"{path} lacks its include guard {guard}"
        if re.search(r"^[ \t]*using namespace ", text, re.M):
            yield f"{path} is a header with a using directive"


# A header whose opening comment calls it pure decides from plain data alone, so
# plain data is all that it may include: base, model and other pure headers;
# where the wire is spoken, its messages too.
_PURE = re.compile(r"\bpure\b", re.I)
_PLAIN_ROOMS = ("base", "model")


def _is_pure(text):
    return _PURE.search(text.partition("#ifndef")[0]) is not None


def _check_pure(files):
    for path, text in files.items():
        if not path.endswith(".h") or is_test(path) or not _is_pure(text):
            continue
        for header in includes_of(text):
            room = room_of(header)
            plain = room in _PLAIN_ROOMS or (
                room == "protos" and room_of(path) in _WIRE_ROOMS)
            if header in files and not plain and not _is_pure(files[header]):
                yield f"{path} calls itself pure and includes {header}"


def check(files):
    """All breaches in `files`, a mapping of path to text, sorted."""
    sources = {path: text for path, text in files.items()
               if _SOURCE.fullmatch(path)
               and not path.startswith(_OTHER_TREES)}
    checks = (_check_arrows, _check_rooms, _check_relative,
              _check_hidden_libraries, _check_cycles, _check_clock,
              _check_backends, _check_headers, _check_pure)
    return sorted({line for rule in checks for line in rule(sources)})
