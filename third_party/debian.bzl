"""Repository rules over installed Debian packages."""

def require_installed(ctx, path, package):
    """Fails with the one command that helps where `path` is missing."""
    if not ctx.path(path).exists:
        fail("%s is missing: apt-get install %s" % (path, package))

def _debian_repository_impl(ctx):
    require_installed(ctx, ctx.attr.requires, ctx.attr.package)
    for target, link in ctx.attr.links.items():
        ctx.symlink(target, link)
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

debian_repository = repository_rule(
    implementation = _debian_repository_impl,
    doc = "A BUILD file beside symbolic links into the file system.",
    attrs = {
        "build_file": attr.label(mandatory = True),
        "links": attr.string_dict(doc = "Absolute path to path in the repository."),
        "package": attr.string(mandatory = True, doc = "What to install if it is missing."),
        "requires": attr.string(mandatory = True, doc = "A file by which we see that it is installed."),
    },
    local = True,
)

_RULES_CC = "/usr/share/bazel/rules/cc"
_TOOLCHAIN_FILES = ["compiler_flag.bzl", "cc_flags_supplier.bzl"]

def _debian_rules_cc_impl(ctx):
    require_installed(ctx, _RULES_CC, "bazel-rules-cc")
    for entry in ctx.path(_RULES_CC).readdir():
        if entry.basename != "cc":
            ctx.symlink(entry, entry.basename)
    for entry in ctx.path(_RULES_CC + "/cc").readdir():
        if entry.basename != "private":
            ctx.symlink(entry, "cc/" + entry.basename)
    for entry in ctx.path(_RULES_CC + "/cc/private").readdir():
        if entry.basename != "rules_impl":
            ctx.symlink(entry, "cc/private/" + entry.basename)
    for entry in ctx.path(_RULES_CC + "/cc/private/rules_impl").readdir():
        path = "cc/private/rules_impl/" + entry.basename
        if entry.basename in _TOOLCHAIN_FILES:
            text = ctx.read(entry)
            text = text.replace(", \"use_cpp_toolchain\")", ")")
            text = text.replace(
                "use_cpp_toolchain()",
                "[\"@bazel_tools//tools/cpp:toolchain_type\"]",
            )
            ctx.file(path, text, executable = False)
        else:
            ctx.symlink(entry, path)

debian_rules_cc = repository_rule(
    implementation = _debian_rules_cc_impl,
    doc = "Debian's rules_cc 0.0.4, less the one symbol that its Bazel 4.2.3 lacks.",
    local = True,
)
