#include "order_manager/stock_reader.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
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
  const auto page = ReadStockTotals(ParseForTest(R"([
      {"product": {"productId": 10, "masterSku": "TEE-RED", "name": "Tee"},
       "onHandQuantity": 7, "lockedQuantity": 2, "inTransitQuantity": 0},
      {"product": {"productId": "11", "masterSku": 4711},
       "onHandQuantity": "12.0", "lockedQuantity": "0"},
      {"product": {"productId": 12, "masterSku": "CAP"},
       "onHandQuantity": 5000000000.0, "lockedQuantity": null},
      {"product": {"productId": 13, "masterSku": "SOCK"},
       "onHandQuantity": -4}])"),
                                    kWarehouse, 1);
  EXPECT_THAT(Show(page), ElementsAre("3/10 TEE-RED 7-2", "3/11 4711 12-0",
                                      "3/12 CAP 5000000000-unknown",
                                      "3/13 SOCK -4-unknown"));
  EXPECT_EQ(page.row_count, 4);
}

TEST(StockReader, RejectsWhatItCannotBeSureOf) {
  const auto page = ReadStockTotals(ParseForTest(R"([
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
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": 1,
       "lockedQuantity": "some"},
      {"product": {"productId": 11, "masterSku": "CAP"}, "onHandQuantity": 1}
      ])"),
                                    kWarehouse, 2);
  EXPECT_THAT(Show(page), ElementsAre("3/11 CAP 1-unknown"));
  EXPECT_EQ(page.row_count, 14);
  const std::string at = "productstocks/total page 2, ";
  EXPECT_THAT(
      Shown(page.rejected),
      ElementsAre(
          at + ": product.productId is missing",
          at + ": product.productId is missing",
          at + ": product is no object: \"nothing\"",
          at + "productId 10: product.masterSku is missing",
          at + "productId 10, masterSku  : product.masterSku is missing",
          at + "masterSku TEE: product.productId is missing",
          at + "productId 10, masterSku TEE: onHandQuantity is missing",
          at + "productId 10, masterSku TEE: onHandQuantity is missing",
          at + "productId 10, masterSku TEE: onHandQuantity is no whole "
               "number: \"abc\"",
          at + "productId 10, masterSku TEE: onHandQuantity is no whole "
               "number: \"1.5\"",
          at + "productId 10, masterSku TEE: onHandQuantity is no whole "
               "number: \"NaN\"",
          at + "productId 10, masterSku TEE: onHandQuantity stands twice in "
               "one object",
          at + "productId 10, masterSku TEE: lockedQuantity is no whole "
               "number: \"some\""));
}

TEST(StockReader, CountsTheTotalsOfAWarehouseOnce) {
  const auto page = ReadStockByLocation(ParseForTest(R"([
      {"productStockId": 1, "quantity": 4, "product": {"productId": 10,
       "masterSku": "TEE"}, "stockLocation": {"warehouseId": 3},
       "warehouseStockTotals": {"onHandQuantity": 9, "lockedQuantity": 1}},
      {"productStockId": 2, "quantity": 2, "product": {"productId": 11,
       "masterSku": "CAP"}, "stockLocation": null,
       "warehouseStockTotals": {"onHandQuantity": 2, "lockedQuantity": null}},
      {"productStockId": 3, "quantity": 5, "product": {"productId": 10,
       "masterSku": "TEE"}, "stockLocation": {"warehouseId": "3"},
       "warehouseStockTotals": {"onHandQuantity": 8, "lockedQuantity": 1}}])"),
                                        kWarehouse, 1);
  EXPECT_THAT(Show(page), ElementsAre("3/10 TEE 8-1", "3/11 CAP 2-unknown"));
  EXPECT_EQ(page.row_count, 3);
}

TEST(StockReader, RejectsLocationsOfAnotherWarehouseOrWithoutTotals) {
  const auto page = ReadStockByLocation(ParseForTest(R"([
      {"quantity": 4, "product": {"productId": 10, "masterSku": "TEE"},
       "stockLocation": {"warehouseId": 4},
       "warehouseStockTotals": {"onHandQuantity": 9}},
      {"quantity": 4, "product": {"productId": 10, "masterSku": "TEE"},
       "stockLocation": {"warehouseId": 3}, "warehouseStockTotals": []}])"),
                                        kWarehouse, 5);
  EXPECT_THAT(page.rows, IsEmpty());
  EXPECT_THAT(Shown(page.rejected),
              ElementsAre("inventory page 5, productId 10, masterSku TEE: "
                          "stockLocation.warehouseId is 4, not the 3 that was "
                          "asked for",
                          "inventory page 5, productId 10, masterSku TEE: "
                          "warehouseStockTotals.onHandQuantity is missing"));
}

TEST(StockReader, TakesAnEmptyPageForTheEnd) {
  EXPECT_EQ(ReadStockTotals(ParseForTest("[]"), kWarehouse, 9).row_count, 0);
  EXPECT_EQ(ReadStockByLocation(ParseForTest("[]"), kWarehouse, 9).row_count,
            0);
}

}  // namespace
}  // namespace oms_connector::order_manager
