#include "order_manager/inventory_readers.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kWarehouse = 3;

std::string Show(const model::StockRow& row) {
  return absl::StrCat(
      row.warehouse_id, "/", row.product_id, " ", row.master_sku, " ",
      row.on_hand, "-",
      row.locked.has_value() ? absl::StrCat(*row.locked) : "unknown");
}

std::vector<std::string> Show(const Page<model::StockRow>& page) {
  std::vector<std::string> shown;
  for (const model::StockRow& row : page.rows) shown.push_back(Show(row));
  return shown;
}

TEST(StockReader, ReadsTotalsInAnyForm) {
  const auto page = ReadForTest(&ReadStockTotals, R"([
      {"product": {"productId": 10, "masterSku": "TEE-RED", "name": "Tee"},
       "onHandQuantity": 7, "lockedQuantity": 2, "inTransitQuantity": 0},
      {"product": {"productId": "11", "masterSku": 4711},
       "onHandQuantity": "12.0", "lockedQuantity": "0"},
      {"product": {"productId": 12, "masterSku": "CAP"},
       "onHandQuantity": 5000000000.0, "lockedQuantity": null},
      {"product": {"productId": 13, "masterSku": "SOCK"},
       "onHandQuantity": -4}])",
                                kWarehouse, 1);
  EXPECT_THAT(Show(page), ElementsAre("3/10 TEE-RED 7-2", "3/11 4711 12-0",
                                      "3/12 CAP 5000000000-unknown",
                                      "3/13 SOCK -4-unknown"));
  EXPECT_EQ(page.row_count, 4);
}

TEST(StockReader, CountsTheTotalsOfAWarehouseOnce) {
  const auto page = ReadForTest(&ReadStockByLocation, R"([
      {"productStockId": 1, "quantity": 4, "product": {"productId": 10,
       "masterSku": "TEE"}, "stockLocation": {"warehouseId": 3},
       "warehouseStockTotals": {"onHandQuantity": 9, "lockedQuantity": 1}},
      {"productStockId": 2, "quantity": 2, "product": {"productId": 11,
       "masterSku": "CAP"}, "stockLocation": null,
       "warehouseStockTotals": {"onHandQuantity": 2, "lockedQuantity": null}},
      {"productStockId": 3, "quantity": 5, "product": {"productId": 10,
       "masterSku": "TEE"}, "stockLocation": {"warehouseId": "3"},
       "warehouseStockTotals": {"onHandQuantity": 8, "lockedQuantity": 1}}])",
                                kWarehouse, 1);
  EXPECT_THAT(Show(page), ElementsAre("3/10 TEE 8-1", "3/11 CAP 2-unknown"));
  EXPECT_EQ(page.row_count, 3);
}

TEST(StockReader, TakesAnEmptyPageForTheEnd) {
  EXPECT_EQ(ReadForTest(&ReadStockTotals, "[]", kWarehouse, 9).row_count, 0);
  EXPECT_EQ(ReadForTest(&ReadStockByLocation, "[]", kWarehouse, 9).row_count,
            0);
}

TEST(ProductReader, ReadsAllOfAProduct) {
  const auto page = ReadForTest(&ReadProducts, R"([
      {"productId": 10, "masterSku": "TEE-RED", "name": "Red tee",
       "type": "CORE_PRODUCT", "active": false, "bundle": false,
       "brand": "Acme", "description": "A tee.\nRed.", "upc": "0123",
       "mpn": "T-1", "weight": "0.25", "length": 10, "width": 2.5,
       "height": null, "mapPrice": {"amount": 12.9, "currency": "USD"},
       "categories": ["Shirts", {"id": 1, "name": "Summer"}, 5, null],
       "labels": {}, "imageUrls": [{"id": 1, "url": "https://i/2", "rank": 2},
       {"id": 2, "url": "https://i/1", "rank": "1"}, "https://i/3",
       {"id": 3}],
       "createdDate": "2026-08-17T10:00:00Z",
       "modifiedDate": "2026-08-17T12:00:01+02:00", "unknown": [[1]]}])",
                                1);
  ASSERT_THAT(page.rows, SizeIs(1));
  const model::Product& product = page.rows[0];
  EXPECT_EQ(product.product_id, 10);
  EXPECT_EQ(product.master_sku, "TEE-RED");
  EXPECT_EQ(product.name, "Red tee");
  EXPECT_EQ(product.type, "CORE_PRODUCT");
  EXPECT_FALSE(product.active);
  EXPECT_EQ(product.brand, "Acme");
  EXPECT_EQ(product.description, "A tee.\nRed.");
  EXPECT_EQ(product.upc, "0123");
  EXPECT_EQ(product.mpn, "T-1");
  EXPECT_EQ(product.weight, 0.25);
  EXPECT_EQ(product.length, 10);
  EXPECT_EQ(product.width, 2.5);
  EXPECT_EQ(product.height, std::nullopt);
  ASSERT_TRUE(product.map_price.has_value());
  EXPECT_EQ(product.map_price->amount, "12.9");
  EXPECT_EQ(product.map_price->currency_code, "USD");
  EXPECT_THAT(product.categories, ElementsAre("Shirts", "Summer", "5"));
  EXPECT_THAT(product.labels, IsEmpty());
  EXPECT_THAT(product.image_urls,
              ElementsAre("https://i/1", "https://i/2", "https://i/3"));
  const absl::Time ten = absl::FromUnixSeconds(1'786'960'800);
  EXPECT_EQ(product.create_time, ten);
  EXPECT_EQ(product.modify_time, ten + absl::Seconds(1));
}

