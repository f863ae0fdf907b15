"""Holds this tree against the rules, and the rules against trees that break them."""

import os
import unittest

from tests.architecture import architecture

_SKIPPED_FOLDERS = ("node_modules",)


def workspace_files():
    """Every source file of the workspace that this test was built in."""
    here = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
    root = os.path.dirname(os.path.realpath(os.path.join(here, "WORKSPACE")))
    files = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if not name.startswith((".", "bazel-"))
                      and name not in _SKIPPED_FOLDERS]
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith((".h", ".cc")):
                with open(path, encoding="utf-8") as file:
                    files[os.path.relpath(path, root)] = file.read()
    return files


def header(path, *includes, body=""):
    """A well-formed header that includes these."""
    guard = "OMS_CONNECTOR_" + path.replace("/", "_").replace(".", "_").upper()
    return f"#ifndef {guard}_\n#define {guard}_\n{source(*includes)}{body}#endif\n"


def source(*includes):
    return "".join(f'#include "{path}"\n' for path in includes)


def tree(**folders):
    """tree(base={"a.h": [includes]}): `__` in a folder's name stands for `/`."""
    files = {}
    for folder, contents in folders.items():
        for name, includes in contents.items():
            path = folder.replace("__", "/") + "/" + name
            files[path] = (header(path, *includes) if name.endswith(".h")
                           else source(*includes))
    return files


class ThisTree(unittest.TestCase):

    def test_keeps_the_rules(self):
        files = workspace_files()
        self.assertIn("base/clock.h", files)
        self.assertEqual([], architecture.check(files))


class Arrows(unittest.TestCase):
    """One allowed and forbidden arrow after the other."""

    HEADERS = {
        "base": "base/clock.h",
        "protos": "oms_connector/v1/settings.pb.h",
        "model": "model/settings.h",
        "domain/connections": "domain/connections/carts.h",
        "domain/feeds": "domain/feeds/pull.h",
        "domain/inventory": "domain/inventory/syncer.h",
        "domain/shipments": "domain/shipments/feed.h",
        "domain/carriers": "domain/carriers/detector.h",
        "order_manager": "order_manager/rest_client.h",
        "storage": "storage/sqlite/driver.h",
        "server": "server/rpc/call.h",
        "client": "client/client.h",
        "omsctl": "omsctl/table.h",
        "fake_order_manager": "fake_order_manager/world.h",
        "tests": "tests/support/fake.h",
    }

    # Copied from the table in docs rather than from the checker.
    ALLOWED = {
        "base": "",
        "model": "base",
        "domain/connections": "base model",
        "domain/feeds": "base model",
        "domain/inventory": "base model domain/feeds",
        "domain/shipments": "base model domain/feeds domain/carriers",
        "domain/carriers": "base model",
        "order_manager": "base model",
        "storage": "base model",
        "server": "base protos model domain/connections domain/feeds "
                  "domain/inventory domain/shipments domain/carriers "
                  "order_manager storage",
        "client": "base protos",
        "omsctl": "base protos client",
        "fake_order_manager": "base model order_manager",
    }

    def breaches(self, room, included, name="new.cc"):
        path = f"{room}/{name}"
        files = {path: source(included)}
        if not included.startswith("oms_connector/"):
            files[included] = header(included)
        return [line for line in architecture.check(files)
                if line.startswith(f"{path} includes")]

    def test_only_those_of_the_table_pass(self):
        for room, allowed in self.ALLOWED.items():
            for other, included in self.HEADERS.items():
                expected = other in allowed.split() or other == room
                self.assertEqual(expected, not self.breaches(room, included),
                                 f"{room} -> {other}")

    def test_use_cases_see_the_store_and_the_order_manager(self):
        for room in ("connections", "feeds", "inventory", "shipments",
                     "carriers"):
            for included in ("storage/store.h", "storage/run_tables.h",
                             "order_manager/order_manager.h"):
                self.assertEqual([], self.breaches(f"domain/{room}", included))

    def test_use_cases_see_nothing_else_of_them(self):
        for included in ("storage/store_test_suite.h", "storage/tables.h",
                         "storage/sql/run_tables.h", "storage/run_tables_sql.h",
                         "order_manager/quota.h"):
            self.assertTrue(self.breaches("domain/inventory", included))

    def test_nouns_see_no_store(self):
        for included in ("storage/store.h", "order_manager/order_manager.h"):
            self.assertTrue(self.breaches("model", included))

    def test_nobody_includes_tests(self):
        for room in self.ALLOWED:
            lines = self.breaches(room, "tests/support/fake.h")
            self.assertIn("nobody includes tests", lines[0])

    def test_tests_see_all(self):
        for included in self.HEADERS.values():
            self.assertEqual([], self.breaches("tests/cases", included))
            self.assertEqual([], self.breaches("base", included, "new_test.cc"))
            self.assertEqual(
                [], self.breaches("base", included, "new_test_fixture.h"))

    def test_headers_are_held_to_them_too(self):
        files = tree(base={"a.h": ["model/b.h"]},
                     model={"b.h": []})
        self.assertEqual(
            ["base/a.h includes model/b.h: base may not see "
             "model"], architecture.check(files))

    def test_angle_brackets_hide_nothing(self):
        files = tree(server={"a.h": []})
        files["base/b.cc"] = " #  include <server/a.h>\n"
        self.assertEqual(1, len(architecture.check(files)))


