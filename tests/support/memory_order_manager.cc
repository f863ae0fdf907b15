#include "tests/support/memory_order_manager.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_fold.h"

namespace oms_connector::testing_support {

using order_manager::Call;
using order_manager::Page;
using order_manager::PageRequest;

namespace {

// Whether a row is among those that were asked for; no SKU: all are.
bool Fits(absl::string_view sku, absl::string_view wanted) {
  return wanted.empty() || base::FoldCase(sku) == base::FoldCase(wanted);
}

}  // namespace

void MemoryWorld::AddWarehouse(int64_t id, bool active) {
  warehouses.push_back({id, absl::StrCat("Warehouse ", id), active, "DIRECT"});
}

void MemoryWorld::AddChannel(int64_t id, const std::string& name, bool active) {
  channels.push_back({id, name, "SHOP", active});
}

void MemoryWorld::AddStock(int64_t warehouse, int64_t product,
                           const std::string& sku, int64_t on_hand,
                           std::optional<int64_t> locked) {
  stock[{warehouse, product}].row = {warehouse, product, sku, on_hand, locked};
}

void MemoryWorld::AddProduct(int64_t id, const std::string& sku, bool active,
                             absl::Time modified) {
  WorldRow<model::Product>& product = products[id];
  product.row.product_id = id;
  product.row.master_sku = sku;
  product.row.active = active;
  product.modified = modified;
}

void MemoryWorld::AddListing(int64_t id, int64_t channel, int64_t product,
                             const std::string& listing_sku,
                             const std::string& master_sku,
                             absl::Time modified) {
  WorldRow<model::Listing>& listing = listings[id];
  listing.row.listing_id = id;
  listing.row.sales_channel_id = channel;
  listing.row.product_id = product;
  listing.row.listing_sku = listing_sku;
  listing.row.master_sku = master_sku;
  listing.modified = modified;
}

void MemoryWorld::SetNumber(int64_t listing, int64_t number) {
  numbers[listing] = number;
  unacknowledged.insert(listing);
}

void MemoryOrderManager::SetHook(Hook hook) {
  absl::MutexLock lock(&mutex_);
  hook_ = std::move(hook);
}

std::vector<MemoryOrderManager::Request> MemoryOrderManager::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

int MemoryOrderManager::CountRequests(const std::string& endpoint) const {
  const std::vector<Request> all = requests();
  return static_cast<int>(std::count_if(
      all.begin(), all.end(),
      [&](const Request& request) { return request.endpoint == endpoint; }));
}

absl::Status MemoryOrderManager::Receive(const Call& call, Request request) {
  if (call.context.cancellation().cancelled()) return absl::CancelledError();
  if (call.on_request) call.on_request();
  return Note(std::move(request));
}

absl::Status MemoryOrderManager::Note(Request request) {
  Hook hook;
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(request);
    hook = hook_;
  }
  return hook ? hook(request) : absl::OkStatus();
}

template <typename Row>
Page<Row> MemoryOrderManager::Cut(std::vector<const WorldRow<Row>*> rows,
                                  PageRequest page, const std::string& endpoint,
                                  absl::string_view sku,
                                  int64_t Row::*id) const {
  const Shifting shifting = sku.empty() ? shifting_ : Shifting();
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const WorldRow<Row>* row) {
                              return shifting.hidden.count(row->row.*id) > 0;
                            }),
             rows.end());
  Page<Row> result;
  if (clock_) result.server_time = clock_();
  const int64_t before = ignore_page_ ? 0 : page.page - 1;
  const int64_t step = std::max<int64_t>(page.limit + shifting.rows, 1);
  const auto count = static_cast<int64_t>(rows.size());
  if (shifting.to_the_end && count > 0) {
    // Where a page would begin as the last one did, a row less is gone.
    const int64_t each = shifting.rows - (step % count == 0 ? 1 : 0);
    std::rotate(rows.begin(), rows.begin() + before * each % count, rows.end());
  }
  const int64_t begin = before * (shifting.to_the_end ? page.limit : step);
  std::string text;
  for (int64_t i = begin; i < count && i < begin + page.limit; ++i) {
    const WorldRow<Row>& row = *rows[static_cast<size_t>(i)];
    ++result.row_count;
    result.newest_modified =
        std::max(result.newest_modified.value_or(row.modified), row.modified);
    const std::string identifier = absl::StrCat(row.row.*id);
    absl::StrAppend(&text, identifier, "\n");
    if (row.garbled) {
      result.rejected.push_back({endpoint, page.page, identifier, "garbled"});
    } else {
      result.rows.push_back(row.row);
    }
  }
  result.fingerprint = absl::Hash<std::string>()(text);
  return result;
}

absl::StatusOr<Page<model::SalesChannel>> MemoryOrderManager::ListSalesChannels(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Receive(call, {"channels", 0, 0, ""}));
  Page<model::SalesChannel> page;
  if (!channels_hidden_) page.rows = world_.channels;
  page.row_count = static_cast<int64_t>(page.rows.size());
  return page;
}

absl::StatusOr<Page<model::Warehouse>> MemoryOrderManager::ListWarehouses(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Receive(call, {"warehouses", 0, 0, ""}));
  Page<model::Warehouse> page;
  page.rows = world_.warehouses;
  page.row_count = static_cast<int64_t>(page.rows.size());
  return page;
}

