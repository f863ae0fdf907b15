#include "tests/support/http_mirror.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace oms_connector::testing_support {
namespace {

using order_manager::Call;
using order_manager::Page;
using order_manager::PageRequest;

using Hidden = std::set<int64_t>;  // products and listings

order_manager::RestOrderManager::Options RestOptions() {
  order_manager::RestOrderManager::Options options;
  options.policy.allow_loopback = true;
  options.requests_per_second = 0;
  return options;
}

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", text, "\"");
}

void CopyPlaces(const MemoryWorld& from, FakeWorld* to) {
  for (const model::SalesChannel& row : from.channels) {
    SalesChannel channel;
    channel.sales_channel_id = row.id;
    channel.name = row.name;
    channel.active = row.active;
    to->Put(std::move(channel));
  }
  for (const model::Warehouse& row : from.warehouses) {
    Warehouse warehouse;
    warehouse.warehouse_id = row.id;
    warehouse.name = row.name;
    warehouse.active = row.active;
    to->Put(std::move(warehouse));
  }
}

void CopyStock(const MemoryWorld& from, const Hidden& hidden, FakeWorld* to) {
  for (const auto& [where, stored] : from.stock) {
    if (hidden.count(where.second) > 0) continue;
    Stock& stock = to->SetStock(where.second, where.first, stored.row.on_hand,
                                stored.row.locked);
    // Its product need not be listed.
    stock.raw["product.masterSku"] = Quoted(stored.row.master_sku);
    if (stored.garbled) stock.raw["onHandQuantity"] = Quoted("many");
  }
}

void CopyProducts(const MemoryWorld& from, const Hidden& hidden,
                  FakeWorld* to) {
  for (const auto& [id, stored] : from.products) {
    if (hidden.count(id) > 0) continue;
    Product product;
    product.product_id = id;
    product.master_sku = stored.row.master_sku;
    product.active = stored.row.active;
    product.modified = stored.modified;
    to->Put(std::move(product));
  }
}

void CopyListings(const MemoryWorld& from, const Hidden& hidden,
                  FakeWorld* to) {
  for (const auto& [id, stored] : from.listings) {
    if (hidden.count(id) > 0) continue;
    Listing listing;
    listing.listing_id = id;
    listing.listing_sku = stored.row.listing_sku;
    listing.master_sku = stored.row.master_sku;
    listing.product_id = stored.row.product_id;
    listing.sales_channel_id = stored.row.sales_channel_id;
    listing.active = stored.row.active;
    listing.push_inventory = stored.row.push_inventory;
    listing.last_modified = stored.modified;
    const auto number = from.numbers.find(id);
    if (number != from.numbers.end()) listing.quantity = number->second;
    to->Put(std::move(listing));
  }
}

}  // namespace

HttpMirror::HttpMirror(MemoryOrderManager* memory, base::Clock* clock,
                       base::Sleeper* sleeper, base::IdGenerator* ids)
    : memory_(memory),
      fake_(FakeOrderManager::Start(FakeOrderManager::Options()).value()),
      transport_(order_manager::CurlTransport::Options(), &system_clock_),
      rest_(RestOptions(), &transport_, clock, sleeper, ids) {}

absl::Status HttpMirror::Show(const MemoryOrderManager::Request& request) {
  OMS_RETURN_IF_ERROR(memory_->Note(request));
  FakeWorld world;
  // Of lists; the fake itself moves rows.
  Hidden hidden;
  if (request.page > 0 && request.sku.empty()) {
    hidden = memory_->shifting().hidden;
  }
  CopyPlaces(memory_->world(), &world);
  CopyStock(memory_->world(), hidden, &world);
  CopyProducts(memory_->world(), hidden, &world);
  CopyListings(memory_->world(), hidden, &world);
  fake_->Mutate([&](FakeWorld& shown) { shown = std::move(world); });
  return absl::OkStatus();
}

absl::StatusOr<Page<model::SalesChannel>> HttpMirror::ListSalesChannels(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Show({"channels", 0, 0, ""}));
  return rest_.ListSalesChannels(call);
}

absl::StatusOr<Page<model::Warehouse>> HttpMirror::ListWarehouses(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Show({"warehouses", 0, 0, ""}));
  return rest_.ListWarehouses(call);
}

absl::StatusOr<Page<model::ShippingService>> HttpMirror::ListShippingServices(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Show({"providers", 0, 0, ""}));
  return rest_.ListShippingServices(call);
}

absl::StatusOr<Page<model::StockRow>> HttpMirror::ListStock(
    const Call& call, int64_t warehouse_id, absl::string_view sku,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(
      Show({"stock", page.page, warehouse_id, std::string(sku)}));
  return rest_.ListStock(call, warehouse_id, sku, page);
}

absl::StatusOr<Page<model::StockRow>> HttpMirror::ListStockByLocation(
    const Call& call, int64_t warehouse_id, PageRequest page) {
  OMS_RETURN_IF_ERROR(Show({"stock_by_location", page.page, warehouse_id, ""}));
  return rest_.ListStockByLocation(call, warehouse_id, page);
}

absl::StatusOr<Page<model::Product>> HttpMirror::ListProducts(
    const Call& call, std::optional<absl::Time> modified_since,
    absl::string_view sku, PageRequest page) {
  OMS_RETURN_IF_ERROR(Show({"products", page.page, 0, std::string(sku)}));
  return rest_.ListProducts(call, modified_since, sku, page);
}

absl::StatusOr<Page<model::Listing>> HttpMirror::ListListings(
    const Call& call, int64_t sales_channel_id,
    std::optional<absl::Time> modified_since, absl::string_view listing_sku,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Show(
      {"listings", page.page, sales_channel_id, std::string(listing_sku)}));
  return rest_.ListListings(call, sales_channel_id, modified_since, listing_sku,
                            page);
}

absl::StatusOr<order_manager::Acknowledged> HttpMirror::AcknowledgeInventory(
    const Call& call, const std::vector<int64_t>& channels) {
  OMS_RETURN_IF_ERROR(Show({"acknowledge", 0, 0, ""}));
  return rest_.AcknowledgeInventory(call, channels);
}

absl::StatusOr<Page<model::Order>> HttpMirror::ListOrders(
    const Call& call, std::optional<absl::Time> modified_since,
    PageRequest page) {
  return memory_->ListOrders(call, modified_since, page);
}

absl::StatusOr<Page<model::Order>> HttpMirror::GetOrder(const Call& call,
                                                        int64_t order_id) {
  return memory_->GetOrder(call, order_id);
}

absl::StatusOr<Page<model::ShipmentRecord>> HttpMirror::ListShipments(
    const Call& call, const order_manager::ShipmentFilter& filter,
    PageRequest page) {
  return memory_->ListShipments(call, filter, page);
}

}  // namespace oms_connector::testing_support
