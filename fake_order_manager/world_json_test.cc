#include "fake_order_manager/world_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_order_manager/field_json.h"
#include "fake_order_manager/generator.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'755'424'800);

FakeWorld Parse(absl::string_view json) {
  absl::StatusOr<FakeWorld> world = WorldFromJson(json, kNow);
  EXPECT_TRUE(world.ok()) << world.status();
  return world.ok() ? *std::move(world) : FakeWorld();
}

std::string ErrorOf(absl::string_view json) {
  return std::string(WorldFromJson(json, kNow).status().message());
}

TEST(WorldJson, ReadsTimesRelativeToNow) {
  const struct {
    const char* text;
    absl::Duration offset;
  } kCases[] = {{"now", absl::ZeroDuration()},
                {"-2d", -absl::Hours(48)},
                {"-1d12h", -absl::Hours(36)},
                {"-3h30m", -absl::Minutes(210)},
                {"+90s", absl::Seconds(90)}};
  for (const auto& one : kCases) {
    const absl::StatusOr<absl::Time> time = ParseWorldTime(one.text, kNow);
    ASSERT_TRUE(time.ok()) << one.text;
    EXPECT_EQ(*time - kNow, one.offset) << one.text;
  }
  for (const char* bad : {"", "-", "-2", "-d", "-2w", "tomorrow"}) {
    EXPECT_FALSE(ParseWorldTime(bad, kNow).ok()) << bad;
  }
}

TEST(WorldJson, ReadsRowsWithNestedFields) {
  const FakeWorld world = Parse(R"({"orders": [
      {"orderId": 5, "orderItems": [{"orderItemId": 1, "quantityOrdered": 2}],
       "cancelReason": {"type": "X"}, "relatedOrderIds": [6, 7],
       "createdDate": "-1d"}]})");
  const Order& order = world.orders.at(5);
  ASSERT_EQ(order.items.size(), 1u);
  EXPECT_EQ(order.items[0].quantity, 2);
  EXPECT_EQ(order.cancel_reason->type, "X");
  EXPECT_THAT(order.related_order_ids, ElementsAre(6, 7));
  EXPECT_EQ(order.created, kNow - absl::Hours(24));
}

TEST(WorldJson, NamesTheRowAndFieldThatIsWrong) {
  EXPECT_THAT(ErrorOf(R"({"products": [{"productId": 1},
                                       {"productId": 2, "active": "yes"}]})"),
              HasSubstr("products[1].active"));
  EXPECT_THAT(ErrorOf(R"({"products": [{"masterSku": "A"}]})"),
              HasSubstr("productId"));
  EXPECT_THAT(ErrorOf(R"({"products": [{"productId": 1, "skus": 2}]})"),
              HasSubstr("skus"));
  EXPECT_THAT(ErrorOf(R"({"parcels": []})"), HasSubstr("parcels"));
  EXPECT_THAT(ErrorOf(R"({"style": {"times": "late"}})"),
              HasSubstr("style.times"));
  EXPECT_FALSE(WorldFromJson("[]", kNow).ok());
  EXPECT_FALSE(WorldFromJson("{", kNow).ok());
}

TEST(WorldJson, MergingKeepsWhatTheJsonDoesNotName) {
  FakeWorld world = Parse(
      R"({"products": [{"productId": 1, "masterSku": "A", "name": "Tee",
                        "modifiedDate": "-9d"}]})");
  ASSERT_TRUE(
      MergeRows("products", R"({"productId": 1, "active": false})", kNow, world)
          .ok());
  const Product& product = world.products.at(1);
  EXPECT_FALSE(product.active);
  EXPECT_EQ(product.name, "Tee");
  EXPECT_EQ(product.modified, kNow) << "a change counts as made now";
}

TEST(WorldJson, MergingANumberMakesAcknowledgeTellIt) {
  FakeWorld world = Parse(R"({"listings": [{"listingId": 1, "quantity": 3,
                                            "quantityModified": "-9d"}]})");
  EXPECT_EQ(world.listings.at(1).quantity_modified, kNow - absl::Hours(9 * 24));
  ASSERT_TRUE(
      MergeRows("listings", R"([{"listingId": 1, "quantity": 3}])", kNow, world)
          .ok());
  EXPECT_EQ(world.listings.at(1).quantity_modified, kNow);
}

TEST(WorldJson, AFailedMergeChangesNothing) {
  FakeWorld world = Parse(R"({"warehouses": [{"warehouseId": 1}]})");
  EXPECT_FALSE(MergeRows("warehouses",
                         R"([{"warehouseId": 2}, {"warehouseId": "3"}])", kNow,
                         world)
                   .ok());
  EXPECT_EQ(world.warehouses.size(), 1u);
}

TEST(WorldJson, NullEmptiesWhatCanBeEmpty) {
  FakeWorld world = Parse(
      R"({"stock": [{"productId": 1, "warehouseId": 2, "lockedQuantity": 4}],
          "shipments": [{"shipmentId": 1, "trackingNumber": "X"}]})");
  ASSERT_TRUE(MergeRows("stock",
                        R"({"productId": 1, "warehouseId": 2,
                            "lockedQuantity": null})",
                        kNow, world)
                  .ok());
  ASSERT_TRUE(MergeRows("shipments",
                        R"({"shipmentId": 1, "trackingNumber": null})", kNow,
                        world)
                  .ok());
  EXPECT_FALSE(world.stock.at({2, 1}).locked.has_value());
  EXPECT_EQ(world.shipments.at(1).tracking_number, "");
}

TEST(WorldJson, RowsAreErasedByTheirKeys) {
  FakeWorld world = Parse(
      R"({"stock": [{"productId": 1, "warehouseId": 2}],
          "warehouses": [{"warehouseId": 2}]})");
  EXPECT_TRUE(EraseRow("stock", "2/1", world).ok());
  EXPECT_TRUE(world.stock.empty());
  EXPECT_TRUE(absl::IsNotFound(EraseRow("stock", "2/1", world)));
  EXPECT_TRUE(absl::IsNotFound(EraseRow("warehouses", "9", world)));
  EXPECT_TRUE(absl::IsInvalidArgument(EraseRow("warehouses", "x", world)));
}

TEST(WorldJson, WhatIsWrittenReadsBackTheSame) {
  WorldPlan plan;
  plan.products = 30;
  plan.channels = 2;
  FakeWorld world = GenerateWorld(plan, kNow);
  world.products.begin()->second.raw = {{"weight", "\"heavy\""}};
  world.style.numbers_as_strings = true;
  world.style.times = TimeStyle::kOffset;
  const std::string json = WorldToJson(world);
  EXPECT_EQ(WorldToJson(Parse(json)), json);
}

}  // namespace
}  // namespace oms_connector::testing_support
