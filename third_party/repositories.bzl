"""Every external repository, all of them over packages that Debian installs.

The names and labels are the usual ones (`@com_google_absl//absl/strings`), so
that BUILD files read as in any gRPC project and a move to fetched sources
touches this folder only.
"""

load("//third_party:absl.bzl", "debian_absl")
load("//third_party:debian.bzl", "debian_repository", "debian_rules_cc")

_INCLUDE = "/usr/include/"

def _bazel_repositories():
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
    native.local_repository(name = "platforms", path = "/usr/share/bazel/platforms")
    debian_rules_cc(name = "rules_cc")

    # `bazel test` asks for this target even where no coverage is collected.
    native.new_local_repository(
        name = "remote_coverage_tools",
        build_file_content = """filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
""",
        path = "/usr/share/bazel/tools",
    )

def _library(name, header, package):
    debian_repository(
        name = name,
        build_file = Label("//third_party:%s.BUILD" % name),
        package = package,
        requires = _INCLUDE + header,
    )

def oms_connector_repositories():
    """Declares them all; called once from WORKSPACE."""
    _bazel_repositories()
    debian_absl(name = "com_google_absl")
    debian_repository(
        name = "com_google_protobuf",
        build_file = Label("//third_party:com_google_protobuf.BUILD"),
        links = {
            "/usr/bin/protoc": "bin/protoc",
            "/usr/include/google/protobuf": "include/google/protobuf",
        },
        package = "libprotobuf-dev protobuf-compiler",
        requires = _INCLUDE + "google/protobuf/message.h",
    )
    debian_repository(
        name = "com_github_grpc_grpc",
        build_file = Label("//third_party:com_github_grpc_grpc.BUILD"),
        links = {"/usr/bin/grpc_cpp_plugin": "bin/grpc_cpp_plugin"},
        package = "libgrpc++-dev protobuf-compiler-grpc",
        requires = _INCLUDE + "grpcpp/grpcpp.h",
    )
    debian_repository(
        name = "com_google_googleapis",
        build_file = Label("//third_party:com_google_googleapis.BUILD"),
        links = {"/usr/share/gocode/src/github.com/gogo/googleapis/google/rpc": "google/rpc"},
        package = "golang-github-gogo-googleapis-dev",
        requires = "/usr/share/gocode/src/github.com/gogo/googleapis/google/rpc/status.proto",
    )
    debian_repository(
        name = "grpc_proto",
        build_file = Label("//third_party:grpc_proto.BUILD"),
        links = {"/usr/share/grpc-proto/grpc": "grpc"},
        package = "grpc-proto",
        requires = "/usr/share/grpc-proto/grpc/health/v1/health.proto",
    )
    debian_repository(
        name = "libpq",
        build_file = Label("//third_party:libpq.BUILD"),
        links = {"/usr/include/postgresql": "include"},
        package = "libpq-dev",
        requires = _INCLUDE + "postgresql/libpq-fe.h",
    )
    _library("benchmark", "benchmark/benchmark.h", "libbenchmark-dev")
    _library("cli11", "CLI/CLI.hpp", "libcli11-dev")
    _library("com_google_googletest", "gtest/gtest.h", "libgtest-dev libgmock-dev")
    _library("cpp_httplib", "httplib.h", "libcpp-httplib-dev")
    _library("curl", "x86_64-linux-gnu/curl/curl.h", "libcurl4-openssl-dev")
    _library("icu", "unicode/uchar.h", "libicu-dev")
    _library("libsodium", "sodium.h", "libsodium-dev")
    _library("libsystemd", "systemd/sd-daemon.h", "libsystemd-dev")
    _library("nlohmann_json", "nlohmann/json.hpp", "nlohmann-json3-dev")
    _library("openssl", "openssl/ssl.h", "libssl-dev")
    _library("prometheus_cpp", "prometheus/registry.h", "prometheus-cpp-dev")
    _library("re2", "re2/re2.h", "libre2-dev")
    _library("simdjson", "simdjson.h", "libsimdjson-dev")
    _library("spdlog", "spdlog/spdlog.h", "libspdlog-dev")
    _library("sqlite3", "sqlite3.h", "libsqlite3-dev")
