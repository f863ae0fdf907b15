"""Abseil as Debian packages it, under Abseil's own labels."""

load("//third_party:debian.bzl", "require_installed")

# The labels we use, by package. Each stands for all of Abseil, because the
# linker drops the libraries that a binary does not need.
_TARGETS = {
    "algorithm": ["container"],
    "base": ["base", "config", "core_headers", "log_severity"],
    "cleanup": ["cleanup"],
    "container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "debugging": ["failure_signal_handler", "stacktrace", "symbolize"],
    "flags": [
        "commandlineflag",
        "config",
        "flag",
        "marshalling",
        "parse",
        "reflection",
        "usage",
    ],
    "functional": ["any_invocable", "bind_front", "function_ref"],
    "hash": ["hash"],
    "memory": ["memory"],
    "meta": ["type_traits"],
    "numeric": ["bits", "int128"],
    "random": ["bit_gen_ref", "distributions", "random"],
    "status": ["status", "statusor"],
    "strings": ["cord", "str_format", "strings"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": ["any", "optional", "span", "variant"],
    "utility": ["utility"],
}

_LIBRARY_FOLDER = "/usr/lib/x86_64-linux-gnu"

# Libraries of Abseil's own tests.
_LEFT_OUT = ["distribution_test_util", "scoped_set_env", "cordz_sample_token"]

def _library_names(ctx):
    names = []
    for entry in ctx.path(_LIBRARY_FOLDER).readdir():
        name = entry.basename
        if name.startswith("libabsl_") and name.endswith(".so"):
            if not [word for word in _LEFT_OUT if word in name]:
                names.append(name[len("lib"):-len(".so")])
    return sorted(names)

def _wrapped_names(ctx):
    rows = ctx.read(ctx.attr._tsan).split("\nWRAP(")[1:]
    return [row.split(",")[1].strip() for row in rows]

_BUILD = """config_setting(
    name = "tsan",
    define_values = {{"tsan": "true"}},
)

cc_library(
    name = "absl",
    linkopts = {linkopts} + select({{
        ":tsan": {wrapopts},
        "//conditions:default": [],
    }}),
    visibility = ["//visibility:public"],
    deps = select({{
        ":tsan": [":absl_tsan"],
        "//conditions:default": [],
    }}),
)

cc_library(
    name = "absl_tsan",
    srcs = ["absl_tsan.cc"],
    alwayslink = True,
)
"""

def _debian_absl_impl(ctx):
    require_installed(ctx, "/usr/include/absl/status/status.h", "libabsl-dev")
    linkopts = ["-Wl,--push-state,--as-needed"]
    linkopts += ["-l" + name for name in _library_names(ctx)]
    linkopts += ["-Wl,--pop-state", "-pthread"]
    ctx.symlink(ctx.attr._tsan, "absl_tsan.cc")
    ctx.file("BUILD.bazel", _BUILD.format(
        linkopts = repr(linkopts),
        wrapopts = repr(["-Wl,--wrap=" + name for name in _wrapped_names(ctx)]),
    ), executable = False)
    for package, targets in _TARGETS.items():
        ctx.file("absl/%s/BUILD.bazel" % package, "\n".join(["""cc_library(
    name = "{name}",
    visibility = ["//visibility:public"],
    deps = ["//:absl"],
)
""".format(name = target) for target in targets]), executable = False)

debian_absl = repository_rule(
    implementation = _debian_absl_impl,
    attrs = {"_tsan": attr.label(default = "//third_party:absl_tsan.cc")},
    local = True,
)
