#include "model/settings_merge.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "model/field_mask.h"

namespace oms_connector::model {
absl::StatusOr<Settings> MergeSettings(const Settings& current,
                                       const PartialSettings& sent,
                                       absl::Span<const std::string> mask) {
  Settings merged = current;
  std::vector<std::string> leaves;
  std::set<std::string> present;
  PartialSettings::VisitPaths([&](const char* path, auto sent_field, auto) {
    leaves.emplace_back(path);
    if ((sent.*sent_field).has_value()) present.insert(path);
  });
  OMS_ASSIGN_OR_RETURN(const std::set<std::string> written,
                       ExpandMask(mask, leaves, present));
  const Settings defaults;
  PartialSettings::VisitPaths(
      [&](const char* path, auto sent_field, auto field) {
        if (written.count(path) == 0) return;
        merged.*field = (sent.*sent_field).value_or(defaults.*field);
      });
  return merged;
}

bool SameInventorySettings(const Settings& a, const Settings& b) {
  bool same = true;
  PartialSettings::VisitPaths([&](const char* path, auto, auto field) {
    if (absl::StartsWith(path, "inventory.")) {
      same = same && a.*field == b.*field;
    }
  });
  return same;
}

}  // namespace oms_connector::model
