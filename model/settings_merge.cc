#include "model/settings_merge.h"

#include <set>

#include "base/status_macros.h"
#include "model/field_mask.h"

namespace oms_connector::model {
namespace {

// Calls `visit(path, sent field, field, default)` for each setting.
template <typename Visit>
void ForEachSetting(const PartialSettings& sent, Settings& settings,
                    Visit visit) {
  const Settings defaults;
  visit("inventory.inventory_sync_mode", sent.inventory_sync_mode,
        settings.inventory_sync_mode, defaults.inventory_sync_mode);
  visit("inventory.subtract_locked_quantity", sent.subtract_locked_quantity,
        settings.subtract_locked_quantity, defaults.subtract_locked_quantity);
  visit("inventory.ignore_inactive_products", sent.ignore_inactive_products,
        settings.ignore_inactive_products, defaults.ignore_inactive_products);
  visit("inventory.download_products_data", sent.download_products_data,
        settings.download_products_data, defaults.download_products_data);
  visit("shipment.split_order_handling", sent.split_order_handling,
        settings.split_order_handling, defaults.split_order_handling);
  visit("shipment.parse_carrier_fallback", sent.parse_carrier_fallback,
        settings.parse_carrier_fallback, defaults.parse_carrier_fallback);
}

}  // namespace

absl::StatusOr<Settings> MergeSettings(const Settings& current,
                                       const PartialSettings& sent,
                                       absl::Span<const std::string> mask) {
  Settings merged = current;
  std::vector<std::string> leaves;
  std::set<std::string> present;
  ForEachSetting(
      sent, merged,
      [&](const char* path, const auto& value, const auto&, const auto&) {
        leaves.emplace_back(path);
        if (value.has_value()) present.insert(path);
      });
  OMS_ASSIGN_OR_RETURN(const std::set<std::string> written,
                       ExpandMask(mask, leaves, present));
  ForEachSetting(sent, merged,
                 [&](const char* path, const auto& value, auto& field,
                     const auto& default_value) {
                   if (written.count(path) == 0) return;
                   field = value.value_or(default_value);
                 });
  return merged;
}

bool SameInventorySettings(const Settings& a, const Settings& b) {
  Settings c = a;
  c.split_order_handling = b.split_order_handling;
  c.parse_carrier_fallback = b.parse_carrier_fallback;
  return c == b;
}

}  // namespace oms_connector::model
