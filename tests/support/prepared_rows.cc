#include "tests/support/prepared_rows.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/json_writer.h"
#include "tests/support/row_text.h"

namespace oms_connector::testing_support {
namespace {

// Tables kept at once, and how many rows make one worth keeping beyond that:
// requests for single rows come and go, the few big tables of a pull stay.
constexpr size_t kMostTables = 64;
constexpr int64_t kBigTable = 1000;

template <typename Rows>
void AddAll(const FakeWorld& world, const Rows& rows, RowTable& table) {
  for (const auto& [id, row] : rows) {
    table.Add(
        [&, &row = row](std::string* out) { AppendRow(world, row, out); });
  }
}

template <typename Rows>
void AddMatching(const FakeWorld& world, const RowFilter& filter,
                 const Rows& rows, RowTable& table) {
  for (const auto& [id, row] : rows) {
    if (!Matches(filter, row)) continue;
    table.Add(
        [&, &row = row](std::string* out) { AppendRow(world, row, out); });
  }
}

// The stock rows of one warehouse lie together; of all, each product's rows
// are summed.
std::vector<Stock> StockTotals(const FakeWorld& world,
                               const RowFilter& filter) {
  std::map<int64_t, Stock> totals;
  auto row = world.stock.begin();
  auto end = world.stock.end();
  if (filter.warehouse_id.has_value()) {
    row = world.stock.lower_bound({*filter.warehouse_id, INT64_MIN});
    end = world.stock.upper_bound({*filter.warehouse_id, INT64_MAX});
  }
  for (; row != end; ++row) {
    if (!Matches(filter, world, row->second)) continue;
    const Stock& stock = row->second;
    const auto [total, is_new] = totals.try_emplace(stock.product_id, stock);
    if (is_new) continue;
    Stock& sum = total->second;
    sum.on_hand += stock.on_hand;
    if (stock.locked) sum.locked = sum.locked.value_or(0) + *stock.locked;
    if (stock.in_transit) {
      sum.in_transit = sum.in_transit.value_or(0) + *stock.in_transit;
    }
  }
  std::vector<Stock> rows;
  rows.reserve(totals.size());
  for (auto& [id, total] : totals) rows.push_back(std::move(total));
  return rows;
}

void AddStockTotals(const FakeWorld& world, const RowFilter& filter,
                    RowTable& table) {
  for (const Stock& row : StockTotals(world, filter)) {
    table.Add([&](std::string* out) { AppendStockTotal(world, row, out); });
  }
}

// The one location of a stock row that names none. Derived from the row's ids
// so that it is the same on every page.
StockLocation WholeWarehouse(const Stock& row) {
  StockLocation location;
  location.stock_location_id = row.product_id * 1000 + row.warehouse_id;
  location.location = "MAIN";
  location.quantity = row.on_hand;
  location.quantity_locked = row.locked.value_or(0);
  return location;
}

void AddInventory(const FakeWorld& world, const RowFilter& filter,
                  RowTable& table) {
  for (const auto& [key, stock] : world.stock) {
    if (!Matches(filter, world, stock)) continue;
    std::vector<StockLocation> locations = stock.locations;
    if (locations.empty()) locations.push_back(WholeWarehouse(stock));
    for (const StockLocation& location : locations) {
      table.Add([&, &stock = stock](std::string* out) {
        AppendInventory(world, stock, location, out);
      });
    }
  }
}

void AddOrders(const FakeWorld& world, const RowFilter& filter,
               RowTable& table) {
  std::map<int64_t, std::vector<const Shipment*>> shipments;
  for (const auto& [id, shipment] : world.shipments) {
    shipments[shipment.order_id].push_back(&shipment);
  }
  for (const auto& [id, order] : world.orders) {
    if (!Matches(filter, order)) continue;
    table.Add([&, id = id, &order = order](std::string* out) {
      AppendOrder(world, order, shipments[id], out);
    });
  }
}

void AddCarriers(const FakeWorld& world, RowTable& table) {
  for (const std::string& carrier : world.carriers) {
    table.Add([&](std::string* out) { JsonWriter(out).Text(carrier); });
  }
}

RowTable Build(const FakeWorld& world, Endpoint endpoint,
               const RowFilter& filter) {
  RowTable table;
  switch (endpoint) {
    case Endpoint::kSalesChannels:
      AddAll(world, world.sales_channels, table);
      break;
    case Endpoint::kWarehouses:
      AddAll(world, world.warehouses, table);
      break;
    case Endpoint::kStockTotals:
      AddStockTotals(world, filter, table);
      break;
    case Endpoint::kInventory:
      AddInventory(world, filter, table);
      break;
    case Endpoint::kProducts:
      AddMatching(world, filter, world.products, table);
      break;
    case Endpoint::kListings:
      AddMatching(world, filter, world.listings, table);
      break;
    case Endpoint::kOrders:
      AddOrders(world, filter, table);
      break;
    case Endpoint::kShipments:
      AddMatching(world, filter, world.shipments, table);
      break;
    case Endpoint::kProviders:
      AddAll(world, world.providers, table);
      break;
    case Endpoint::kCarriers:
      AddCarriers(world, table);
      break;
    case Endpoint::kAcknowledge:
    case Endpoint::kOrder:
      break;
  }
  return table;
}

}  // namespace

std::string RowTable::Page(int64_t first, int64_t count) const {
  if (first < 0 || first >= size() || count <= 0) return "[]";
  const int64_t last = std::min(size(), first + count) - 1;
  // A row starts behind the comma that follows the row before it.
  const size_t begin = first == 0 ? 0 : ends_[first - 1] + 1;
  return absl::StrCat(
      "[", absl::string_view(text_).substr(begin, ends_[last] - begin), "]");
}

std::shared_ptr<const RowTable> PreparedRows::Get(const FakeWorld& world,
                                                  Endpoint endpoint,
                                                  const RowRequest& request) {
  if (tables_.size() >= kMostTables) ForgetSmallTables();
  std::shared_ptr<const RowTable>& table =
      tables_[{endpoint, request.filter_text}];
  if (table == nullptr) {
    table = std::make_shared<const RowTable>(
        Build(world, endpoint, request.filter));
  }
  return table;
}

void PreparedRows::ForgetSmallTables() {
  for (auto table = tables_.begin(); table != tables_.end();) {
    table = table->second->size() < kBigTable ? tables_.erase(table)
                                              : std::next(table);
  }
  if (tables_.size() >= kMostTables) tables_.clear();
}

std::vector<const Shipment*> ShipmentsOf(const FakeWorld& world,
                                         int64_t order_id) {
  std::vector<const Shipment*> shipments;
  for (const auto& [id, shipment] : world.shipments) {
    if (shipment.order_id == order_id) shipments.push_back(&shipment);
  }
  return shipments;
}

}  // namespace oms_connector::testing_support
