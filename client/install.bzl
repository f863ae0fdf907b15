"""install_tree: what a caller outside of Bazel needs of a library, as a folder."""

# Where generated and prefixed headers lie, and from where on their path is the
# one that they are included by.
_MARKERS = [
    "/_virtual_includes/headers/",
    "/_virtual_includes/mocks/",
    "/_virtual_imports/oms_connector_proto/",
    "/_oms_connector_cc_grpc_sources/",
    "/com_google_googleapis/",
]

def _include_path(file):
    for marker in _MARKERS:
        if marker in file.path:
            return file.path.split(marker)[1]
    return None

def _archives(cc_info):
    archives = []
    for linker_input in cc_info.linking_context.linker_inputs.to_list():
        for library in linker_input.libraries:
            archive = library.pic_static_library or library.static_library
            if archive:
                archives.append(archive)
    return archives

def _install_tree_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.label.name)
    info = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps])
    archives = _archives(info)
    lines = ["set -eu", "mkdir -p %s/lib" % folder.path]
    lines.append("{ echo create %s/lib/%s" % (folder.path, ctx.attr.archive))
    lines += ["echo addlib %s" % archive.path for archive in archives]
    lines.append("echo save; echo end; } | ar -M")
    headers = {}
    for header in info.compilation_context.headers.to_list():
        path = _include_path(header)
        if path and path.endswith(".h"):
            headers["include/" + path] = header
    for proto in ctx.files.protos:
        path = proto.path.split("/protos/")[-1] if "com_google_googleapis" not in proto.path else proto.path.split("/com_google_googleapis/")[-1]
        headers["share/oms_connector/protos/" + path.replace("protos/oms_connector/", "oms_connector/")] = proto
    for target, file in headers.items():
        lines.append("install -D -m 644 %s %s/%s" % (file.path, folder.path, target))
    ctx.actions.run_shell(
        command = "\n".join(lines),
        inputs = depset(archives + headers.values()),
        mnemonic = "InstallTree",
        outputs = [folder],
    )
    return [DefaultInfo(files = depset([folder]))]

install_tree = rule(
    implementation = _install_tree_impl,
    doc = "One static library of everything linked, the headers, the protos.",
    attrs = {
        "archive": attr.string(mandatory = True),
        "deps": attr.label_list(providers = [CcInfo]),
        "protos": attr.label_list(allow_files = [".proto"]),
    },
)
