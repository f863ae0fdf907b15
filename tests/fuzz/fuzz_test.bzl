"""A fuzz target that is a plain test in every other build."""

def fuzz_test(name, srcs, deps, corpus):
    """Defines a test that replays `corpus`, or under --config=fuzz a fuzzer.

      bazel test //tests/fuzz:NAME
      bazel run --config=fuzz //tests/fuzz:NAME -- -max_total_time=60 DIR...

    Args:
      name: of the test.
      srcs: define LLVMFuzzerTestOneInput.
      deps: of srcs.
      corpus: the files to replay.
    """
    native.cc_test(
        name = name,
        size = "small",
        srcs = srcs + select({
            "//tools:fuzzing": [],
            "//conditions:default": ["replay_main.cc"],
        }),
        args = select({
            "//tools:fuzzing": [],
            "//conditions:default": ["$(locations %s)" % file for file in corpus],
        }),
        data = corpus,
        linkopts = select({
            "//tools:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps,
    )