class Wire(unittest.TestCase):

    def test_stops_at_the_door(self):
        for included in ("grpcpp/grpcpp.h", "google/rpc/status.pb.h",
                         "google/protobuf/message.h",
                         "grpc/health/v1/health.pb.h",
                         "oms_connector/v1/settings.grpc.pb.h"):
            for room in ("base", "domain__inventory", "storage",
                         "order_manager"):
                lines = architecture.check(tree(**{room: {"a.cc": [included]}}))
                self.assertIn("the wire stops at the door", "\n".join(lines))
            for room in ("server", "client", "tests__cases"):
                files = tree(**{room: {"a.cc": [included]}})
                self.assertEqual([], architecture.check(files))


class HiddenLibraries(unittest.TestCase):

    HEADERS = {
        "libcurl": "curl/curl.h",
        "libpq": "libpq-fe.h",
        "sqlite3": "sqlite3.h",
        "simdjson": "simdjson.h",
        "prometheus": "prometheus/registry.h",
        "spdlog": "spdlog/spdlog.h",
    }

    def test_one_pair_each_passes(self):
        for included in self.HEADERS.values():
            files = tree(server={"a.h": [included], "a.cc": [included]})
            self.assertEqual([], architecture.check(files))

    def test_a_second_pair_fails(self):
        self.assertEqual(set(self.HEADERS), set(architecture.HIDDEN_LIBRARIES))
        for library, included in self.HEADERS.items():
            files = tree(server={"a.cc": [included]},
                         storage={"b.cc": [included]})
            self.assertEqual(
                [f"{library} appears in more than one pair of files: "
                 "server/a.cc, storage/b.cc"], architecture.check(files))

    def test_tests_may_look_behind(self):
        for included in self.HEADERS.values():
            files = tree(server={"a.cc": [included], "b_test.cc": [included]},
                         tests__faults={"c.cc": [included]})
            self.assertEqual([], architecture.check(files))


class Backends(unittest.TestCase):

    def breaches(self, path, text):
        return [line for line in architecture.check({path: text})
                if "ask the store" in line]

    def test_no_room_but_storage_names_one(self):
        for text in ("#include \"storage/x.h\"\nOpenSqlite();", "IsPostgresUrl();"):
            for path in ("server/server.cc", "domain/feeds/a.cc", "base/a.h"):
                self.assertEqual(1, len(self.breaches(path, text)), path)
            self.assertEqual([], self.breaches("storage/databases/a.cc", text))
            self.assertEqual([], self.breaches("server/a_test.cc", text))

    def test_the_flag_may(self):
        self.assertEqual([], self.breaches(
            "server/main.cc", "ABSL_FLAG(std::string, sqlite_synchronous);"))

    def test_comments_and_messages_may(self):
        self.assertEqual([], self.breaches(
            "server/a.cc", '// SQLite has one writer.\nF("a SQLite store");'))


