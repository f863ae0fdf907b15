#include "tests/support/watched_order_manager.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"

namespace oms_connector::testing_support {

using order_manager::Call;
using order_manager::Page;
using order_manager::PageRequest;

void WatchedOrderManager::SetHook(Hook hook) {
  absl::MutexLock lock(&mutex_);
  hook_ = std::move(hook);
}

std::vector<WatchedOrderManager::Request> WatchedOrderManager::requests()
    const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

int WatchedOrderManager::CountRequests(const std::string& endpoint) const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(std::count_if(
      requests_.begin(), requests_.end(),
      [&](const Request& request) { return request.endpoint == endpoint; }));
}

std::vector<WatchedOrderManager::Request> WatchedOrderManager::TakeRequests() {
  absl::MutexLock lock(&mutex_);
  std::vector<Request> taken(
      requests_.begin() + static_cast<std::ptrdiff_t>(taken_), requests_.end());
  taken_ = requests_.size();
  return taken;
}

WatchedOrderManager::SetAside WatchedOrderManager::TakeSetAside() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(set_aside_, {});
}

absl::Status WatchedOrderManager::Note(Request request) {
  Hook hook;
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(request);
    hook = hook_;
  }
  return hook ? hook(request) : absl::OkStatus();
}

template <typename Answer>
absl::StatusOr<Answer> WatchedOrderManager::Pass(
    absl::StatusOr<Answer> answer) {
  if (!answer.ok()) return answer;
  absl::MutexLock lock(&mutex_);
  set_aside_.rejected += static_cast<int64_t>(answer->rejected.size());
  set_aside_.noted += static_cast<int64_t>(answer->notes.size());
  return answer;
}

absl::StatusOr<Page<model::SalesChannel>>
WatchedOrderManager::ListSalesChannels(const Call& call) {
  OMS_RETURN_IF_ERROR(Note({"channels", 0, 0, "", {}}));
  return Pass(behind_->ListSalesChannels(call));
}

absl::StatusOr<Page<model::Warehouse>> WatchedOrderManager::ListWarehouses(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Note({"warehouses", 0, 0, "", {}}));
  return Pass(behind_->ListWarehouses(call));
}

absl::StatusOr<Page<model::ShippingService>>
WatchedOrderManager::ListShippingServices(const Call& call) {
  OMS_RETURN_IF_ERROR(Note({"providers", 0, 0, "", {}}));
  return Pass(behind_->ListShippingServices(call));
}

absl::StatusOr<Page<model::StockRow>> WatchedOrderManager::ListStock(
    const Call& call, int64_t warehouse_id, absl::string_view sku,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(
      Note({"stock", page.page, warehouse_id, std::string(sku), {}}));
  return Pass(behind_->ListStock(call, warehouse_id, sku, page));
}

absl::StatusOr<Page<model::StockRow>> WatchedOrderManager::ListStockByLocation(
    const Call& call, int64_t warehouse_id, PageRequest page) {
  OMS_RETURN_IF_ERROR(
      Note({"stock_by_location", page.page, warehouse_id, "", {}}));
  return Pass(behind_->ListStockByLocation(call, warehouse_id, page));
}

absl::StatusOr<Page<model::Product>> WatchedOrderManager::ListProducts(
    const Call& call, std::optional<absl::Time> modified_since,
    absl::string_view sku, PageRequest page) {
  OMS_RETURN_IF_ERROR(Note({"products", page.page, 0, std::string(sku), {}}));
  return Pass(behind_->ListProducts(call, modified_since, sku, page));
}

absl::StatusOr<Page<model::Listing>> WatchedOrderManager::ListListings(
    const Call& call, int64_t sales_channel_id,
    std::optional<absl::Time> modified_since, absl::string_view listing_sku,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Note(
      {"listings", page.page, sales_channel_id, std::string(listing_sku), {}}));
  return Pass(behind_->ListListings(call, sales_channel_id, modified_since,
                                    listing_sku, page));
}

absl::StatusOr<order_manager::Acknowledged>
WatchedOrderManager::AcknowledgeInventory(
    const Call& call, const std::vector<int64_t>& sales_channel_ids) {
  const int64_t channel =
      sales_channel_ids.size() == 1 ? sales_channel_ids[0] : 0;
  OMS_RETURN_IF_ERROR(Note({"acknowledge", 0, channel, "", {}}));
  return Pass(behind_->AcknowledgeInventory(call, sales_channel_ids));
}

absl::StatusOr<Page<model::Order>> WatchedOrderManager::ListOrders(
    const Call& call, std::optional<absl::Time> modified_since,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Note({"orders", page.page, 0, "", {}}));
  return Pass(behind_->ListOrders(call, modified_since, page));
}

absl::StatusOr<Page<model::Order>> WatchedOrderManager::GetOrder(
    const Call& call, int64_t order_id) {
  OMS_RETURN_IF_ERROR(Note({"order", 0, order_id, "", {}}));
  return Pass(behind_->GetOrder(call, order_id));
}

absl::StatusOr<Page<model::ShipmentRecord>> WatchedOrderManager::ListShipments(
    const Call& call, const order_manager::ShipmentFilter& filter,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Note({"shipments", page.page, 0, "", filter}));
  return Pass(behind_->ListShipments(call, filter, page));
}

}  // namespace oms_connector::testing_support
