#include "server/convert/inventory_convert.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

template <typename Proto, typename Noun>
Proto Converted(const Noun& noun) {
  Proto proto;
  ToProto(noun, &proto);
  return proto;
}

using model::WithheldReason;

const absl::Time kRead = absl::FromUnixMicros(1700000000123456);

model::InventoryLevel Level() {
  model::InventoryLevel level;
  level.sku = "shop-1";
  level.master_sku = "M-1";
  level.location = {model::LocationKind::kWarehouse, 12, "North"};
  level.available = 7;
  level.derivation.stock = {9, 2};
  level.derivation.locked_subtracted = true;
  level.as_of_time = kRead;
  level.revision = 41;
  return level;
}

TEST(InventoryConvert, PublishedLevelTellsNumberPlaceAndOrigin) {
  const v1::InventoryLevel proto = Converted<v1::InventoryLevel>(Level());
  EXPECT_EQ(proto.sku(), "shop-1");
  EXPECT_EQ(proto.master_sku(), "M-1");
  EXPECT_EQ(proto.warehouse().id(), 12);
  EXPECT_EQ(proto.warehouse().name(), "North");
  EXPECT_FALSE(proto.warehouse().has_active());
  EXPECT_EQ(proto.available(), 7);
  EXPECT_EQ(proto.state(), v1::InventoryLevel::STATE_PUBLISHED);
  EXPECT_EQ(proto.withheld_reason(),
            v1::InventoryLevel::WITHHELD_REASON_UNSPECIFIED);
  EXPECT_EQ(proto.derivation().source(),
            v1::Derivation::SOURCE_WAREHOUSE_STOCK);
  EXPECT_EQ(proto.derivation().on_hand(), 9);
  EXPECT_EQ(proto.derivation().locked(), 2);
  EXPECT_TRUE(proto.derivation().locked_subtracted());
  EXPECT_FALSE(proto.derivation().clamped_at_zero());
  EXPECT_EQ(TimeFromProto(proto.as_of_time(), "t").value(), kRead);
  EXPECT_EQ(proto.revision(), 41);
}

TEST(InventoryConvert, ZeroIsANumberToPublish) {
  model::InventoryLevel level = Level();
  level.available = 0;
  level.derivation.stock = {-3, std::nullopt};
  level.derivation.clamped_at_zero = true;
  const v1::InventoryLevel proto = Converted<v1::InventoryLevel>(level);
  EXPECT_TRUE(proto.has_available());
  EXPECT_EQ(proto.available(), 0);
  EXPECT_EQ(proto.derivation().on_hand(), -3);
  EXPECT_TRUE(proto.derivation().clamped_at_zero());
}

TEST(InventoryConvert, QuantitiesAreSixtyFourBit) {
  model::InventoryLevel level = Level();
  level.available = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Converted<v1::InventoryLevel>(level).available(),
            std::numeric_limits<int64_t>::max());
}

TEST(InventoryConvert, ChannelLevelKnowsNoStock) {
  model::InventoryLevel level = Level();
  level.location = {model::LocationKind::kSalesChannel, 7, "Web"};
  level.derivation = {};
  level.derivation.source = model::LevelSource::kChannelAllocation;
  const v1::InventoryLevel proto = Converted<v1::InventoryLevel>(level);
  EXPECT_EQ(proto.location_case(), v1::InventoryLevel::kSalesChannel);
  EXPECT_EQ(proto.sales_channel().id(), 7);
  EXPECT_EQ(proto.sales_channel().name(), "Web");
  EXPECT_EQ(proto.derivation().source(),
            v1::Derivation::SOURCE_CHANNEL_ALLOCATION);
  EXPECT_FALSE(proto.derivation().has_on_hand());
  EXPECT_FALSE(proto.derivation().has_locked());
}

