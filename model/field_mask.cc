#include "model/field_mask.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "model/errors.h"

namespace oms_connector::model {
namespace {

constexpr char kMaskField[] = "update_mask";

bool Covers(const std::string& path, const std::string& leaf) {
  return leaf == path || absl::StartsWith(leaf, absl::StrCat(path, "."));
}

}  // namespace

absl::StatusOr<std::set<std::string>> ExpandMask(
    absl::Span<const std::string> mask, absl::Span<const std::string> leaves,
    const std::set<std::string>& present) {
  if (mask.empty()) return present;
  if (mask.size() == 1 && mask[0] == "*") {
    return std::set<std::string>(leaves.begin(), leaves.end());
  }
  std::set<std::string> written;
  std::vector<FieldViolation> violations;
  for (const std::string& path : mask) {
    if (path == "*") {
      violations.push_back({kMaskField, "\"*\" must stand alone"});
      continue;
    }
    bool known = false;
    for (const std::string& leaf : leaves) {
      if (!Covers(path, leaf)) continue;
      known = true;
      written.insert(leaf);
    }
    if (!known) {
      violations.push_back(
          {kMaskField,
           absl::StrCat("\"", path, "\" is no field that can be updated")});
    }
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));
  return written;
}

}  // namespace oms_connector::model
