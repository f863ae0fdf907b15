#!/usr/bin/python3
"""Writes docs/api/ from the comments in protos/: one page for each file.

    tools/api_reference.py           writes what has changed
    tools/api_reference.py --check   fails where a page is not as it would be
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

_GOOGLEAPIS = "/usr/share/gocode/src/github.com/gogo/googleapis"
_PACKAGE = ".oms_connector.v1."

# Numbers of fields in descriptor.proto, of which paths are made.
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_FIELD, _NESTED, _NESTED_ENUM, _VALUE, _METHOD = 2, 3, 4, 2, 2

_TYPES = {value: name[len("TYPE_"):].lower() for name, value in
          descriptor_pb2.FieldDescriptorProto.Type.items()}
_LEVELS = {0: "Not to be repeated without a `request_id`.",
           1: "Without side effects: may be repeated.",
           2: "Idempotent: may be repeated."}


def describe(root):
    """The contract's files, with their comments."""
    protos = sorted(glob.glob(f"{root}/protos/oms_connector/v1/*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", "-I", f"{root}/protos", "-I", _GOOGLEAPIS,
                        "--include_source_info",
                        f"--descriptor_set_out={out.name}"] + protos, check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(out.read()).file


class Page:
    """One proto file as Markdown; `places` tells the page of each type."""

    def __init__(self, file, places):
        self._file = file
        self._places = places
        self._comments = {tuple(place.path): place.leading_comments
                          for place in file.source_code_info.location}
        detached = [place.leading_detached_comments
                    for place in file.source_code_info.location
                    if list(place.path) == [12]]  # above `syntax`
        self._about = self._comments.get((12,)) or "".join(
            detached[0] if detached else ())
        self.lines = []

    def _words(self, *path):
        return " ".join(self._comments.get(path, "").split())

    def _paragraphs(self, text):
        for paragraph in re.split(r"\n\s*\n", text.strip()):
            self.lines += [" ".join(paragraph.split()), ""]

    def _type(self, field):
        if field.type_name.startswith(_PACKAGE):
            name = field.type_name[len(_PACKAGE):]
            anchor = name.lower().replace(".", "")
            text = f"[{name}]({self._places[name]}#{anchor})"
        elif field.type_name:
            text = field.type_name.lstrip(".")
        else:
            text = _TYPES[field.type]
        repeated = field.label == field.LABEL_REPEATED
        return ("repeated " if repeated else "") + text

    def _enum(self, enum, name, path):
        self.lines += [f"## {name}", ""]
        self._paragraphs(self._comments.get(path, ""))
        self.lines += ["| value | |", "|---|---|"]
        for i, value in enumerate(enum.value):
            self.lines.append(f"| `{value.name}` = {value.number} | "
                              f"{self._words(*path, _VALUE, i)} |")
        self.lines.append("")

    def _message(self, message, name, path):
        self.lines += [f"## {name}", ""]
        self._paragraphs(self._comments.get(path, ""))
        if message.field:
            self.lines += ["| field | type | |", "|---|---|---|"]
        for i, field in enumerate(message.field):
            words = self._words(*path, _FIELD, i).replace("|", "\\|")
            self.lines.append(
                f"| `{field.name}` = {field.number} | {self._type(field)} | "
                f"{words} |")
        if message.field:
            self.lines.append("")
        for i, enum in enumerate(message.enum_type):
            self._enum(enum, f"{name}.{enum.name}", path + (_NESTED_ENUM, i))
        for i, nested in enumerate(message.nested_type):
            self._message(nested, f"{name}.{nested.name}", path + (_NESTED, i))

    def _service(self, service, path):
        self.lines += [f"## {service.name}", ""]
        self._paragraphs(self._comments.get(path, ""))
        for i, method in enumerate(service.method):
            self.lines += [f"### {method.name}", ""]
            self._paragraphs(self._comments.get(path + (_METHOD, i), ""))
            request, response = (
                f"[{name}]({self._places[name]}#{name.lower()})" for name in
                (method.input_type[len(_PACKAGE):],
                 method.output_type[len(_PACKAGE):]))
            level = _LEVELS[method.options.idempotency_level]
            self.lines += [f"{request} → {response}. {level}", ""]

    def text(self):
        title = os.path.basename(self._file.name)[:-len(".proto")]
        self.lines = [f"# {title.replace('_', ' ').capitalize()}", ""]
        self._paragraphs(self._about)
        self.lines += [f"Made from `protos/{self._file.name}` by "
                       "`tools/api_reference.py`.", ""]
        for i, service in enumerate(self._file.service):
            self._service(service, (_SERVICE, i))
        for i, message in enumerate(self._file.message_type):
            self._message(message, message.name, (_MESSAGE, i))
        for i, enum in enumerate(self._file.enum_type):
            self._enum(enum, enum.name, (_ENUM, i))
        return "\n".join(self.lines).rstrip("\n") + "\n"


def _page_name(file):
    return os.path.basename(file.name).replace(".proto", ".md")


def _places(files):
    """The page that each message and enum is on."""
    places = {}

    def add(prefix, messages, enums, page):
        for enum in enums:
            places[prefix + enum.name] = page
        for message in messages:
            places[prefix + message.name] = page
            add(prefix + message.name + ".", message.nested_type,
                message.enum_type, page)

    for file in files:
        add("", file.message_type, file.enum_type, _page_name(file))
    return places


def pages(root):
    """File name below docs/api/ to text."""
    files = describe(root)
    places = _places(files)
    return {_page_name(file): Page(file, places).text() for file in files}


def main(check):
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = f"{root}/docs/api"
    os.makedirs(folder, exist_ok=True)
    wanted = pages(root)
    stale = []
    for name in sorted(set(os.listdir(folder)) | set(wanted)):
        path = f"{folder}/{name}"
        now = open(path, encoding="utf-8").read() if os.path.exists(path) else None
        if now == wanted.get(name):
            continue
        stale.append(f"docs/api/{name}")
        if check:
            continue
        if name not in wanted:
            os.remove(path)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(wanted[name])
    for path in stale:
        print(("not as the protos say: " if check else "wrote ") + path)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