TEST(ProductReader, LivesWithAlmostNothing) {
  const auto page =
      ReadForTest(&ReadProducts, R"([{"productId":"10","masterSku":4711}])", 1);
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].master_sku, "4711");
  EXPECT_TRUE(page.rows[0].active);
  EXPECT_EQ(page.rows[0].map_price, std::nullopt);
}

TEST(LocationReader, ReadsSalesChannels) {
  const auto page = ReadForTest(&ReadSalesChannels, R"([
      {"salesChannelId": 7, "name": "Web shop", "type": "SHOPIFY",
       "active": true, "companyName": "Acme"},
      {"salesChannelId": "8", "name": null, "type": "NEW_TYPE",
       "active": "false"},
      {"salesChannelId": 9}])");
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_EQ(page.rows[0].id, 7);
  EXPECT_EQ(page.rows[0].name, "Web shop");
  EXPECT_EQ(page.rows[0].type, "SHOPIFY");
  EXPECT_TRUE(page.rows[0].active);
  EXPECT_EQ(page.rows[1].id, 8);
  EXPECT_EQ(page.rows[1].name, "");
  EXPECT_EQ(page.rows[1].type, "NEW_TYPE");
  EXPECT_FALSE(page.rows[1].active);
  EXPECT_TRUE(page.rows[2].active);
  EXPECT_EQ(page.row_count, 3);
  EXPECT_THAT(page.rejected, IsEmpty());
}

TEST(LocationReader, ReadsWarehouses) {
  const auto page = ReadForTest(&ReadWarehouses, R"([
      {"warehouseId": 1, "name": "Leeds", "active": true,
       "type": "DIRECT_FULFILLMENT", "salesChannelId": null, "address": []},
      {"warehouseId": 2, "name": 5, "active": 0,
       "type": "THIRD_PARTY_LOGISTICS", "address": {"city": "Ghent"}}])");
  EXPECT_THAT(
      page.rows,
      ElementsAre(AllOf(Field(&model::Warehouse::id, 1),
                        Field(&model::Warehouse::name, "Leeds"),
                        Field(&model::Warehouse::active, true),
                        Field(&model::Warehouse::type, "DIRECT_FULFILLMENT")),
                  AllOf(Field(&model::Warehouse::id, 2),
                        Field(&model::Warehouse::name, "5"),
                        Field(&model::Warehouse::active, false))));
}

TEST(ListingReader, ReadsListings) {
  const auto page = ReadForTest(&ReadListings, R"([
      {"listingId": 1, "listingSku": "WEB-TEE", "masterSku": "TEE",
       "productId": 10, "salesChannelId": 7, "active": false,
       "pushInventory": "false", "created": "2026-08-17T10:00:00Z"},
      {"listingId": "2", "listingSku": 4711}])",
                                7, 1);
  ASSERT_THAT(page.rows, SizeIs(2));
  const model::Listing& first = page.rows[0];
  EXPECT_EQ(first.listing_id, 1);
  EXPECT_EQ(first.listing_sku, "WEB-TEE");
  EXPECT_EQ(first.master_sku, "TEE");
  EXPECT_EQ(first.product_id, 10);
  EXPECT_EQ(first.sales_channel_id, 7);
  EXPECT_FALSE(first.active);
  EXPECT_FALSE(first.push_inventory);
  const model::Listing& second = page.rows[1];
  EXPECT_EQ(second.listing_sku, "4711");
  EXPECT_EQ(second.master_sku, "");
  EXPECT_EQ(second.product_id, 0);
  EXPECT_EQ(second.sales_channel_id, 7);
  EXPECT_TRUE(second.active);
  EXPECT_TRUE(second.push_inventory);
}

