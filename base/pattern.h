// Regular expressions that users write (RE2: matching takes time linear in the
// text, whatever the pattern), kept small and compiled once per text.
//
//   OMS_ASSIGN_OR_RETURN(auto pattern, base::Pattern::Compile("^(\\d+)-"));
//   pattern->FirstGroup("1001-2");  // "1001"
#ifndef OMS_CONNECTOR_BASE_PATTERN_H_
#define OMS_CONNECTOR_BASE_PATTERN_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace re2 {
class RE2;
}

namespace oms_connector::base {

// Immutable, thread-safe.
class Pattern {
 public:
  // Steps of a compiled pattern. The longest useful ones have some hundred;
  // "(\\pL{1000})" has 400,000, takes a tenth of a second to compile, and holds
  // megabytes.
  static constexpr int kMaxProgramSize = 2'000;
  // Compiled patterns that are kept: those used last. Each has a budget of
  // kMemoryOfOne, so all of them hold 64 MiB at the very most.
  static constexpr size_t kKept = 256;
  static constexpr size_t kMemoryOfOne = 256 << 10;

  // INVALID_ARGUMENT, with what is wrong as the end of a sentence about the
  // pattern, if it is none, is too large, or has no group.
  static absl::StatusOr<std::shared_ptr<const Pattern>> Compile(
      absl::string_view text);

  // For Compile alone.
  explicit Pattern(absl::string_view text);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // What the first group captures where the pattern first matches; "" where it
  // does not.
  std::string FirstGroup(absl::string_view text) const;

 private:
  const std::unique_ptr<const re2::RE2> compiled_;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_PATTERN_H_
