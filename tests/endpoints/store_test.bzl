"""Tests that run once for each database."""

def store_test(name, srcs, deps, size = "medium", timeout = None, tags = [], env = {}, **kwargs):
    """A cc_test on SQLite, and one on PostgreSQL named NAME_postgres.

    Its stores come from tests/endpoints/test_store.h.

    Args:
      name: of the test on SQLite.
      srcs: compiled once for both.
      deps: of the sources.
      size: of the one on SQLite; the other waits for a server.
      timeout: of the one on SQLite, where it is not that of its size.
      tags: of both.
      env: of both.
      **kwargs: what else a cc_test takes.
    """
    native.cc_library(
        name = name + "_cases",
        testonly = True,
        srcs = srcs,
        deps = deps,
        alwayslink = True,
    )
    cases = [":" + name + "_cases"]
    native.cc_test(
        name = name,
        size = size,
        timeout = timeout,
        tags = tags,
        env = env,
        deps = cases,
        **kwargs
    )
    postgres_env = dict(env)
    postgres_env["OMS_TEST_STORE"] = "postgres"

    # Another user's processes cannot be started from within the sandbox. What
    # takes a minute with a server of its own takes many beside other tests.
    native.cc_test(
        name = name + "_postgres",
        size = "large" if size in ["large", "medium"] else "medium",
        timeout = "eternal" if size in ["large", "medium"] else "long",
        tags = tags + ["local"],
        env = postgres_env,
        deps = cases,
        **kwargs
    )
