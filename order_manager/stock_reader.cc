#include "order_manager/stock_reader.h"

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

model::StockRow ReadStock(const RowFields& row, const RowFields& totals,
                          int64_t warehouse_id) {
  const RowFields product = row.Object("product");
  model::StockRow stock;
  stock.warehouse_id = warehouse_id;
  stock.product_id = product.Id("productId");
  stock.master_sku = product.Key("masterSku");
  stock.on_hand = totals.RequiredInteger("onHandQuantity");
  stock.locked = totals.Integer("lockedQuantity");
  return stock;
}

PageSource SourceOf(absl::string_view endpoint, int64_t page) {
  return {endpoint, page, {"product.productId", "product.masterSku"}};
}

// One row per product, in the order in which they first appear.
std::vector<model::StockRow> MergeByProduct(std::vector<model::StockRow> rows) {
  std::vector<model::StockRow> merged;
  std::map<int64_t, size_t> positions;
  for (model::StockRow& row : rows) {
    const auto [position, is_new] =
        positions.emplace(row.product_id, merged.size());
    if (is_new) {
      merged.push_back(std::move(row));
    } else {
      merged[position->second] = std::move(row);
    }
  }
  return merged;
}

}  // namespace

Page<model::StockRow> ReadStockTotals(const JsonDocument& document,
                                      int64_t warehouse_id, int64_t page) {
  return ReadPage<model::StockRow>(document,
                                   SourceOf("productstocks/total", page),
                                   [warehouse_id](const RowFields& row) {
                                     return ReadStock(row, row, warehouse_id);
                                   });
}

Page<model::StockRow> ReadStockByLocation(const JsonDocument& document,
                                          int64_t warehouse_id, int64_t page) {
  Page<model::StockRow> result = ReadPage<model::StockRow>(
      document, SourceOf("inventory", page),
      [warehouse_id](const RowFields& row) {
        const int64_t told =
            row.Object("stockLocation").IdOrZero("warehouseId");
        if (told != 0 && told != warehouse_id) {
          row.Fail("stockLocation.warehouseId",
                   absl::StrCat("is ", told, ", not the ", warehouse_id,
                                " that was asked for"));
        }
        return ReadStock(row, row.Object("warehouseStockTotals"), warehouse_id);
      });
  result.rows = MergeByProduct(std::move(result.rows));
  return result;
}

}  // namespace oms_connector::order_manager
