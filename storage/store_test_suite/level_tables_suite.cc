// Levels, their feed and the views of carts, one promise at a time.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/inventory.h"
#include "storage/inventory_tables.h"
#include "storage/store.h"
#include "storage/store_test_suite/inventory_samples.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

using inventory_samples::kNow;
using inventory_samples::Skus;
using inventory_samples::Stock;
using model::LocationKind;
using model::WithheldReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

model::StoredLevel Level(int64_t view, model::Sku sku, LocationKind kind,
                         int64_t location, int64_t revision,
                         std::optional<int64_t> available = 7) {
  model::StoredLevel stored;
  stored.view = view;
  stored.sku_key = sku.key;
  stored.kind = kind;
  stored.location_id = location;
  stored.sku = sku.number;
  stored.product_id = 10;
  stored.value.revision = revision;
  stored.value.available = available;
  stored.value.reason =
      available ? WithheldReason::kNone : WithheldReason::kAmbiguousSku;
  stored.value.clamped_at_zero = true;
  stored.value.as_of_time = kNow;
  return stored;
}

std::vector<std::string> SkusOf(
    const std::vector<model::InventoryLevel>& levels) {
  std::vector<std::string> skus;
  for (const model::InventoryLevel& level : levels) skus.push_back(level.sku);
  return skus;
}

}  // namespace

TEST_P(StoreTest, TheFeedComesByRevisionFromBothPlaces) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const LocationKind kWarehouse = LocationKind::kWarehouse;
        const std::vector<model::Sku> skus = Skus(tables, {"A", "B", "C"});
        model::StoredStock stock = Stock(1, 10, skus[0], 8);
        stock.level = {12, 7, WithheldReason::kNone, true, kNow};
        EXPECT_TRUE(tables.PutStock("acme", {stock}).ok());
        EXPECT_TRUE(
            tables
                .PutLevels(
                    "acme",
                    {Level(0, skus[1], LocationKind::kSalesChannel, 1, 11),
                     Level(4, skus[0], kWarehouse, 1, 13),
                     Level(0, skus[2], kWarehouse, 1, 14, std::nullopt)})
                .ok());
        const auto levels = *tables.ListLevels("acme", 0, 0, 10);
        EXPECT_THAT(SkusOf(levels), ElementsAre("B", "A", "C"));
        EXPECT_FALSE(levels[0].derivation.stock.has_value());
        EXPECT_EQ(levels[0].derivation.source,
                  model::LevelSource::kChannelAllocation);
        EXPECT_EQ(levels[0].master_sku, "");
        EXPECT_EQ(levels[1].master_sku, "A");
        EXPECT_EQ(levels[1].derivation.stock->on_hand, 8);
        EXPECT_EQ(levels[1].derivation.stock->locked, 1);
        EXPECT_TRUE(levels[1].derivation.clamped_at_zero);
        EXPECT_EQ(levels[1].available, 7);
        EXPECT_EQ(levels[1].as_of_time, kNow);
        EXPECT_EQ(levels[2].state, model::LevelState::kWithheld);
        EXPECT_EQ(levels[2].withheld_reason, WithheldReason::kAmbiguousSku);
        // Of the product that it names.
        EXPECT_EQ(levels[2].derivation.stock->on_hand, 8);
        EXPECT_THAT(SkusOf(*tables.ListLevels("acme", 0, 11, 1)),
                    ElementsAre("A"));
        EXPECT_THAT(SkusOf(*tables.ListLevels("acme", 4, 0, 10)),
                    ElementsAre("A"));
        EXPECT_THAT(*tables.FindLevels("acme", 0, {skus[0].key, skus[2].key}),
                    SizeIs(1));
        EXPECT_THAT(*tables.ListLevelKeys("acme", 0, skus[1].key, 10),
                    ElementsAre(skus[2].key));
        const model::AmbiguousSkus ambiguous =
            *tables.CountAmbiguousSkus("acme", 20);
        EXPECT_EQ(ambiguous.count, 1);
        EXPECT_THAT(ambiguous.first, ElementsAre("C"));
        EXPECT_TRUE(
            tables.DeleteLevels("acme", {Level(0, skus[2], kWarehouse, 1, 0)})
                .ok());
        EXPECT_EQ(tables.CountAmbiguousSkus("acme", 20)->count, 0);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ALocationsLevelsComeInTheOrderOfTheirRows) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const LocationKind kWarehouse = LocationKind::kWarehouse;
        const std::vector<model::Sku> skus = Skus(tables, {"A", "B", "C", "D"});
        model::StoredStock first = Stock(1, 10, skus[3], 8);
        first.level = {12, 7, WithheldReason::kNone, false, kNow};
        const model::StoredStock bare = Stock(1, 11, skus[2], 8);
        EXPECT_TRUE(tables.PutStock("acme", {first, bare}).ok());
        EXPECT_TRUE(
            tables
                .PutLevels("acme", {Level(0, skus[0], kWarehouse, 1, 20),
                                    Level(0, skus[1], kWarehouse, 2, 21),
                                    Level(0, skus[1], kWarehouse, 1, 22)})
                .ok());
        std::vector<std::string> told;
        model::LocationPlace place;
        for (;;) {
          const auto placed =
              *tables.ListLevelsAt("acme", kWarehouse, 1, place, 1);
          if (placed.empty()) break;
          EXPECT_EQ(placed.size(), 1u);
          place = placed.back().place;
          told.push_back(placed[0].level ? placed[0].level->sku : "-");
        }
        EXPECT_THAT(told, ElementsAre("D", "-", "A", "B"));
        EXPECT_THAT(*tables.ListLevelsAt("acme", kWarehouse, 1, {}, 10),
                    SizeIs(2));
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ViewsAreNumberedAndGoWithTheirRows) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const model::Sku sku = Skus(tables, {"A"})[0];
        const int64_t one = *tables.AddView("acme", "web");
        const int64_t two = *tables.AddView("acme", "shop");
        EXPECT_NE(one, 0);
        EXPECT_NE(one, two);
        const LocationKind kWarehouse = LocationKind::kWarehouse;
        EXPECT_TRUE(
            tables
                .PutViewLocations("acme", {{one, kWarehouse, 1, true, 5},
                                           {two, kWarehouse, 1, true, 6}})
                .ok());
        EXPECT_TRUE(
            tables.PutViewLocations("acme", {{one, kWarehouse, 1, false, 7}})
                .ok());
        EXPECT_TRUE(
            tables.PutLevels("acme", {Level(one, sku, kWarehouse, 1, 8)}).ok());
        const auto locations = tables.ListViews("acme")->locations;
        EXPECT_EQ(locations.size(), 2u);
        EXPECT_FALSE(locations[0].shown);
        EXPECT_EQ(locations[0].revision, 7);
        EXPECT_TRUE(tables.DeleteView("acme", one).ok());
        EXPECT_THAT(*tables.ListLevels("acme", one, 0, 10), IsEmpty());
        const auto left = *tables.ListViews("acme");
        EXPECT_THAT(left.locations, SizeIs(1));
        const auto& views = left.views;
        EXPECT_EQ(views.size(), 1u);
        EXPECT_EQ(views[0].cart_id, "shop");
        EXPECT_TRUE(tables.DeleteViewLocations("acme", two).ok());
        EXPECT_THAT(tables.ListViews("acme")->locations, IsEmpty());
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

}  // namespace oms_connector::storage