absl::StatusOr<Page<model::ShippingService>>
MemoryOrderManager::ListShippingServices(const Call& call) {
  OMS_RETURN_IF_ERROR(Receive(call, {"providers", 0, 0, ""}));
  return Page<model::ShippingService>();
}

absl::StatusOr<Page<model::StockRow>> MemoryOrderManager::ListStock(
    const Call& call, int64_t warehouse_id, absl::string_view sku,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(
      Receive(call, {"stock", page.page, warehouse_id, std::string(sku)}));
  std::vector<const WorldRow<model::StockRow>*> rows;
  for (const auto& [key, row] : world_.stock) {
    if (key.first == warehouse_id && Fits(row.row.master_sku, sku)) {
      rows.push_back(&row);
    }
  }
  return Cut(std::move(rows), page, "productstocks/total", sku,
             &model::StockRow::product_id);
}

absl::StatusOr<Page<model::StockRow>> MemoryOrderManager::ListStockByLocation(
    const Call& call, int64_t warehouse_id, PageRequest page) {
  OMS_RETURN_IF_ERROR(
      Receive(call, {"stock_by_location", page.page, warehouse_id, ""}));
  std::vector<const WorldRow<model::StockRow>*> rows;
  for (const auto& [key, row] : world_.stock) {
    if (key.first == warehouse_id) rows.push_back(&row);
  }
  // Its pages are not those of the totals.
  std::reverse(rows.begin(), rows.end());
  return Cut(std::move(rows), page, "inventory", "",
             &model::StockRow::product_id);
}

absl::StatusOr<Page<model::Product>> MemoryOrderManager::ListProducts(
    const Call& call, std::optional<absl::Time> modified_since,
    absl::string_view sku, PageRequest page) {
  OMS_RETURN_IF_ERROR(
      Receive(call, {"products", page.page, 0, std::string(sku)}));
  std::vector<const WorldRow<model::Product>*> rows;
  for (const auto& [id, row] : world_.products) {
    if (modified_since.has_value() && row.modified < *modified_since) continue;
    if (Fits(row.row.master_sku, sku)) rows.push_back(&row);
  }
  return Cut(std::move(rows), page, "products", sku,
             &model::Product::product_id);
}

absl::StatusOr<Page<model::Listing>> MemoryOrderManager::ListListings(
    const Call& call, int64_t sales_channel_id,
    std::optional<absl::Time> modified_since, absl::string_view listing_sku,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Receive(call, {"listings", page.page, sales_channel_id,
                                     std::string(listing_sku)}));
  std::vector<const WorldRow<model::Listing>*> rows;
  for (const auto& [id, row] : world_.listings) {
    if (row.row.sales_channel_id != sales_channel_id) continue;
    if (modified_since.has_value() && row.modified < *modified_since) continue;
    if (Fits(row.row.listing_sku, listing_sku)) rows.push_back(&row);
  }
  return Cut(std::move(rows), page, "listings", listing_sku,
             &model::Listing::listing_id);
}

absl::StatusOr<order_manager::Acknowledged>
MemoryOrderManager::AcknowledgeInventory(const Call& call,
                                         const std::vector<int64_t>& channels) {
  OMS_RETURN_IF_ERROR(Receive(
      call, {"acknowledge", 0, channels.size() == 1 ? channels[0] : 0, ""}));
  order_manager::Acknowledged page;
  std::set<int64_t> left;
  for (const int64_t id : world_.unacknowledged) {
    const auto listing = world_.listings.find(id);
    if (listing == world_.listings.end()) continue;
    const model::Listing& row = listing->second.row;
    if (std::find(channels.begin(), channels.end(), row.sales_channel_id) ==
        channels.end()) {
      left.insert(id);
      continue;
    }
    if (world_.garbled_numbers.count(id) > 0) {
      page.rejected.push_back({"inventory/acknowledge", 1, row.listing_sku,
                               "has a quantity that is no whole number"});
      page.unread.push_back({id, row.listing_sku, row.sales_channel_id});
      continue;
    }
    page.rows.push_back({id, row.listing_sku, row.master_sku,
                         row.sales_channel_id, world_.numbers[id],
                         std::nullopt});
  }
  world_.unacknowledged = left;
  page.rows.insert(page.rows.end(), world_.more_numbers.begin(),
                   world_.more_numbers.end());
  world_.more_numbers.clear();
  page.row_count =
      static_cast<int64_t>(page.rows.size() + page.rejected.size());
  return page;
}

absl::StatusOr<Page<model::Order>> MemoryOrderManager::ListOrders(
    const Call& call, std::optional<absl::Time>, PageRequest page) {
  OMS_RETURN_IF_ERROR(Receive(call, {"orders", page.page, 0, ""}));
  return Page<model::Order>();
}

absl::StatusOr<Page<model::Order>> MemoryOrderManager::GetOrder(
    const Call& call, int64_t order_id) {
  OMS_RETURN_IF_ERROR(Receive(call, {"order", 0, order_id, ""}));
  return absl::NotFoundError("no orders here");
}

absl::StatusOr<Page<model::ShipmentRecord>> MemoryOrderManager::ListShipments(
    const Call& call, const order_manager::ShipmentFilter&, PageRequest page) {
  OMS_RETURN_IF_ERROR(Receive(call, {"shipments", page.page, 0, ""}));
  return Page<model::ShipmentRecord>();
}

}  // namespace oms_connector::testing_support