TEST(StockReader, RejectsRowsWithoutProductSkuOrQuantity) {
  const auto page = ReadForTest(&ReadStockTotals, R"([
      {"product": null, "onHandQuantity": 1},
      {"product": [], "onHandQuantity": 1},
      {"product": "nothing", "onHandQuantity": 1},
      {"product": {"productId": 10}, "onHandQuantity": 1},
      {"product": {"productId": 10, "masterSku": " "}, "onHandQuantity": 1},
      {"product": {"masterSku": "TEE"}, "onHandQuantity": 1},
      {"product": {"productId": 10, "masterSku": "TEE"}},
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": ""},
      {"product": {"productId": 10, "masterSku": "TEE"},
       "onHandQuantity": "abc"},
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": 1.5},
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": NaN},
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": 1,
       "onHandQuantity": 1},
      {"product": {"productId": 11, "masterSku": "CAP"}, "onHandQuantity": 1}
      ])",
                                kWarehouse, 2);
  EXPECT_THAT(Show(page), ElementsAre("3/11 CAP 1-unknown"));
  EXPECT_EQ(page.row_count, 13);
  const std::string at = "productstocks/total page 2, ";
  const std::string tee = at + "productId 10, masterSku TEE: onHandQuantity ";
  EXPECT_THAT(
      Shown(page.rejected),
      ElementsAre(at + ": product.productId is missing",
                  at + ": product.productId is missing",
                  at + ": product.productId is missing",
                  at + "productId 10: product.masterSku is missing",
                  at + "productId 10, masterSku  : product.masterSku is "
                       "missing",
                  at + "masterSku TEE: product.productId is missing",
                  tee + "is missing", tee + "is missing",
                  tee + "is not a whole number: \"abc\"",
                  tee + "is not a whole number: \"1.5\"",
                  tee + "is not a whole number: \"NaN\"",
                  tee + "stands twice in one object"));
}

TEST(StockReader, LeavesOutALockedQuantityThatCannotBeRead) {
  const auto page = ReadForTest(&ReadStockTotals, R"([
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": 1,
       "lockedQuantity": "some"}])",
                                kWarehouse, 2);
  EXPECT_THAT(Show(page), ElementsAre("3/10 TEE 1-unknown"));
  EXPECT_THAT(Shown(page.notes),
              ElementsAre("productstocks/total page 2, productId 10, masterSku "
                          "TEE: lockedQuantity is not a whole number: "
                          "\"some\"; left out"));
}

TEST(StockReader, SpellsASkuWithoutWhatCannotBeSeen) {
  const auto page = ReadForTest(&ReadStockTotals, R"([
      {"product": {"productId": 10, "masterSku": "\u00a0TEE\u200b-RED\u3000"},
       "onHandQuantity": 1},
      {"product": {"productId": 11, "masterSku": "\u200b\u00a0"},
       "onHandQuantity": 1}])",
                                kWarehouse, 2);
  EXPECT_THAT(Show(page), ElementsAre("3/10 TEE-RED 1-unknown"));
  EXPECT_THAT(page.rejected, SizeIs(1)) << "blank after cleaning is empty";
}

TEST(StockReader, LeavesOutLocationsOfAnotherWarehouse) {
  const auto page = ReadForTest(&ReadStockByLocation, R"([
      {"quantity": 4, "product": {"productId": 10, "masterSku": "TEE"},
       "stockLocation": {"warehouseId": 4},
       "warehouseStockTotals": {"onHandQuantity": 9}},
      {"quantity": 4, "product": {"productId": 10, "masterSku": "TEE"},
       "stockLocation": {"warehouseId": 3}, "warehouseStockTotals": []}])",
                                kWarehouse, 5);
  EXPECT_THAT(page.rows, IsEmpty());
  EXPECT_EQ(page.row_count, 2) << "the page is not empty: more may follow";
  EXPECT_THAT(Shown(page.notes),
              ElementsAre("inventory page 5, productId 10, masterSku TEE: "
                          "stockLocation.warehouseId is 4, not the 3 that was "
                          "asked for; the row is left out"));
  EXPECT_THAT(Shown(page.rejected),
              ElementsAre("inventory page 5, productId 10, masterSku TEE: "
                          "warehouseStockTotals.onHandQuantity is missing"));
}

