"""Holds the documents: links lead somewhere, docs/api/ says what the protos say."""

import glob
import os
import re
import unittest

import api_reference

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.M | re.S)
_HEADING = re.compile(r"^#+ +(.*)$", re.M)
# Files that documents name in running text.
_NAMED = re.compile(r"`((?:docs|tests|tools|examples|protos|client|server|"
                    r"domain|storage|model|omsctl|base|order_manager)/[\w./-]+)`")


def workspace():
    """The root of the workspace that this test was built in."""
    here = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
    return os.path.dirname(os.path.realpath(os.path.join(here, "WORKSPACE")))


def documents(root):
    """Path below the root to text, of every Markdown file."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if not name.startswith((".", "bazel-"))
                      and name != "node_modules"]
        for name in names:
            if name.endswith(".md"):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as file:
                    found[os.path.relpath(path, root)] = file.read()
    return found


def anchors(text):
    """What a link into a page may name behind its #."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in _HEADING.findall(_CODE.sub(
                lambda code: code.group().strip("`"), text))}


def broken_links(path, pages, exists):
    """Links of a page that lead nowhere, as far as files go."""
    text = _CODE.sub("", pages[path])
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        where = os.path.normpath(os.path.join(os.path.dirname(path), target)
                                 ) if target else path
        if not exists(where):
            yield f"{path}: {link} is no file"
        elif anchor and where in pages and anchor not in anchors(pages[where]):
            yield f"{path}: {link} is no heading"


class Documents(unittest.TestCase):

    def setUp(self):
        self.root = workspace()
        self.pages = documents(self.root)

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def test_links_lead_somewhere(self):
        self.assertIn("README.md", self.pages)
        self.assertEqual([], [broken for path in sorted(self.pages)
                              for broken in broken_links(path, self.pages,
                                                         self.exists)])

    def test_files_that_are_named_exist(self):
        # A pair of files is named without its ends.
        missing = sorted({f"{path}: {name}" for path, text in self.pages.items()
                          for name in _NAMED.findall(text)
                          if not glob.glob(f"{self.root}/{name.rstrip('/.')}*")})
        self.assertEqual([], missing)

    def test_the_reference_says_what_the_protos_say(self):
        wanted = {f"docs/api/{name}": text for name, text in
                  api_reference.pages(self.root).items()}
        there = {path: text for path, text in self.pages.items()
                 if path.startswith("docs/api/")}
        stale = [path for path in sorted(set(wanted) | set(there))
                 if wanted.get(path) != there.get(path)]
        self.assertEqual([], stale, "tools/api_reference.py writes them anew")


class BrokenLinks(unittest.TestCase):

    PAGES = {"docs/a.md": "# One thing\n## `Two` things\n[x](b.md#there)",
             "docs/b.md": "# There\n[a](a.md#two-things) [a](#there) "
                          "[gone](c.md) [no](a.md#three) `[code](x.md)`\n"}

    def test_are_found(self):
        found = [broken for path in self.PAGES
                 for broken in broken_links(path, self.PAGES,
                                            self.PAGES.__contains__)]
        self.assertEqual(["docs/b.md: c.md is no file",
                          "docs/b.md: a.md#three is no heading"], found)


if __name__ == "__main__":
    unittest.main()
