"""described_protos: protos as protoc understands them, comments included."""

load("@oms_connector//third_party/grpc:cc_grpc_library.bzl", "import_path")

def _described_protos_impl(ctx):
    infos = [proto[ProtoInfo] for proto in ctx.attr.protos]
    output = ctx.actions.declare_file(ctx.label.name + ".binpb")
    args = ctx.actions.args()
    args.add("--include_imports")
    args.add("--include_source_info")
    args.add("--descriptor_set_out=" + output.path)
    args.add_all(
        depset(transitive = [info.transitive_proto_path for info in infos]),
        before_each = "-I",
    )
    args.add_all([
        import_path(source)
        for info in infos
        for source in info.direct_sources
    ])
    ctx.actions.run(
        executable = ctx.executable._protoc,
        arguments = [args],
        inputs = depset(transitive = [info.transitive_sources for info in infos]),
        outputs = [output],
        mnemonic = "DescribeProtos",
    )
    return [DefaultInfo(files = depset([output]))]

described_protos = rule(
    implementation = _described_protos_impl,
    doc = "A FileDescriptorSet of `protos` and what they import, in the order in which they build, with json_name and source info. Bazel's own sets have no comments.",
    attrs = {
        "protos": attr.label_list(mandatory = True, providers = [ProtoInfo]),
        "_protoc": attr.label(
            default = "@com_google_protobuf//:bin/protoc",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
)
