#include "domain/shipments/custom_field.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace oms_connector::shipments {
namespace {

constexpr absl::string_view kPrefix = "customField";

// The field's place in Order::custom_fields, or -1.
int IndexOf(absl::string_view name) {
  if (name.size() != kPrefix.size() + 1) return -1;
  if (!absl::StartsWithIgnoreCase(name, kPrefix)) return -1;
  const int index = name.back() - '1';
  return index >= 0 && index < 3 ? index : -1;
}

}  // namespace

bool IsCustomField(absl::string_view name) { return IndexOf(name) >= 0; }

absl::string_view CustomFieldText(const model::Order& order,
                                  absl::string_view name) {
  const int index = IndexOf(name);
  if (index < 0) return "";
  return absl::StripAsciiWhitespace(
      order.custom_fields[static_cast<size_t>(index)]);
}

}  // namespace oms_connector::shipments
