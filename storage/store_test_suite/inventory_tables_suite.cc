// The tables of inventory, one promise at a time.
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
#include "storage/document.h"
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
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

model::StoredListing Listing(int64_t channel, int64_t id, model::Sku sku,
                             model::Sku master, int64_t product) {
  model::StoredListing stored;
  stored.sales_channel_id = channel;
  stored.listing_id = id;
  stored.sku = sku;
  stored.master = master;
  stored.product_id = product;
  stored.push_inventory = false;
  stored.quantity = -3;
  stored.value_time = kNow;
  stored.told_time = kNow;
  stored.missed = true;
  return stored;
}

model::StoredProduct Product(int64_t id, model::Sku sku, int64_t revision) {
  model::Product product;
  product.name = "Näme\n";
  product.description = "d\t";
  product.weight = 1.5;
  product.map_price = model::Money{"EUR", "12.90"};
  product.categories = {"x", ""};
  product.create_time = kNow;
  model::StoredProduct stored;
  stored.flags.product_id = id;
  stored.flags.sku = sku;
  stored.flags.active = false;
  stored.flags.revision = revision;
  stored.details = EncodeDocument(product);
  return stored;
}

}  // namespace

TEST_P(StoreTest, InventoryStateStartsEmptyAndIsKeptWhole) {
  Insert("acme");
  model::InventoryState state;
  state.computed_generation = 3;
  state.target_generation = 4;
  state.position_step = "levels/a";
  state.position_key = 8;
  state.locations_changed = true;
  state.deferred_by_run = "run";
  state.base_url = "https://x";
  state.last_complete_full_time = kNow;
  state.acknowledge_in_flight = kNow;
  state.gap_time = kNow;
  state.last_revision = 77;
  state.doubted_lists = {"channels"};
  state.SetMark("a", kNow - absl::Hours(1));
  state.SetMark("b", kNow);
  state.SetMark("a", kNow);
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              EXPECT_EQ(txn.inventory().LockState("acme")->last_revision, 0);
              return txn.inventory().PutState("acme", state);
            }),
            absl::OkStatus());
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              const model::InventoryState read =
                  *txn.inventory().LockState("acme");
              EXPECT_TRUE(model::SameFields(read, state));
              EXPECT_EQ(read.MarkOf("a"), kNow);
              EXPECT_EQ(read.MarkOf("c"), std::nullopt);
              return txn.inventory().PutState("acme", {});
            }),
            absl::OkStatus());
  ASSERT_EQ(Read([&](ReadTransaction& txn) {
              EXPECT_EQ(txn.inventory().GetState("acme")->gap_time,
                        std::nullopt);
              EXPECT_EQ(txn.inventory().GetState("other")->last_revision, 0);
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, AWriteForNoConnectionIsNotFound) {
  const absl::Status status = Write([&](WriteTransaction& txn) {
    return txn.inventory().PutState("nobody", {});
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
}

TEST_P(StoreTest, LocationsComeByKindAndIdAndCountWhatIsWithheld) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const LocationKind kWarehouse = LocationKind::kWarehouse;
        EXPECT_TRUE(
            tables
                .PutLocations("acme",
                              {{{kWarehouse, 2, "Two"}, "t", false, true},
                               {{kWarehouse, 1, "One"}, "", true, false},
                               {{LocationKind::kSalesChannel, 5, "Shop"}, "s"}})
                .ok());
        EXPECT_TRUE(tables.AddWithheld("acme", {kWarehouse, 2, ""}, 5).ok());
        EXPECT_TRUE(tables.AddWithheld("acme", {kWarehouse, 2, ""}, -2).ok());
        EXPECT_TRUE(
            tables.PutLocations("acme", {{{kWarehouse, 2, "Zwei"}, "t", false}})
                .ok());
        model::StoredLocation back{{LocationKind::kSalesChannel, 5, "Shop"},
                                   "s"};
        back.away = true;
        back.read_from = absl::FromUnixSeconds(7);
        back.numbers_in_use = true;
        EXPECT_TRUE(tables.PutLocations("acme", {back}).ok());
        const std::vector<model::StoredLocation> all =
            *tables.ListLocations("acme");
        EXPECT_EQ(all.size(), 3u);
        EXPECT_EQ(all[0].location.name, "Shop");
        EXPECT_EQ(all[0].type, "s");
        EXPECT_TRUE(all[0].away);
        EXPECT_EQ(all[0].read_from, absl::FromUnixSeconds(7));
        EXPECT_TRUE(all[0].numbers_in_use);
        EXPECT_FALSE(all[1].away);
        EXPECT_EQ(all[1].read_from, std::nullopt);
        EXPECT_EQ(all[1].location.name, "One");
        EXPECT_FALSE(all[1].listed);
        EXPECT_EQ(all[2].location.name, "Zwei");
        EXPECT_FALSE(all[2].active);
        EXPECT_EQ(all[2].withheld, 3);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ASpellingHasOneNumberAndSharesItsKey) {
  Insert("acme");
  Insert("bolt");
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              InventoryWriter& tables = txn.inventory();
              const std::vector<model::Sku> first =
                  Skus(tables, {"ab-1", "", "AB-1", "ab-1", "Straße"});
              EXPECT_NE(first[0].number, 0);
              EXPECT_EQ(first[0].key, first[0].number);
              EXPECT_EQ(first[1].number, 0);
              EXPECT_EQ(first[1].key, 0);
              EXPECT_NE(first[2].number, first[0].number);
              EXPECT_EQ(first[2].key, first[0].key);
              EXPECT_EQ(first[3].number, first[0].number);
              const std::vector<model::Sku> second =
                  Skus(tables, {"Ab-1", "STRASSE"});
              EXPECT_EQ(second[0].key, first[0].key);
              EXPECT_NE(second[0].number, first[0].number);
              EXPECT_EQ(second[1].key, first[4].key);
              const std::vector<model::Sku> found =
                  *tables.FindSkus("acme", {"AB-1", "aB-1", "none"});
              EXPECT_EQ(found[0].number, first[2].number);
              EXPECT_EQ(found[1].number, 0);
              EXPECT_EQ(found[1].key, first[0].key);
              EXPECT_EQ(found[2].key, 0);
              EXPECT_THAT(*tables.GetSkuTexts("acme", {first[2].number, 0, 999,
                                                       first[4].number}),
                          ElementsAre("AB-1", "", "", "Straße"));
              EXPECT_THAT(*tables.ListSkuKeys("acme", 0, 10),
                          ElementsAre(first[0].key, first[4].key));
              EXPECT_THAT(*tables.ListSkuKeys("acme", first[0].key, 10),
                          ElementsAre(first[4].key));
              EXPECT_THAT(*tables.ListSkuKeys("bolt", 0, 10), IsEmpty());
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, StockIsFoundByProductInRangesAndOneByOne) {
  Insert("acme");
  Insert("bolt");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const model::Sku sku = Skus(tables, {"A"})[0];
        std::vector<model::StoredStock> rows;
        std::vector<int64_t> all, sparse;
        for (int64_t id = 1; id <= 200; ++id) {
          rows.push_back(Stock(1, id, sku, id));
          all.push_back(id);
          // Between two of these lie more rows than a range may read in vain.
          if (id % 10 == 0) sparse.push_back(id);
        }
        rows.push_back(Stock(2, 1, sku, 5, std::nullopt));
        rows.back().gone = true;
        rows.back().level = {9, 4, WithheldReason::kNone, true,
                             kNow - absl::Hours(1)};
        EXPECT_TRUE(tables.PutStock("acme", rows).ok());
        EXPECT_THAT(*tables.FindStock("acme", 1, all), SizeIs(200));
        EXPECT_THAT(*tables.FindStock("acme", 1, sparse), SizeIs(20));
        EXPECT_THAT(*tables.FindStock("acme", 1, {5, 7}), SizeIs(2));
        EXPECT_THAT(*tables.FindStock("acme", 1, {}), IsEmpty());
        EXPECT_THAT(*tables.FindStock("bolt", 1, all), IsEmpty());
        EXPECT_THAT(*tables.FindStockAt("acme", {1, 2, 3}, {1, 2, 1}),
                    SizeIs(3));
        const auto standing = *tables.FindStandingStock("acme", 1, kNow, all);
        EXPECT_THAT(standing, SizeIs(200));
        EXPECT_EQ(standing[4].product_id, 5);
        EXPECT_EQ(standing[4].sku, sku.number);
        EXPECT_EQ(standing[4].on_hand, 5);
        EXPECT_EQ(standing[4].locked, rows[4].locked);
        EXPECT_THAT(*tables.FindStandingStock("acme", 1, kNow, sparse),
                    SizeIs(20));
        // Not what is gone, missed or of an earlier reading.
        EXPECT_THAT(*tables.FindStandingStock("acme", 2, kNow, {1}), IsEmpty());
        rows.back().gone = false;
        rows.back().missed = true;
        EXPECT_TRUE(tables.PutStock("acme", {rows.back()}).ok());
        EXPECT_THAT(*tables.FindStandingStock("acme", 2, kNow, {1}), IsEmpty());
        rows.back().missed = false;
        EXPECT_TRUE(tables.PutStock("acme", {rows.back()}).ok());
        EXPECT_THAT(*tables.FindStandingStock("acme", 2, kNow, {1}), SizeIs(1));
        EXPECT_THAT(*tables.FindStandingStock(
                        "acme", 2, kNow + absl::Microseconds(1), {1}),
                    IsEmpty());
        rows.back().gone = true;
        EXPECT_TRUE(tables.PutStock("acme", {rows.back()}).ok());
        const model::StoredStock one =
            tables.FindStock("acme", 2, {1})->front();
        EXPECT_EQ(one.master_sku, "A");
        EXPECT_EQ(one.sku.key, sku.key);
        EXPECT_EQ(one.on_hand, 5);
        EXPECT_EQ(one.locked, std::nullopt);
        EXPECT_EQ(one.value_time, kNow);
        EXPECT_TRUE(one.gone);
        EXPECT_FALSE(one.missed);
        EXPECT_EQ(one.level.revision, 9);
        EXPECT_EQ(one.level.available, 4);
        EXPECT_TRUE(one.level.clamped_at_zero);
        EXPECT_EQ(one.level.as_of_time, kNow - absl::Hours(1));
        EXPECT_THAT(*tables.ListStockIds("acme", 2, 0, 10), IsEmpty());
        EXPECT_THAT(*tables.ListStockIds("acme", 1, 198, 10),
                    ElementsAre(199, 200));
        EXPECT_TRUE(
            tables.AddStockProducts("acme", {{sku.key, 1}, {sku.key, 2}}).ok());
        EXPECT_TRUE(tables.AddStockProducts("acme", {{sku.key, 1}}).ok());
        EXPECT_THAT(*tables.FindStockProducts("acme", {sku.key, 999}),
                    UnorderedElementsAre(Pair(sku.key, 1), Pair(sku.key, 2)));
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ListingsAreFoundByEachOfTheirNames) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const std::vector<model::Sku> skus =
            Skus(tables, {"x", "y", "z", "m", "n"});
        model::StoredListing unread = Listing(5, 3, skus[2], skus[3], 0);
        unread.known = false;
        EXPECT_TRUE(
            tables
                .PutListings("acme",
                             {Listing(5, 1, skus[0], skus[3], 10),
                              Listing(6, 1, skus[0], skus[3], 10),
                              Listing(5, 2, skus[1], skus[4], 11), unread})
                .ok());
        EXPECT_THAT(*tables.FindListings("acme", 5, {1, 2, 2}), SizeIs(2));
        EXPECT_THAT(*tables.FindListingsBySku("acme", 5, {skus[0].key}),
                    SizeIs(1));
        EXPECT_THAT(*tables.FindListingsByMasterSku("acme", 5, {skus[3].key}),
                    SizeIs(2));
        EXPECT_THAT(*tables.FindListingsOfProducts("acme", {10}), SizeIs(2));
        EXPECT_THAT(*tables.ListListingIds("acme", 5, 0, 10),
                    ElementsAre(1, 2));
        EXPECT_EQ(*tables.CountUntoldListings("acme", 5, kNow), 2);
        EXPECT_EQ(
            *tables.CountUntoldListings("acme", 5, kNow - absl::Seconds(1)), 0);
        const model::StoredListing one =
            tables.FindListings("acme", 5, {2})->front();
        EXPECT_EQ(one.sku.number, skus[1].number);
        EXPECT_EQ(one.master.key, skus[4].key);
        EXPECT_EQ(one.product_id, 11);
        EXPECT_TRUE(one.active);
        EXPECT_FALSE(one.push_inventory);
        EXPECT_EQ(one.quantity, -3);
        EXPECT_EQ(one.told_time, kNow);
        EXPECT_TRUE(one.missed);
        // Those told at kNow were so in the future of a second before.
        EXPECT_TRUE(
            tables.ForgetFutureNumbers("acme", 5, kNow - absl::Seconds(1))
                .ok());
        EXPECT_EQ(
            *tables.CountUntoldListings("acme", 5, kNow - absl::Seconds(1)), 2);
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, ProductsAreKeptWholeAndListedByRevision) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const std::vector<model::Sku> skus = Skus(tables, {"A", "B", "C"});
        const model::StoredProduct first = Product(1, skus[0], 30);
        EXPECT_TRUE(tables
                        .PutProducts("acme", {first, Product(2, skus[1], 20),
                                              Product(3, skus[2], 0)})
                        .ok());
        EXPECT_EQ(tables.FindProducts("acme", {1})->front().details,
                  first.details);
        const model::ProductFlags flags =
            tables.FindProductFlags("acme", {1})->front();
        EXPECT_EQ(flags.sku.number, skus[0].number);
        EXPECT_FALSE(flags.active);
        EXPECT_EQ(flags.revision, 30);
        EXPECT_THAT(
            *tables.FindProductsBySku("acme", {skus[1].key, skus[2].key}),
            SizeIs(2));
        EXPECT_THAT(*tables.ListProducts("acme", 1, 10), SizeIs(2));
        EXPECT_THAT(*tables.ListProductIds("acme", 0, 2), ElementsAre(1, 2));
        const auto changed = *tables.ListChangedProducts("acme", 0, 10);
        EXPECT_EQ(changed.size(), 2u);
        EXPECT_EQ(changed[0].product_id, 2);
        EXPECT_EQ(changed[1].revision, 30);
        EXPECT_EQ(changed[1].master_sku, "A");
        EXPECT_EQ(changed[1].name, "Näme\n");
        EXPECT_EQ(changed[1].weight, 1.5);
        EXPECT_EQ(changed[1].map_price->amount, "12.90");
        EXPECT_THAT(changed[1].categories, ElementsAre("x", ""));
        EXPECT_EQ(changed[1].create_time, kNow);
        EXPECT_FALSE(changed[1].active);
        EXPECT_THAT(*tables.ListChangedProducts("acme", 20, 10), SizeIs(1));
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, InventoryGoesWithItsConnection) {
  Insert("acme");
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        InventoryWriter& tables = txn.inventory();
        const model::Sku sku = Skus(tables, {"A"})[0];
        EXPECT_TRUE(tables.PutStock("acme", {Stock(1, 1, sku, 1)}).ok());
        EXPECT_TRUE(tables.PutProducts("acme", {Product(1, sku, 5)}).ok());
        model::StoredLevel level;
        level.sku_key = sku.key;
        level.value.revision = 6;
        EXPECT_TRUE(tables.PutLevels("acme", {level}).ok());
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
              EXPECT_THAT(*tables.FindStock("acme", 1, {1}), IsEmpty());
              EXPECT_THAT(*tables.ListProducts("acme", 0, 10), IsEmpty());
              EXPECT_THAT(*tables.ListLevels("acme", 0, 0, 10), IsEmpty());
              EXPECT_THAT(*tables.ListSkuKeys("acme", 0, 10), IsEmpty());
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

}  // namespace oms_connector::storage