TEST(InventoryConvert, WithheldLevelHasNoNumber) {
  const struct {
    WithheldReason reason;
    std::string name;
  } kCases[] = {
      {WithheldReason::kModeChanged, "MODE_CHANGED"},
      {WithheldReason::kAbsentFromFullPull, "ABSENT_FROM_FULL_PULL"},
      {WithheldReason::kInactiveLocation, "INACTIVE_LOCATION"},
      {WithheldReason::kAmbiguousSku, "AMBIGUOUS_SKU"},
      {WithheldReason::kInactiveProduct, "INACTIVE_PRODUCT"},
      {WithheldReason::kInactiveListing, "INACTIVE_LISTING"},
      {WithheldReason::kPushDisabled, "PUSH_DISABLED"},
      {WithheldReason::kNoListing, "NO_LISTING"},
      {WithheldReason::kQuantityUnknown, "QUANTITY_UNKNOWN"},
  };
  for (const auto& test : kCases) {
    model::InventoryLevel level = Level();
    level.state = model::LevelState::kWithheld;
    level.withheld_reason = test.reason;
    const v1::InventoryLevel proto = Converted<v1::InventoryLevel>(level);
    EXPECT_FALSE(proto.has_available()) << test.name;
    EXPECT_EQ(proto.state(), v1::InventoryLevel::STATE_WITHHELD);
    EXPECT_EQ(v1::InventoryLevel::WithheldReason_Name(proto.withheld_reason()),
              "WITHHELD_REASON_" + test.name);
  }
}

TEST(InventoryConvert, ProductIsPassedOnWhole) {
  model::Product product;
  product.product_id = 31;
  product.master_sku = "M-1";
  product.name = "Mug";
  product.type = "BUNDLE_KIT";
  product.active = false;
  product.brand = "Acme";
  product.description = "<b>Mug</b>";
  product.upc = "0012";
  product.mpn = "P-9";
  product.weight = 1.5;
  product.length = 2;
  product.width = 3;
  product.height = 4;
  product.map_price = model::Money{"USD", "12.90"};
  product.categories = {"Kitchen"};
  product.labels = {"new", "blue"};
  product.image_urls = {"https://img.example/1"};
  product.create_time = kRead;
  product.modify_time = kRead + absl::Hours(1);
  product.revision = 5;
  const v1::Product proto = Converted<v1::Product>(product);
  EXPECT_EQ(proto.product_id(), 31);
  EXPECT_EQ(proto.master_sku(), "M-1");
  EXPECT_EQ(proto.name(), "Mug");
  EXPECT_EQ(proto.type(), "BUNDLE_KIT");
  EXPECT_FALSE(proto.active());
  EXPECT_EQ(proto.brand(), "Acme");
  EXPECT_EQ(proto.description(), "<b>Mug</b>");
  EXPECT_EQ(proto.upc(), "0012");
  EXPECT_EQ(proto.mpn(), "P-9");
  EXPECT_EQ(proto.weight(), 1.5);
  EXPECT_EQ(proto.length(), 2);
  EXPECT_EQ(proto.width(), 3);
  EXPECT_EQ(proto.height(), 4);
  EXPECT_EQ(proto.map_price().currency_code(), "USD");
  EXPECT_EQ(proto.map_price().amount(), "12.90");
  EXPECT_THAT(proto.categories(), testing::ElementsAre("Kitchen"));
  EXPECT_THAT(proto.labels(), testing::ElementsAre("new", "blue"));
  EXPECT_THAT(proto.image_urls(),
              testing::ElementsAre("https://img.example/1"));
  EXPECT_EQ(TimeFromProto(proto.create_time(), "t").value(), kRead);
  EXPECT_EQ(TimeFromProto(proto.modify_time(), "t").value(),
            kRead + absl::Hours(1));
  EXPECT_EQ(proto.revision(), 5);
}

TEST(InventoryConvert, WhatAProductLacksIsAbsent) {
  const v1::Product proto = Converted<v1::Product>(model::Product());
  EXPECT_TRUE(proto.active());
  EXPECT_FALSE(proto.has_weight());
  EXPECT_FALSE(proto.has_length());
  EXPECT_FALSE(proto.has_width());
  EXPECT_FALSE(proto.has_height());
  EXPECT_FALSE(proto.has_map_price());
  EXPECT_FALSE(proto.has_create_time());
  EXPECT_FALSE(proto.has_modify_time());
}

}  // namespace
}  // namespace oms_connector::server
