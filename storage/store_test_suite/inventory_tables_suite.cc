// The tables of inventory, one promise at a time.
#include <cstdint>
#include <map>
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
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

using model::LocationKind;
using model::WithheldReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixMicros(1'786'960'800'123'456);

StoredStock Stock(int64_t warehouse, int64_t product, const std::string& key,
                  int64_t on_hand, std::optional<int64_t> locked = 1) {
  StoredStock stock;
  stock.row = {warehouse, product, absl::StrCat("SKU ", key), on_hand, locked};
  stock.sku_key = key;
  stock.value_time = kNow;
  stock.presence.pass = 1;
  return stock;
}

StoredListing Listing(int64_t channel, int64_t id, const std::string& key,
                      const std::string& master, int64_t product) {
  StoredListing stored;
  stored.listing = {id,
                    absl::StrCat("SKU ", key),
                    absl::StrCat(master),
                    product,
                    channel,
                    true,
                    false};
  stored.listing_key = key;
  stored.master_key = master;
  stored.quantity = -3;
  stored.value_time = kNow;
  stored.told_time = kNow;
  stored.presence = {2, true, false};
  return stored;
}

StoredProduct Product(int64_t id, const std::string& key, int64_t revision) {
  StoredProduct stored;
  model::Product& product = stored.product;
  product.product_id = id;
  product.master_sku = absl::StrCat("SKU ", key);
  product.name = "Näme\n";
  product.type = "CORE_PRODUCT";
  product.active = false;
  product.brand = "b";
  product.description = "d\t";
  product.upc = "u";
  product.mpn = "m";
  product.weight = 1.5;
  product.height = -0.25;
  product.map_price = model::Money{"EUR", "12.90"};
  product.categories = {"x", ""};
  product.labels = {"l\n2"};
  product.create_time = kNow;
  product.revision = revision;
  stored.sku_key = key;
  return stored;
}

StoredLevel Level(const std::string& view, const std::string& key,
                  LocationKind kind, int64_t location, int64_t revision,
                  std::optional<int64_t> available = 7) {
  StoredLevel stored;
  stored.level.view = view;
  stored.level.sku = absl::StrCat("SKU ", key);
  stored.level.master_sku = "M";
  stored.level.location = {kind, location, ""};
  stored.level.available = available;
  stored.level.withheld_reason =
      available ? WithheldReason::kNone : WithheldReason::kAmbiguousSku;
  stored.level.derivation.clamped_at_zero = true;
  stored.level.as_of_time = kNow;
  stored.level.revision = revision;
  stored.sku_key = key;
  stored.product_id = 10;
  return stored;
}

}  // namespace

