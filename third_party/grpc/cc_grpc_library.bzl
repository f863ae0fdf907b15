"""cc_grpc_library: the service stubs of a proto_library, with gmock doubles."""

def import_path(file):
    """Returns the path by which other protos import `file`."""
    marker = "/_virtual_imports/"
    if marker in file.path:
        return file.path.split(marker)[1].partition("/")[2]
    return file.short_path.partition("/")[2].partition("/")[2] if file.short_path.startswith("../") else file.short_path

def _grpc_sources_impl(ctx):
    info = ctx.attr.proto[ProtoInfo]
    imports = [import_path(source) for source in info.direct_sources]
    folder = ctx.label.name
    outputs = [
        ctx.actions.declare_file("%s/%s%s" % (folder, path[:-len(".proto")], suffix))
        for path in imports
        for suffix in [".grpc.pb.cc", ".grpc.pb.h", "_mock.grpc.pb.h"]
    ]
    root = outputs[0].path[:-len(imports[0]) + len(".proto") - len(".grpc.pb.cc")]
    args = ctx.actions.args()
    args.add("--plugin=protoc-gen-grpc=" + ctx.executable._plugin.path)
    args.add("--grpc_out=generate_mock_code=true:" + root)
    args.add_joined("--descriptor_set_in", info.transitive_descriptor_sets, join_with = ":")
    args.add_all(imports)
    ctx.actions.run(
        executable = ctx.executable._protoc,
        arguments = [args],
        inputs = info.transitive_descriptor_sets,
        tools = [ctx.executable._plugin],
        outputs = outputs,
        mnemonic = "GrpcCpp",
    )
    return [DefaultInfo(files = depset(outputs))]

_grpc_sources = rule(
    implementation = _grpc_sources_impl,
    attrs = {
        "proto": attr.label(mandatory = True, providers = [ProtoInfo]),
        "_plugin": attr.label(
            default = "@com_github_grpc_grpc//:bin/grpc_cpp_plugin",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
        "_protoc": attr.label(
            default = "@com_google_protobuf//:bin/protoc",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
)

def cc_grpc_library(name, proto, deps, **kwargs):
    """Service code of `proto`; includes read as the proto's import path.

    Args:
      name: of the resulting cc_library.
      proto: one proto_library.
      deps: the cc_proto_library of the same proto.
      **kwargs: visibility and the like.
    """
    sources = "_%s_sources" % name
    _grpc_sources(name = sources, proto = proto)
    native.cc_library(
        name = name,
        srcs = [sources],
        hdrs = [sources],
        includes = [sources],
        deps = deps + ["@com_github_grpc_grpc//:grpc++"],
        **kwargs
    )
