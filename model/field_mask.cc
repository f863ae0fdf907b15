#include "model/field_mask.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "model/errors.h"
#include "model/limits.h"

namespace oms_connector::model {
namespace {

constexpr char kMaskField[] = "update_mask";

// "subtract_locked" of "subtractLocked", as it is written in JSON.
std::string SnakeCase(absl::string_view path) {
  std::string snake;
  for (const char c : path) {
    if (absl::ascii_isupper(c)) snake.push_back('_');
    snake.push_back(absl::ascii_tolower(c));
  }
  return snake;
}

bool Covers(const std::string& path, const std::string& leaf) {
  return leaf == path || absl::StartsWith(leaf, absl::StrCat(path, "."));
}

bool IsKnown(const std::string& path, absl::Span<const std::string> leaves) {
  return std::any_of(
      leaves.begin(), leaves.end(),
      [&](const std::string& leaf) { return Covers(path, leaf); });
}

// The path that is wrong, by its place, and how it is spelled right if that is
// all.
FieldViolation Unknown(size_t index, const std::string& path,
                       absl::Span<const std::string> leaves) {
  const std::string snake = SnakeCase(path);
  return {absl::StrCat(kMaskField, ".paths[", index, "]"),
          absl::StrCat("\"", path, "\" is no field that can be updated",
                       snake != path && IsKnown(snake, leaves)
                           ? absl::StrCat("; did you mean \"", snake, "\"?")
                           : "")};
}

}  // namespace

absl::StatusOr<std::set<std::string>> ExpandMask(
    absl::Span<const std::string> mask, absl::Span<const std::string> leaves,
    const std::set<std::string>& present) {
  if (mask.empty()) return present;
  if (mask.size() == 1 && mask[0] == "*") {
    return std::set<std::string>(leaves.begin(), leaves.end());
  }
  if (mask.size() > static_cast<size_t>(kMaxMaskPaths)) {
    return InvalidField(kMaskField, absl::StrCat("must have ", kMaxMaskPaths,
                                                 " paths or fewer"));
  }
  std::set<std::string> written;
  std::vector<FieldViolation> violations;
  for (size_t i = 0; i < mask.size(); ++i) {
    const std::string& path = mask[i];
    if (path == "*") {
      violations.push_back({absl::StrCat(kMaskField, ".paths[", i, "]"),
                            "\"*\" must stand alone"});
    } else if (!IsKnown(path, leaves)) {
      violations.push_back(Unknown(i, path, leaves));
    }
    for (const std::string& leaf : leaves) {
      if (Covers(path, leaf)) written.insert(leaf);
    }
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));
  return written;
}

}  // namespace oms_connector::model
