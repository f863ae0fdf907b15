#include "server/convert/settings_convert.h"

#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::server {
namespace {

model::StoredSettings Stored() {
  model::StoredSettings stored;
  stored.values.inventory_sync_mode = model::InventorySyncMode::kPerWarehouse;
  stored.values.ignore_inactive_products = false;
  stored.values.parse_carrier_fallback = true;
  stored.etag = "e1";
  stored.update_time = absl::FromUnixSeconds(1700000000);
  return stored;
}

TEST(SettingsConvert, ReturnedSettingsAreComplete) {
  const v1::Settings proto = ToProto(model::StoredSettings(), "acme");
  EXPECT_EQ(proto.name(), "connections/acme/settings");
  EXPECT_EQ(proto.inventory().inventory_sync_mode(),
            v1::INVENTORY_SYNC_MODE_PER_SALES_CHANNEL);
  EXPECT_TRUE(proto.inventory().has_subtract_locked_quantity());
  EXPECT_TRUE(proto.inventory().ignore_inactive_products());
  EXPECT_TRUE(proto.inventory().has_download_products_data());
  EXPECT_EQ(proto.shipment().split_order_handling(),
            v1::SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND);
  EXPECT_TRUE(proto.shipment().has_parse_carrier_fallback());
}

TEST(SettingsConvert, AnAnswerCanBeReadBack) {
  const auto back = StoredSettingsFromProto(ToProto(Stored(), "acme"));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->values, Stored().values);
  EXPECT_EQ(back->etag, "e1");
  EXPECT_EQ(back->update_time, Stored().update_time);
}

TEST(SettingsConvert, UnspecifiedIsAbsent) {
  v1::Settings proto;
  proto.mutable_inventory()->set_subtract_locked_quantity(false);
  const auto partial = FromProto(proto);
  ASSERT_TRUE(partial.ok());
  EXPECT_FALSE(partial->inventory_sync_mode.has_value());
  EXPECT_EQ(partial->subtract_locked_quantity, false);
  EXPECT_FALSE(partial->parse_carrier_fallback.has_value());
}

TEST(SettingsConvert, UnknownNumbersNameTheirField) {
  v1::Settings proto;
  proto.mutable_inventory()->set_inventory_sync_mode(
      static_cast<v1::InventorySyncMode>(9));
  EXPECT_EQ(model::DetailsOf(FromProto(proto).status())->violations[0].field,
            "settings.inventory.inventory_sync_mode");
  proto.Clear();
  proto.mutable_shipment()->set_split_order_handling(
      static_cast<v1::SplitOrderHandling>(-3));
  EXPECT_EQ(model::DetailsOf(FromProto(proto).status())->violations[0].field,
            "settings.shipment.split_order_handling");
}

}  // namespace
}  // namespace oms_connector::server