TEST(ProductReader, LeavesOutAndNotesDetailsThatAreWrong) {
  const auto page = ReadForTest(&ReadProducts, R"([
      {"productId": 10, "masterSku": "TEE", "name": {"en": "Tee"},
       "weight": "heavy", "mapPrice": "cheap", "categories": "Shirts",
       "active": "perhaps", "createdDate": "soon"},
      {"productId": 11, "masterSku": "CAP", "mapPrice": {"amount": "about 5"}},
      {"productId": 12, "masterSku": "HAT", "mapPrice": [], "digital": "yes"}
      ])",
                                1);
  ASSERT_THAT(page.rows, SizeIs(3));
  const model::Product& product = page.rows[0];
  EXPECT_EQ(product.name, "");
  EXPECT_EQ(product.weight, std::nullopt);
  EXPECT_EQ(product.map_price, std::nullopt);
  EXPECT_THAT(product.categories, IsEmpty());
  EXPECT_TRUE(product.active);
  EXPECT_EQ(product.create_time, std::nullopt);
  EXPECT_EQ(page.rows[1].map_price, std::nullopt);
  EXPECT_EQ(page.rows[2].map_price, std::nullopt);
  EXPECT_TRUE(page.rows[2].digital);
  const std::string tee = "products page 1, productId 10, masterSku TEE: ";
  EXPECT_THAT(
      Shown(page.notes),
      ElementsAre(tee + "name is not text: an object; left out",
                  tee + "active is not a flag: \"perhaps\"; taken for true",
                  tee + "weight is not a number: \"heavy\"; left out",
                  tee + "mapPrice is not an amount of money: \"cheap\"; left "
                        "out",
                  tee + "categories is not a list: \"Shirts\"; left out",
                  tee + "createdDate is not a time: \"soon\"; left out",
                  "products page 1, productId 11, masterSku CAP: mapPrice is "
                  "not an amount of money: an object; left out"));
}

TEST(ProductReader, RejectsProductsWithoutIdOrSku) {
  const auto page = ReadForTest(&ReadProducts, R"([
      {"masterSku": "TEE"}, {"productId": 10},
      {"productId": 10, "masterSku": ["TEE"]}])",
                                4);
  EXPECT_THAT(
      Shown(page.rejected),
      ElementsAre("products page 4, masterSku TEE: productId is missing",
                  "products page 4, productId 10: masterSku is missing",
                  "products page 4, productId 10: masterSku is not plain text: "
                  "a list"));
}

TEST(ProductReader, TellsTheNewestChange) {
  const auto page = ReadForTest(&ReadProducts, R"([
      {"productId": 10, "masterSku": "A",
       "modifiedDate": "2026-08-17T10:00:00Z"},
      {"productId": 11, "masterSku": "B",
       "modifiedDate": "2026-08-17T11:00:00Z"},
      {"productId": 12, "masterSku": "C"}])",
                                1);
  EXPECT_EQ(page.newest_modified, absl::FromUnixSeconds(1'786'964'400));
}

TEST(LocationReader, RejectsRowsWithoutIdAndNotesTheRest) {
  const auto channels = ReadForTest(&ReadSalesChannels, R"([
      {"name": "Web shop"}, {"salesChannelId": 7, "active": "perhaps"},
      {"salesChannelId": 8, "name": {}}])");
  EXPECT_THAT(channels.rows, SizeIs(2));
  EXPECT_THAT(Shown(channels.rejected),
              ElementsAre("saleschannels page 0, name Web shop: salesChannelId "
                          "is missing"));
  EXPECT_THAT(Shown(channels.notes),
              ElementsAre("saleschannels page 0, salesChannelId 7: active is "
                          "not a flag: \"perhaps\"; taken for true",
                          "saleschannels page 0, salesChannelId 8: name is not "
                          "plain text: an object; left out"));
  EXPECT_THAT(
      Shown(ReadForTest(&ReadWarehouses, R"([{"warehouseId": "first"}])")
                .rejected),
      ElementsAre("warehouses page 0, warehouseId first: warehouseId is not an "
                  "id: \"first\""));
}

TEST(ListingReader, LeavesOutListingsOfAnotherChannel) {
  const auto page = ReadForTest(&ReadListings, R"([
      {"listingId": 1, "listingSku": "WEB-TEE", "salesChannelId": 8},
      {"listingId": 2, "masterSku": "TEE"}, {"listingSku": "WEB-TEE"},
      {"listingId": 3, "listingSku": "A", "productId": "ten"}])",
                                7, 2);
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].product_id, 0);
  EXPECT_THAT(Shown(page.notes),
              ElementsAre("listings page 2, listingId 1, listingSku WEB-TEE: "
                          "salesChannelId is 8, not the 7 that was asked for; "
                          "the row is left out",
                          "listings page 2, listingId 3, listingSku A: "
                          "productId is not an id: \"ten\"; left out"));
  EXPECT_THAT(
      Shown(page.rejected),
      ElementsAre("listings page 2, listingId 2: listingSku is missing",
                  "listings page 2, listingSku WEB-TEE: listingId is missing"));
}

TEST(InventoryReaders, TakeOneObjectForAListOfOneByItsOwnId) {
  EXPECT_THAT(
      ReadForTest(&ReadListings, R"({"listingId": 1, "listingSku": "A"})", 7, 1)
          .rows,
      SizeIs(1));
  JsonRows reader;
  for (std::string text :
       {R"({"error": "no"})", R"({"listingId": null, "listingSku": "A"})"}) {
    EXPECT_EQ(ReadListings(reader, &text, 7, 1).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace oms_connector::order_manager
