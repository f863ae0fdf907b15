// The settings of a connection: what they are called, their defaults, and
// the record kept of each change. What they mean is applied elsewhere: the
// inventory ones in domain/inventory, the shipment ones in domain/shipments.
//
// Source of names and defaults: the vendor's page "Extensiv Order Manager OMS
// Settings".
#ifndef OMS_CONNECTOR_MODEL_SETTINGS_H_
#define OMS_CONNECTOR_MODEL_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "model/fields.h"

namespace oms_connector::model {

// To what a level is assigned. The numbers are stored; never change them.
enum class InventorySyncMode {
  kPerSalesChannel = 1,  // the Order Manager's own number per listing
  kPerWarehouse = 2,     // stock per warehouse, computed by the connector
};

// When shipments of a split order are handed out. The numbers are stored.
enum class SplitOrderHandling {
  kImmediatelySend = 1,    // each shipment as it appears
  kWaitForAllRecords = 2,  // all of a family at once, when it is complete
};

// The settings in force. A default-constructed value holds the defaults.
struct Settings {
  InventorySyncMode inventory_sync_mode = InventorySyncMode::kPerSalesChannel;
  bool subtract_locked_quantity = false;
  bool ignore_inactive_products = true;
  bool download_products_data = false;
  SplitOrderHandling split_order_handling =
      SplitOrderHandling::kImmediatelySend;
  bool parse_carrier_fallback = false;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "inventory_sync_mode", &Settings::inventory_sync_mode);
    visit(2, "subtract_locked_quantity", &Settings::subtract_locked_quantity);
    visit(3, "ignore_inactive_products", &Settings::ignore_inactive_products);
    visit(4, "download_products_data", &Settings::download_products_data);
    visit(5, "split_order_handling", &Settings::split_order_handling);
    visit(6, "parse_carrier_fallback", &Settings::parse_carrier_fallback);
  }
  friend bool operator==(const Settings& a, const Settings& b) {
    return SameFields(a, b);
  }
  friend bool operator!=(const Settings& a, const Settings& b) {
    return !(a == b);
  }
};

// Settings as a connection holds them.
struct StoredSettings {
  Settings values;
  std::string etag;        // changes with every change of `values`
  absl::Time update_time;  // of the last change; creation when there was none

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "values", &StoredSettings::values);
    visit(2, "etag", &StoredSettings::etag);
    visit(3, "update_time", &StoredSettings::update_time);
  }
};

// Settings as a caller sends them: absent means "not said".
struct PartialSettings {
  std::optional<InventorySyncMode> inventory_sync_mode;
  std::optional<bool> subtract_locked_quantity;
  std::optional<bool> ignore_inactive_products;
  std::optional<bool> download_products_data;
  std::optional<SplitOrderHandling> split_order_handling;
  std::optional<bool> parse_carrier_fallback;

  // Each with its path in the Settings message, and the field it is to become.
  template <typename Visitor>
  static void VisitPaths(Visitor&& visit) {
    visit("inventory.inventory_sync_mode",
          &PartialSettings::inventory_sync_mode,
          &Settings::inventory_sync_mode);
    visit("inventory.subtract_locked_quantity",
          &PartialSettings::subtract_locked_quantity,
          &Settings::subtract_locked_quantity);
    visit("inventory.ignore_inactive_products",
          &PartialSettings::ignore_inactive_products,
          &Settings::ignore_inactive_products);
    visit("inventory.download_products_data",
          &PartialSettings::download_products_data,
          &Settings::download_products_data);
    visit("shipment.split_order_handling",
          &PartialSettings::split_order_handling,
          &Settings::split_order_handling);
    visit("shipment.parse_carrier_fallback",
          &PartialSettings::parse_carrier_fallback,
          &Settings::parse_carrier_fallback);
  }
};

// One kept change of a connection's settings.
struct SettingsChange {
  int64_t change_id = 0;  // grows with each change of the connection
  absl::Time change_time;
  std::string principal;  // `local` where no principals file is set
  Settings old_settings;
  Settings new_settings;
  std::string request_id;  // empty when the caller gave none

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "change_id", &SettingsChange::change_id);
    visit(2, "change_time", &SettingsChange::change_time);
    visit(3, "principal", &SettingsChange::principal);
    visit(4, "old_settings", &SettingsChange::old_settings);
    visit(5, "new_settings", &SettingsChange::new_settings);
    visit(6, "request_id", &SettingsChange::request_id);
  }
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SETTINGS_H_