TEST_P(StoreTest, InventoryStateStartsEmptyAndIsKeptWhole) {
  Insert("acme");
  InventoryState state;
  state.computed_generation = 3;
  state.target_generation = 4;
  state.position_step = "levels/a";
  state.position_key = "k";
  state.locations_changed = true;
  state.deferred_by_run = "run";
  state.base_url = "https://x";
  state.full_pass = 9;
  state.last_complete_full_time = kNow;
  state.acknowledge_in_flight = kNow;
  state.gap_time = kNow;
  state.last_revision = 77;
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              EXPECT_EQ(txn.inventory().LockState("acme")->full_pass, 0);
              return txn.inventory().PutState("acme", state);
            }),
            absl::OkStatus());
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              const InventoryState read = *txn.inventory().LockState("acme");
              EXPECT_EQ(read.computed_generation, 3);
              EXPECT_EQ(read.target_generation, 4);
              EXPECT_EQ(read.position_step, "levels/a");
              EXPECT_EQ(read.position_key, "k");
              EXPECT_TRUE(read.locations_changed);
              EXPECT_EQ(read.deferred_by_run, "run");
              EXPECT_EQ(read.base_url, "https://x");
              EXPECT_EQ(read.full_pass, 9);
              EXPECT_EQ(read.last_complete_full_time, kNow);
              EXPECT_EQ(read.acknowledge_in_flight, kNow);
              EXPECT_EQ(read.gap_time, kNow);
              EXPECT_EQ(read.last_revision, 77);
              return txn.inventory().PutState("acme", {});
            }),
            absl::OkStatus());
  ASSERT_EQ(Read([&](ReadTransaction& txn) {
              EXPECT_EQ(txn.inventory().GetState("acme")->gap_time,
                        std::nullopt);
              EXPECT_EQ(txn.inventory().GetState("other")->full_pass, 0);
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, SourceMarksAreReplacedAndForgotten) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        EXPECT_TRUE(tables.PutSourceMark("acme", "a", kNow).ok());
        EXPECT_TRUE(
            tables.PutSourceMark("acme", "a", kNow + absl::Hours(1)).ok());
        EXPECT_THAT(*tables.ListSourceMarks("acme"),
                    ElementsAre(std::make_pair(std::string("a"),
                                               kNow + absl::Hours(1))));
        EXPECT_TRUE(tables.DeleteSourceMarks("acme").ok());
        EXPECT_THAT(*tables.ListSourceMarks("acme"), IsEmpty());
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, LocationsComeById) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        EXPECT_TRUE(tables
                        .PutWarehouses("acme", {{{2, "Two", false, "t"}, true},
                                                {{1, "One", true, ""}, false}})
                        .ok());
        EXPECT_TRUE(
            tables.PutSalesChannels("acme", {{{5, "Shop", "s", false}, false}})
                .ok());
        const std::vector<StoredWarehouse> all = *tables.ListWarehouses("acme");
        EXPECT_EQ(all.size(), 2u);
        EXPECT_EQ(all[0].warehouse.name, "One");
        EXPECT_FALSE(all[0].listed);
        EXPECT_FALSE(all[1].warehouse.active);
        EXPECT_EQ(all[1].warehouse.type, "t");
        const StoredSalesChannel channel =
            tables.ListSalesChannels("acme")->front();
        EXPECT_EQ(channel.channel.type, "s");
        EXPECT_FALSE(channel.channel.active);
        EXPECT_FALSE(channel.listed);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, StockIsFoundByProductAndBySku) {
  Insert("acme");
  Insert("bolt");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        std::vector<StoredStock> rows;
        // More than one statement's worth of keys.
        std::vector<int64_t> ids;
        for (int64_t id = 1; id <= 100; ++id) {
          rows.push_back(Stock(1, id, absl::StrCat("k", id), id));
          ids.push_back(id);
          ids.push_back(id);
        }
        rows.push_back(Stock(2, 1, "k1", 5, std::nullopt));
        EXPECT_TRUE(tables.PutStock("acme", rows).ok());
        EXPECT_TRUE(tables.PutStock("bolt", {Stock(1, 1, "k1", 99)}).ok());
        EXPECT_THAT(*tables.FindStock("acme", 1, ids), SizeIs(100));
        EXPECT_THAT(*tables.FindStock("acme", 1, {}), IsEmpty());
        EXPECT_THAT(*tables.FindStockBySku("acme", {"k1", "k2", "none"}),
                    SizeIs(3));
        EXPECT_THAT(*tables.FindStockOfProducts("acme", {1}), SizeIs(2));
        const StoredStock one = tables.FindStock("acme", 2, {1})->front();
        EXPECT_EQ(one.row.master_sku, "SKU k1");
        EXPECT_EQ(one.row.on_hand, 5);
        EXPECT_EQ(one.row.locked, std::nullopt);
        EXPECT_EQ(one.value_time, kNow);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, UnseenRowsAreThoseOfAnEarlierPassThatAreNotGone) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        StoredStock seen = Stock(1, 1, "a", 1);
        seen.presence.pass = 2;
        StoredStock gone = Stock(1, 2, "b", 1);
        gone.presence.gone = true;
        EXPECT_TRUE(
            tables
                .PutStock("acme", {seen, gone, Stock(1, 3, "c", 1),
                                   Stock(1, 4, "d", 1), Stock(2, 5, "e", 1)})
                .ok());
        const auto unseen = *tables.ListUnseenStock("acme", 1, 2, 0, 10);
        EXPECT_EQ(unseen.size(), 2u);
        EXPECT_EQ(unseen[0].row.product_id, 3);
        EXPECT_THAT(*tables.ListUnseenStock("acme", 1, 2, 3, 10), SizeIs(1));
        EXPECT_THAT(*tables.ListUnseenStock("acme", 1, 2, 0, 1), SizeIs(1));
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ListingsAreFoundByEachOfTheirNames) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        StoredListing unread = Listing(5, 3, "z", "m", 0);
        unread.known = false;
        EXPECT_TRUE(
            tables
                .PutListings("acme", {Listing(5, 1, "x", "m", 10),
                                      Listing(6, 1, "x", "m", 10),
                                      Listing(5, 2, "y", "n", 11), unread})
                .ok());
        EXPECT_THAT(*tables.FindListings("acme", 5, {1, 2}), SizeIs(2));
        EXPECT_THAT(*tables.FindListingsBySku("acme", 5, {"x"}), SizeIs(1));
        EXPECT_THAT(*tables.FindListingsByMasterSku("acme", 5, {"m"}),
                    SizeIs(2));
        EXPECT_THAT(*tables.FindListingsOfProducts("acme", {10}), SizeIs(2));
        EXPECT_THAT(*tables.ListUnseenListings("acme", 5, 3, 0, 10), SizeIs(2));
        EXPECT_EQ(*tables.CountUntoldListings("acme", 5, kNow), 2);
        EXPECT_EQ(
            *tables.CountUntoldListings("acme", 5, kNow - absl::Seconds(1)), 0);
        const StoredListing one = tables.FindListings("acme", 5, {2})->front();
        EXPECT_EQ(one.listing.listing_sku, "SKU y");
        EXPECT_EQ(one.listing.product_id, 11);
        EXPECT_TRUE(one.listing.active);
        EXPECT_FALSE(one.listing.push_inventory);
        EXPECT_EQ(one.quantity, -3);
        EXPECT_EQ(one.told_time, kNow);
        EXPECT_TRUE(one.presence.missed);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ProductsAreKeptWholeAndListedByRevision) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        EXPECT_TRUE(
            tables
                .PutProducts("acme", {Product(1, "a", 30), Product(2, "b", 20),
                                      Product(3, "c", 0)})
                .ok());
        const StoredProduct one = tables.FindProducts("acme", {1})->front();
        const StoredProduct expected = Product(1, "a", 30);
        EXPECT_EQ(one.product.name, expected.product.name);
        EXPECT_EQ(one.product.description, expected.product.description);
        EXPECT_EQ(one.product.weight, 1.5);
        EXPECT_EQ(one.product.length, std::nullopt);
        EXPECT_EQ(one.product.height, -0.25);
        EXPECT_EQ(one.product.map_price->amount, "12.90");
        EXPECT_EQ(one.product.categories, expected.product.categories);
        EXPECT_EQ(one.product.labels, expected.product.labels);
        EXPECT_THAT(one.product.image_urls, IsEmpty());
        EXPECT_EQ(one.product.create_time, kNow);
        EXPECT_EQ(one.product.modify_time, std::nullopt);
        EXPECT_FALSE(one.product.active);
        EXPECT_THAT(*tables.FindProductsBySku("acme", {"b", "c"}), SizeIs(2));
        EXPECT_THAT(*tables.ListProducts("acme", 1, 10), SizeIs(2));
        EXPECT_THAT(*tables.ListUnseenProducts("acme", 1, 0, 2), SizeIs(2));
        const auto changed = *tables.ListChangedProducts("acme", 0, 10);
        EXPECT_EQ(changed.size(), 2u);
        EXPECT_EQ(changed[0].product_id, 2);
        EXPECT_EQ(changed[0].revision, 20);
        EXPECT_THAT(*tables.ListChangedProducts("acme", 20, 10), SizeIs(1));
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, TheFeedComesByRevisionWithNamesAndStock) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const LocationKind kWarehouse = LocationKind::kWarehouse;
        EXPECT_TRUE(
            tables.PutWarehouses("acme", {{{1, "One", true, ""}, true}}).ok());
        EXPECT_TRUE(
            tables.PutSalesChannels("acme", {{{1, "Shop", "", true}, true}})
                .ok());
        EXPECT_TRUE(tables.PutStock("acme", {Stock(1, 10, "a", 8, 1)}).ok());
        EXPECT_TRUE(
            tables
                .PutLevels("acme",
                           {Level("", "a", kWarehouse, 1, 12),
                            Level("", "b", LocationKind::kSalesChannel, 1, 11),
                            Level("shop", "a", kWarehouse, 1, 13),
                            Level("", "c", kWarehouse, 2, 14, std::nullopt)})
                .ok());
        const auto levels = *tables.ListLevels("acme", "", 0, 10);
        EXPECT_EQ(levels.size(), 3u);
        EXPECT_EQ(levels[0].location.name, "Shop");
        EXPECT_EQ(levels[0].derivation.on_hand, std::nullopt);
        EXPECT_EQ(levels[0].derivation.source,
                  model::LevelSource::kChannelAllocation);
        EXPECT_EQ(levels[1].sku, "SKU a");
        EXPECT_EQ(levels[1].location.name, "One");
        EXPECT_EQ(levels[1].derivation.on_hand, 8);
        EXPECT_EQ(levels[1].derivation.locked, 1);
        EXPECT_TRUE(levels[1].derivation.clamped_at_zero);
        EXPECT_EQ(levels[1].available, 7);
        EXPECT_EQ(levels[1].as_of_time, kNow);
        EXPECT_EQ(levels[2].state, model::LevelState::kWithheld);
        EXPECT_EQ(levels[2].withheld_reason, WithheldReason::kAmbiguousSku);
        EXPECT_EQ(levels[2].location.name, "");
        EXPECT_THAT(*tables.ListLevels("acme", "", 11, 1), SizeIs(1));
        EXPECT_THAT(*tables.ListLevels("acme", "shop", 0, 10), SizeIs(1));
        EXPECT_THAT(*tables.FindLevels("acme", "", {"a", "c", "x"}), SizeIs(2));
        const AmbiguousSkus ambiguous = *tables.CountAmbiguousSkus("acme", 20);
        EXPECT_EQ(ambiguous.count, 1);
        EXPECT_THAT(ambiguous.first, ElementsAre("SKU c"));
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, SkuKeysComeFromStockListingsAndLevelsInOrder) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        EXPECT_TRUE(
            tables.PutStock("acme", {Stock(1, 1, "b", 1), Stock(2, 1, "b", 1)})
                .ok());
        EXPECT_TRUE(
            tables.PutListings("acme", {Listing(5, 1, "d", "a", 1)}).ok());
        EXPECT_TRUE(
            tables
                .PutLevels("acme",
                           {Level("", "c", LocationKind::kWarehouse, 1, 1),
                            Level("x", "e", LocationKind::kWarehouse, 1, 2)})
                .ok());
        EXPECT_THAT(*tables.ListSkuKeys("acme", "", "", 10),
                    ElementsAre("a", "b", "c", "d"));
        EXPECT_THAT(*tables.ListSkuKeys("acme", "x", "b", 10),
                    ElementsAre("d", "e"));
        EXPECT_THAT(*tables.ListSkuKeys("acme", "", "a", 2),
                    ElementsAre("b", "c"));
        EXPECT_EQ(*tables.NextView("acme", ""), "x");
        EXPECT_EQ(*tables.NextView("acme", "x"), std::nullopt);
        EXPECT_TRUE(tables.DeleteView("acme", "x").ok());
        EXPECT_EQ(*tables.NextView("acme", ""), std::nullopt);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, InventoryGoesWithItsConnection) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        EXPECT_TRUE(tables.PutStock("acme", {Stock(1, 1, "a", 1)}).ok());
        EXPECT_TRUE(tables.PutProducts("acme", {Product(1, "a", 5)}).ok());
        EXPECT_TRUE(
            tables
                .PutLevels("acme",
                           {Level("", "a", LocationKind::kWarehouse, 1, 6)})
                .ok());
        return txn.inventory().PutState("acme", {});
      }),
      absl::OkStatus());
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              return txn.connections().DeleteConnection("acme");
            }),
            absl::OkStatus());
  Insert("acme");
  ASSERT_EQ(Read([&](ReadTransaction& txn) {
              InventoryReader& tables = txn.inventory();
              EXPECT_THAT(*tables.FindStockBySku("acme", {"a"}), IsEmpty());
              EXPECT_THAT(*tables.ListProducts("acme", 0, 10), IsEmpty());
              EXPECT_THAT(*tables.ListLevels("acme", "", 0, 10), IsEmpty());
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

}  // namespace oms_connector::storage
