#include "server/convert/settings_convert.h"

#include <gtest/gtest.h>

#include <vector>

#include "google/protobuf/message.h"
#include "model/errors.h"
#include "model/settings_merge.h"

namespace oms_connector::server {
namespace {

void Change(bool& value) { value = !value; }
void Change(model::InventorySyncMode& value) {
  value = model::InventorySyncMode::kPerWarehouse;
}
void Change(model::SplitOrderHandling& value) {
  value = model::SplitOrderHandling::kWaitForAllRecords;
}

// No setting has its default.
model::StoredSettings Stored() {
  model::StoredSettings stored;
  model::Settings::VisitFields(
      [&](int, const char*, auto field) { Change(stored.values.*field); });
  stored.etag = "e1";
  stored.update_time = absl::FromUnixSeconds(1700000000);
  return stored;
}

// All that a message may hold is there, defaults too.
template <typename Message>
void ExpectComplete(const Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  EXPECT_EQ(set.size(), message.GetDescriptor()->field_count())
      << message.ShortDebugString();
}

TEST(SettingsConvert, ReturnedSettingsAreComplete) {
  v1::Settings proto;
  ToProto(model::StoredSettings(), "acme", &proto);
  EXPECT_EQ(proto.name(), "connections/acme/settings");
  ExpectComplete(proto.inventory());
  ExpectComplete(proto.shipment());
}

TEST(SettingsConvert, WhatIsShownCanBeSentBack) {
  v1::Settings shown;
  ToProto(Stored(), "acme", &shown);
  RequestReader read;
  const model::PartialSettings sent = ReadSettings(shown, read);
  EXPECT_TRUE(read.Violations().ok());
  const auto merged = model::MergeSettings(model::Settings(), sent, {});
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(*merged, Stored().values);
}

TEST(SettingsConvert, UnspecifiedIsAbsent) {
  v1::Settings proto;
  proto.mutable_inventory()->set_subtract_locked_quantity(false);
  RequestReader read;
  const model::PartialSettings partial = ReadSettings(proto, read);
  EXPECT_TRUE(read.Violations().ok());
  EXPECT_FALSE(partial.inventory_sync_mode.has_value());
  EXPECT_EQ(partial.subtract_locked_quantity, false);
  EXPECT_FALSE(partial.parse_carrier_fallback.has_value());
}

TEST(SettingsConvert, UnknownNumbersNameTheirFields) {
  v1::Settings proto;
  proto.mutable_inventory()->set_inventory_sync_mode(
      static_cast<v1::InventorySyncMode>(9));
  proto.mutable_shipment()->set_split_order_handling(
      static_cast<v1::SplitOrderHandling>(-3));
  RequestReader read;
  ReadSettings(proto, read);
  const auto details = model::DetailsOf(read.Violations());
  ASSERT_EQ(details->violations.size(), 2u);
  EXPECT_EQ(details->violations[0].field,
            "settings.inventory.inventory_sync_mode");
  EXPECT_EQ(details->violations[1].field,
            "settings.shipment.split_order_handling");
}

TEST(SettingsConvert, MasksAreCheckedAsTheyAreRead) {
  google::protobuf::FieldMask mask;
  mask.add_paths("shipment");
  RequestReader read;
  EXPECT_EQ(ReadSettingsMask(mask, read), std::vector<std::string>{"shipment"});
  EXPECT_TRUE(read.Violations().ok());
  mask.add_paths("colour");
  ReadSettingsMask(mask, read);
  EXPECT_EQ(read.Violations().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace oms_connector::server
