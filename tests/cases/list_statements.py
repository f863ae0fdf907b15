"""Writes the SQL constants of C++ files as an array for a C++ test.

    list_statements.py storage/sql/*.cc > statements.inc

A statement is a `constexpr char kName[]` put together from string literals and
macros of them. What is no statement of SQL is left out, and so is what runs no
plan, such as SAVEPOINT.
"""

import re
import sys

_TOKEN = re.compile(
    r'R"\((?P<raw>.*?)\)"|"(?P<text>(?:\\.|[^"\\])*)"|(?P<name>\w+)', re.S)
_MACRO = re.compile(r"^#define (\w+) +((?:[^\n]*\\\n)*[^\n]*)$", re.M)
_CONSTANT = re.compile(r"constexpr char (k\w+)\[\] =(.*?);\n", re.S)
_PLANNED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")


def _join(tokens, macros):
    text = ""
    for token in _TOKEN.finditer(tokens):
        if token["raw"] is not None:
            text += token["raw"]
        elif token["text"] is not None:
            text += token["text"].encode().decode("unicode_escape")
        else:
            text += _join(macros[token["name"]], macros)
    return text


def statements(source):
    """(name, SQL) of every statement that the text of a C++ file declares."""
    macros = {name: body.replace("\\\n", " ")
              for name, body in _MACRO.findall(source)}
    # A semicolon within a raw string ends no declaration.
    for name, tokens in _CONSTANT.findall(source):
        try:
            sql = _join(tokens, macros)
        except KeyError:
            continue  # put together from something else than text
        if _PLANNED.match(sql):
            yield name, sql


def main(paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            source = file.read()
        for name, sql in statements(source):
            print(f'{{"{path}", "{name}", R"sql({sql})sql"}},')


if __name__ == "__main__":
    main(sys.argv[1:])
