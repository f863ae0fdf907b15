#include "server/convert/settings_convert.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "model/errors.h"
#include "model/settings_merge.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

void ToProto(const model::Settings& settings, absl::string_view connection,
             v1::Settings* proto) {
  proto->set_name(absl::StrCat("connections/", connection, "/settings"));
  v1::InventorySettings& inventory = *proto->mutable_inventory();
  switch (settings.inventory_sync_mode) {
    case model::InventorySyncMode::kPerSalesChannel:
      inventory.set_inventory_sync_mode(
          v1::INVENTORY_SYNC_MODE_PER_SALES_CHANNEL);
      break;
    case model::InventorySyncMode::kPerWarehouse:
      inventory.set_inventory_sync_mode(v1::INVENTORY_SYNC_MODE_PER_WAREHOUSE);
      break;
  }
  inventory.set_subtract_locked_quantity(settings.subtract_locked_quantity);
  inventory.set_ignore_inactive_products(settings.ignore_inactive_products);
  inventory.set_download_products_data(settings.download_products_data);
  v1::ShipmentSettings& shipment = *proto->mutable_shipment();
  switch (settings.split_order_handling) {
    case model::SplitOrderHandling::kImmediatelySend:
      shipment.set_split_order_handling(
          v1::SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND);
      break;
    case model::SplitOrderHandling::kWaitForAllRecords:
      shipment.set_split_order_handling(
          v1::SPLIT_ORDER_HANDLING_WAIT_FOR_ALL_RECORDS);
      break;
  }
  shipment.set_parse_carrier_fallback(settings.parse_carrier_fallback);
}

absl::StatusOr<std::optional<model::InventorySyncMode>> ModeFromProto(
    v1::InventorySyncMode mode) {
  switch (mode) {
    case v1::INVENTORY_SYNC_MODE_UNSPECIFIED:
      return std::nullopt;
    case v1::INVENTORY_SYNC_MODE_PER_SALES_CHANNEL:
      return model::InventorySyncMode::kPerSalesChannel;
    case v1::INVENTORY_SYNC_MODE_PER_WAREHOUSE:
      return model::InventorySyncMode::kPerWarehouse;
    default:
      return model::InvalidField("settings.inventory.inventory_sync_mode",
                                 "is no known mode");
  }
}

absl::StatusOr<std::optional<model::SplitOrderHandling>> HandlingFromProto(
    v1::SplitOrderHandling handling) {
  switch (handling) {
    case v1::SPLIT_ORDER_HANDLING_UNSPECIFIED:
      return std::nullopt;
    case v1::SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND:
      return model::SplitOrderHandling::kImmediatelySend;
    case v1::SPLIT_ORDER_HANDLING_WAIT_FOR_ALL_RECORDS:
      return model::SplitOrderHandling::kWaitForAllRecords;
    default:
      return model::InvalidField("settings.shipment.split_order_handling",
                                 "is no known handling");
  }
}

}  // namespace

void ToProto(const model::StoredSettings& settings,
             absl::string_view connection, v1::Settings* proto) {
  ToProto(settings.values, connection, proto);
  proto->set_etag(settings.etag);
  *proto->mutable_update_time() = ToProto(settings.update_time);
}

v1::SettingsChange ToProto(const model::SettingsChange& change,
                           absl::string_view connection) {
  v1::SettingsChange proto;
  *proto.mutable_change_time() = ToProto(change.change_time);
  proto.set_principal(change.principal);
  ToProto(change.old_settings, connection, proto.mutable_old_settings());
  ToProto(change.new_settings, connection, proto.mutable_new_settings());
  proto.set_request_id(change.request_id);
  return proto;
}

model::PartialSettings ReadSettings(const v1::Settings& settings,
                                    RequestReader& read) {
  model::PartialSettings partial;
  const v1::InventorySettings& inventory = settings.inventory();
  read.Take(ModeFromProto(inventory.inventory_sync_mode()),
            &partial.inventory_sync_mode);
  if (inventory.has_subtract_locked_quantity()) {
    partial.subtract_locked_quantity = inventory.subtract_locked_quantity();
  }
  if (inventory.has_ignore_inactive_products()) {
    partial.ignore_inactive_products = inventory.ignore_inactive_products();
  }
  if (inventory.has_download_products_data()) {
    partial.download_products_data = inventory.download_products_data();
  }
  const v1::ShipmentSettings& shipment = settings.shipment();
  read.Take(HandlingFromProto(shipment.split_order_handling()),
            &partial.split_order_handling);
  if (shipment.has_parse_carrier_fallback()) {
    partial.parse_carrier_fallback = shipment.parse_carrier_fallback();
  }
  return partial;
}

std::vector<std::string> ReadSettingsMask(
    const google::protobuf::FieldMask& mask, RequestReader& read) {
  std::vector<std::string> paths(mask.paths().begin(), mask.paths().end());
  read.Check(model::MergeSettings(model::Settings(), {}, paths).status());
  return paths;
}

}  // namespace oms_connector::server
