#!/usr/bin/env python3
"""Names the libraries that the programs use, with their licences.

notices.py "libcurl4 (>= 7.16.3), libgrpc++1.51 (>= 1.51.1), ..."

Licences are what Debian's machine-readable copyright files say. Header-only
libraries leave no dependency behind, so they are named here.
"""

import pathlib
import re
import sys

_HEADERS_ONLY = ("libcpp-httplib-dev", "libcli11-dev", "nlohmann-json3-dev")


def licences(package):
    """The short names of the licences of an installed package, sorted."""
    path = pathlib.Path("/usr/share/doc") / package / "copyright"
    if not path.exists():
        return ["see the package"]
    text = path.read_text(encoding="utf-8", errors="replace")
    names = set(re.findall(r"^License:[ \t]*(\S[^\n]*)$", text, re.M))
    return sorted(names) or ["see " + str(path)]


def main():
    """Prints one paragraph for each library."""
    packages = [re.split(r"[ (|]", part.strip())[0]
                for part in sys.argv[1].split(",") if part.strip()]
    print("OMS Connector uses these libraries. Their licences in full are in\n"
          "/usr/share/doc/PACKAGE/copyright of each package.\n")
    for package in sorted(set(packages)) + list(_HEADERS_ONLY):
        kind = " (part of the programs)" if package in _HEADERS_ONLY else ""
        print(f"{package}{kind}\n    {', '.join(licences(package))}\n")


if __name__ == "__main__":
    main()
