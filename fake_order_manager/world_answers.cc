#include "fake_order_manager/world_answers.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "fake_order_manager/row_filter.h"
#include "fake_order_manager/rows.h"

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
                 const Rows& rows, const std::set<int64_t>& hidden,
                 RowTable& table) {
  for (const auto& [id, row] : rows) {
    if (!Matches(filter, row) || hidden.count(id) > 0) continue;
    table.Add(
        [&, &row = row](std::string* out) { AppendRow(world, row, out); });
  }
}

// The stock rows of one warehouse lie together; of all, each product's rows
// are summed.
std::vector<Stock> StockTotals(const FakeWorld& world, const RowFilter& filter,
                               const std::set<int64_t>& hidden) {
  std::map<int64_t, Stock> totals;
  auto row = world.stock.begin();
  auto end = world.stock.end();
  if (filter.warehouse_id.has_value()) {
    row = world.stock.lower_bound({*filter.warehouse_id, INT64_MIN});
    end = world.stock.upper_bound({*filter.warehouse_id, INT64_MAX});
  }
  for (; row != end; ++row) {
    const Stock& stock = row->second;
    if (!Matches(filter, world, stock) || hidden.count(stock.product_id) > 0) {
      continue;
    }
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
                    const std::set<int64_t>& hidden, RowTable& table) {
  for (const Stock& row : StockTotals(world, filter, hidden)) {
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
                  const std::set<int64_t>& hidden, RowTable& table) {
  for (const auto& [key, stock] : world.stock) {
    if (!Matches(filter, world, stock) || hidden.count(stock.product_id) > 0) {
      continue;
    }
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
               const std::set<int64_t>& hidden, RowTable& table) {
  std::map<int64_t, std::vector<const Shipment*>> shipments;
  for (const auto& [id, shipment] : world.shipments) {
    shipments[shipment.order_id].push_back(&shipment);
  }
  for (const auto& [id, order] : world.orders) {
    if (!Matches(filter, order) || hidden.count(id) > 0) continue;
    table.Add([&, id = id, &order = order](std::string* out) {
      AppendOrder(world, order, shipments[id], out);
    });
  }
}

void AddCarriers(const FakeWorld& world, RowTable& table) {
  for (const std::string& carrier : world.carriers) {
    table.Add([&](std::string* out) { out->append(TextOf(carrier)); });
  }
}

// Whether rows are asked for by their names.
bool IsLookUp(const RowFilter& filter) {
  return !filter.sku.empty() || !filter.listing_skus.empty() ||
         !filter.master_skus.empty() || !filter.order_numbers.empty() ||
         !filter.order_ids.empty() || !filter.shipment_ids.empty();
}

RowTable Build(const FakeWorld& world, Endpoint endpoint,
               const RowFilter& filter) {
  RowTable table;
  const FakeWorld::Hidden hidden =
      IsLookUp(filter) ? FakeWorld::Hidden() : world.hidden;
  switch (endpoint) {
    case Endpoint::kSalesChannels:
      AddAll(world, world.sales_channels, table);
      break;
    case Endpoint::kWarehouses:
      AddAll(world, world.warehouses, table);
      break;
    case Endpoint::kStockTotals:
      AddStockTotals(world, filter, hidden.products, table);
      break;
    case Endpoint::kInventory:
      AddInventory(world, filter, hidden.products, table);
      break;
    case Endpoint::kProducts:
      AddMatching(world, filter, world.products, hidden.products, table);
      break;
    case Endpoint::kListings:
      AddMatching(world, filter, world.listings, hidden.listings, table);
      break;
    case Endpoint::kOrders:
      AddOrders(world, filter, hidden.orders, table);
      break;
    case Endpoint::kShipments:
      AddMatching(world, filter, world.shipments, hidden.shipments, table);
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

std::string RowTable::RotatedPage(int64_t gone, int64_t first,
                                  int64_t count) const {
  if (first >= size()) return "[]";
  count = std::min(count, size() - first);
  const int64_t begin = (first + gone) % size();
  const int64_t behind = begin + count - size();
  if (behind <= 0) return Page(begin, count);
  std::string page = Page(begin, count);
  page.back() = ',';
  return absl::StrCat(page, absl::string_view(Page(0, behind)).substr(1));
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

std::string AcknowledgeMarks::Tell(const FakeWorld& world,
                                   const std::string& account,
                                   const std::set<int64_t>& channels) {
  RowTable changed;
  for (const auto& [id, listing] : world.listings) {
    if (!listing.quantity.has_value() ||
        channels.count(listing.sales_channel_id) == 0) {
      continue;
    }
    const Told now{*listing.quantity, listing.quantity_modified};
    const auto [told, is_new] = told_.try_emplace({account, id}, now);
    if (!is_new && told->second == now) continue;
    told->second = now;
    changed.Add([&, &listing = listing](std::string* out) {
      AppendAcknowledged(world, listing, out);
    });
  }
  return changed.Page(0, changed.size());
}

namespace {

HttpAnswer Found(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  return answer;
}

// {"salesChannelIds": [7, 8]}; nothing for any other body.
std::optional<std::set<int64_t>> ReadChannels(const std::string& body) {
  const nlohmann::json json =
      nlohmann::json::parse(body, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.size() != 1 ||
      !json.contains("salesChannelIds") ||
      !json["salesChannelIds"].is_array()) {
    return std::nullopt;
  }
  std::set<int64_t> channels;
  for (const nlohmann::json& id : json["salesChannelIds"]) {
    if (!id.is_number_integer()) return std::nullopt;
    channels.insert(id.get<int64_t>());
  }
  return channels;
}

}  // namespace

HttpAnswer Refusal(int status, absl::string_view message) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = TextOf({{"message", std::string(message)}});
  return answer;
}

WorldAnswers::WorldAnswers(FakeWorld world) : world_(std::move(world)) {}

void WorldAnswers::Mutate(absl::FunctionRef<void(FakeWorld&)> change) {
  absl::MutexLock lock(&mutex_);
  change(world_);
  prepared_.Forget();
}

FakeWorld& WorldAnswers::world() {
  absl::MutexLock lock(&mutex_);
  prepared_.Forget();
  return world_;
}

void WorldAnswers::Inspect(
    absl::FunctionRef<void(const FakeWorld&)> look) const {
  absl::MutexLock lock(&mutex_);
  look(world_);
}

void WorldAnswers::ForgetAcknowledged() {
  absl::MutexLock lock(&mutex_);
  marks_.Forget();
}

HttpAnswer WorldAnswers::Answer(const Route& route, const HttpRequest& request,
                                const PageShift& shift) {
  switch (route.endpoint) {
    case Endpoint::kOrder:
      return SingleOrder(route.order_id);
    case Endpoint::kAcknowledge:
      return Acknowledge(request);
    default:
      return Rows(route.endpoint, request, shift);
  }
}

HttpAnswer WorldAnswers::Rows(Endpoint endpoint, const HttpRequest& request,
                              const PageShift& shift) {
  absl::StatusOr<RowRequest> wanted;
  std::shared_ptr<const RowTable> rows;
  {
    absl::MutexLock lock(&mutex_);
    QueryParameters parameters = request.parameters;
    for (const std::string& ignored : world_.ignored_parameters) {
      parameters.erase(ignored);
    }
    wanted = ParseRowRequest(endpoint, parameters);
    if (!wanted.ok()) return Refusal(400, wanted.status().message());
    wanted->limit = std::min(wanted->limit, world_.longest_page);
    rows = prepared_.Get(world_, endpoint, *wanted);
  }
  if (!wanted->paged) return Found(rows->Page(0, rows->size()));
  // Beyond the last row in any case; keeps the product below from overflowing.
  const int64_t page = std::min(wanted->page, rows->size() + 1);
  const int64_t before = shift.first_page_always ? 0 : page - 1;
  const int64_t limit = wanted->limit;
  const int64_t moved = IsLookUp(wanted->filter) ? 0 : shift.rows_per_page;
  if (shift.to_the_end && moved > 0) {
    // Where every page would begin as the first one does, a row less moves.
    const bool stays = rows->size() > 0 && (limit + moved) % rows->size() == 0;
    return Found(rows->RotatedPage(before * (stays ? moved - 1 : moved),
                                   before * limit, limit));
  }
  const int64_t step = std::max<int64_t>(limit + moved, 1);
  return Found(rows->Page(before * step, limit));
}

HttpAnswer WorldAnswers::SingleOrder(int64_t order_id) {
  absl::MutexLock lock(&mutex_);
  const auto order = world_.orders.find(order_id);
  if (order == world_.orders.end()) return Refusal(404, "no such order");
  std::string body;
  AppendOrder(world_, order->second, ShipmentsOf(world_, order_id), &body);
  return Found(std::move(body));
}

HttpAnswer WorldAnswers::Acknowledge(const HttpRequest& request) {
  const std::optional<std::set<int64_t>> channels = ReadChannels(request.body);
  if (!channels.has_value()) {
    return Refusal(400, "expected {\"salesChannelIds\": [ids]}");
  }
  absl::MutexLock lock(&mutex_);
  for (const int64_t channel : *channels) {
    if (world_.sales_channels.count(channel) == 0) {
      return Refusal(400, absl::StrCat("no such sales channel: ", channel));
    }
  }
  return Found(marks_.Tell(world_, request.authorization, *channels));
}

}  // namespace oms_connector::testing_support