class Folders(unittest.TestCase):

    def test_two_that_include_each_other_fail(self):
        files = tree(storage={"a.h": ["storage/sql/b.h"], "c.h": []},
                     storage__sql={"b.h": ["storage/c.h"]})
        self.assertEqual(
            ["folders include each other: storage -> storage/sql -> storage"],
            architecture.check(files))

    def test_a_ring_of_three_fails(self):
        files = tree(storage={"a.h": ["storage/sql/b.h"]},
                     storage__sql={"b.h": ["storage/sqlite/c.h"]},
                     storage__sqlite={"c.h": ["storage/a.h"]})
        self.assertEqual(1, len(architecture.check(files)))

    def test_a_diamond_passes(self):
        files = tree(storage={"a.h": []},
                     storage__sql={"b.h": ["storage/a.h"]},
                     storage__sqlite={"c.h": ["storage/sql/b.h",
                                              "storage/a.h"]})
        self.assertEqual([], architecture.check(files))

    def test_outside_all_rooms_fail(self):
        self.assertEqual(["helpers/a.cc lies in no room"],
                         architecture.check(tree(helpers={"a.cc": []})))
        self.assertEqual(["domain/a.cc lies in no room"],
                         architecture.check(tree(domain={"a.cc": []})))


class PureHeaders(unittest.TestCase):

    def breaches(self, included, path="domain/inventory/rule.h", **others):
        files = {path: "// What is due. Pure.\n" + header(path, included)}
        files.update(tree(**others))
        return [line for line in architecture.check(files) if "pure" in line]

    def test_include_plain_data(self):
        for folder in ("base", "model"):
            self.assertEqual([], self.breaches(
                folder + "/a.h", **{folder: {"a.h": []}}))

    def test_include_each_other(self):
        files = {"domain/inventory/" + name: "// Pure functions.\n" + header(
            "domain/inventory/" + name, *includes)
            for name, includes in (("a.h", []),
                                   ("b.h", ["domain/inventory/a.h"]))}
        self.assertEqual([], architecture.check(files))

    def test_include_nothing_that_works(self):
        self.assertEqual(
            ["domain/inventory/rule.h calls itself pure and includes "
             "storage/store.h"],
            self.breaches("storage/store.h", storage={"store.h": []}))

    def test_may_speak_the_wire_where_it_is_spoken(self):
        included = "oms_connector/v1/settings.pb.h"
        self.assertEqual([], self.breaches(included, path="omsctl/text.h"))

    def test_speak_of_themselves_in_their_opening_comment(self):
        path = "domain/feeds/a.h"
        files = {path: header(path, "storage/store.h", body="// Pure.\n")}
        files.update(tree(storage={"store.h": []}))
        self.assertEqual([], architecture.check(files))


class Files(unittest.TestCase):

    def test_relative_includes_fail(self):
        for included in ("a.h", "../base/a.h"):
            files = tree(base={"a.h": [], "b.cc": [included]})
            self.assertEqual(
                [f"base/b.cc includes {included}: write it from the root"],
                architecture.check(files))

    def test_reading_the_clock_fails(self):
        for call in ("absl::Now()", "std::chrono::system_clock::now()"):
            for path, breaches in (("server/a.cc", 1), ("base/clock.cc", 0),
                                   ("server/main.cc", 0),
                                   ("server/a_test.cc", 0)):
                files = {path: f"auto t = {call};\n"}
                self.assertEqual(breaches, len(architecture.check(files)))

    def test_speaking_of_the_clock_passes(self):
        files = {"server/a.cc": '// not absl::Now()\nf("absl::Now()");\n'}
        self.assertEqual([], architecture.check(files))

    def test_wrong_guards_fail(self):
        files = {"base/a.h": header("base/b.h")}
        self.assertEqual(
            ["base/a.h lacks its include guard OMS_CONNECTOR_BASE_A_H_"],
            architecture.check(files))

    def test_using_directives_in_headers_fail(self):
        line = "using namespace std;\n"
        self.assertEqual(1, len(architecture.check(
            {"base/a.h": header("base/a.h", body=line)})))
        self.assertEqual([], architecture.check({"base/a.cc": line}))


if __name__ == "__main__":
    unittest.main()
