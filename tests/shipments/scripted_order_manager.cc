#include "tests/shipments/scripted_order_manager.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace oms_connector::shipments {
namespace {

using order_manager::Call;
using order_manager::Page;
using order_manager::PageRequest;

template <typename Row>
Page<Row> Whole(const std::vector<Row>& rows,
                const std::function<absl::Time()>& clock) {
  Page<Row> result;
  result.rows = rows;
  result.row_count = static_cast<int64_t>(rows.size());
  if (clock) result.server_time = clock();
  return result;
}

bool Contains(const std::vector<int64_t>& ids, int64_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool Passes(const order_manager::ShipmentFilter& filter,
            const model::ShipmentRecord& record) {
  const absl::Time created =
      record.create_time.value_or(absl::InfiniteFuture());
  return (!filter.created.has_value() ||
          (created >= filter.created->from && created <= filter.created->to)) &&
         (filter.shipment_ids.empty() ||
          Contains(filter.shipment_ids, record.shipment_id)) &&
         (filter.order_ids.empty() ||
          Contains(filter.order_ids, record.order_id)) &&
         (!filter.voided_only || record.voided);
}

}  // namespace

// The page of all rows that was asked for, as far as they stay in place.
template <typename Row>
Page<Row> ScriptedOrderManager::PageOf(std::vector<Row> rows, int64_t Row::*id,
                                       PageRequest page) const {
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const Row& row) {
                              return shifting_.hidden.count(row.*id) > 0;
                            }),
             rows.end());
  const int64_t gone = std::min<int64_t>(shifting_.rows * (page.page - 1),
                                         static_cast<int64_t>(rows.size()));
  std::rotate(rows.begin(), rows.begin() + gone, rows.end());
  if (!shifting_.to_the_end) rows.resize(rows.size() - gone);
  const int64_t size = std::min(page.limit, page_size);
  Page<Row> result;
  for (int64_t i = (page.page - 1) * size;
       i <
       std::min<int64_t>(page.page * size, static_cast<int64_t>(rows.size()));
       ++i) {
    result.rows.push_back(rows[static_cast<size_t>(i)]);
  }
  result.row_count = static_cast<int64_t>(result.rows.size());
  result.fingerprint = static_cast<uint64_t>(page.page);
  if (clock_) result.server_time = clock_();
  return result;
}

void ScriptedOrderManager::Shift(Shifting shifting) {
  absl::MutexLock lock(&mutex_);
  shifting_ = std::move(shifting);
}

void ScriptedOrderManager::SetClock(std::function<absl::Time()> clock) {
  absl::MutexLock lock(&mutex_);
  clock_ = std::move(clock);
}

void ScriptedOrderManager::PutOrder(const model::Order& order) {
  absl::MutexLock lock(&mutex_);
  orders_[order.order_id] = order;
}

void ScriptedOrderManager::PutShipment(const model::ShipmentRecord& record) {
  absl::MutexLock lock(&mutex_);
  shipments_[record.shipment_id] = record;
}

void ScriptedOrderManager::EraseOrder(int64_t order_id) {
  absl::MutexLock lock(&mutex_);
  orders_.erase(order_id);
}

void ScriptedOrderManager::PutChannel(int64_t id, const std::string& name) {
  absl::MutexLock lock(&mutex_);
  model::SalesChannel channel;
  channel.id = id;
  channel.name = name;
  channels_.push_back(channel);
}

void ScriptedOrderManager::EraseChannels() {
  absl::MutexLock lock(&mutex_);
  channels_.clear();
}

void ScriptedOrderManager::PutWarehouse(int64_t id, const std::string& name) {
  absl::MutexLock lock(&mutex_);
  model::Warehouse warehouse;
  warehouse.id = id;
  warehouse.name = name;
  warehouses_.push_back(warehouse);
}

void ScriptedOrderManager::PutService(int64_t provider, int64_t service,
                                      const std::string& name) {
  absl::MutexLock lock(&mutex_);
  services_.push_back({provider, service, name});
}

void ScriptedOrderManager::GarbleOrder(int64_t order_id, bool garbled) {
  absl::MutexLock lock(&mutex_);
  garbled_[order_id] = garbled;
}

void ScriptedOrderManager::LeaveOutOf(int64_t order_id, bool left_out) {
  absl::MutexLock lock(&mutex_);
  if (left_out) {
    left_out_of_.insert(order_id);
  } else {
    left_out_of_.erase(order_id);
  }
}

ScriptedOrderManager::SetAside ScriptedOrderManager::TakeSetAside() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(set_aside_, {});
}

void ScriptedOrderManager::SetFault(
    std::function<absl::Status(const std::string&)> fault) {
  absl::MutexLock lock(&mutex_);
  fault_ = std::move(fault);
}

std::vector<std::string> ScriptedOrderManager::TakeRequests() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(requests_, {});
}

absl::Status ScriptedOrderManager::Ask(const Call& call,
                                       const std::string& name) {
  if (call.on_request) call.on_request();
  std::function<absl::Status(const std::string&)> fault;
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(name);
    fault = fault_;
  }
  if (call.context.cancellation().cancelled()) {
    return absl::CancelledError("the pull was stopped");
  }
  return fault ? fault(name) : absl::OkStatus();
}

absl::StatusOr<Page<model::SalesChannel>>
ScriptedOrderManager::ListSalesChannels(const Call& call) {
  OMS_RETURN_IF_ERROR(Ask(call, "saleschannels"));
  absl::MutexLock lock(&mutex_);
  return Whole(channels_, clock_);
}

absl::StatusOr<Page<model::Warehouse>> ScriptedOrderManager::ListWarehouses(
    const Call& call) {
  OMS_RETURN_IF_ERROR(Ask(call, "warehouses"));
  absl::MutexLock lock(&mutex_);
  return Whole(warehouses_, clock_);
}

absl::StatusOr<Page<model::ShippingService>>
ScriptedOrderManager::ListShippingServices(const Call& call) {
  OMS_RETURN_IF_ERROR(Ask(call, "providers"));
  absl::MutexLock lock(&mutex_);
  return Whole(services_, clock_);
}

absl::StatusOr<Page<model::Order>> ScriptedOrderManager::ListOrders(
    const Call& call, std::optional<absl::Time> modified_since,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Ask(call, "orders"));
  absl::MutexLock lock(&mutex_);
  std::vector<model::Order> rows;
  for (const auto& [id, order] : orders_) {
    const auto garbled = garbled_.find(id);
    if (garbled != garbled_.end() && garbled->second) continue;
    if (order.modify_time.value_or(absl::InfiniteFuture()) >=
        modified_since.value_or(absl::InfinitePast())) {
      rows.push_back(order);
    }
  }
  Page<model::Order> result =
      PageOf(std::move(rows), &model::Order::order_id, page);
  SetOrdersAside(&result);
  return result;
}

absl::StatusOr<Page<model::Order>> ScriptedOrderManager::GetOrder(
    const Call& call, int64_t order_id) {
  OMS_RETURN_IF_ERROR(Ask(call, absl::StrCat("order ", order_id)));
  absl::MutexLock lock(&mutex_);
  Page<model::Order> result;
  result.row_count = 1;
  const auto garbled = garbled_.find(order_id);
  const auto found = orders_.find(order_id);
  if (garbled != garbled_.end() && garbled->second) {
    result.rejected.push_back({"orders", 0, "", "orderId is missing"});
  } else if (found == orders_.end()) {
    return absl::NotFoundError("no such order");
  } else {
    result.rows.push_back(found->second);
  }
  SetOrdersAside(&result);
  return result;
}

void ScriptedOrderManager::SetOrdersAside(Page<model::Order>* page) {
  for (const model::Order& order : page->rows) {
    if (left_out_of_.count(order.order_id) == 0) continue;
    page->notes.push_back({"orders", 0,
                           absl::StrCat("orderId ", order.order_id),
                           "shipCountry is no text; left out"});
  }
  set_aside_.rejected += static_cast<int64_t>(page->rejected.size());
  set_aside_.noted += static_cast<int64_t>(page->notes.size());
}

absl::StatusOr<Page<model::ShipmentRecord>> ScriptedOrderManager::ListShipments(
    const Call& call, const order_manager::ShipmentFilter& filter,
    PageRequest page) {
  OMS_RETURN_IF_ERROR(Ask(call, !filter.shipment_ids.empty() ? "shipments by id"
                                : filter.voided_only ? "shipments voided"
                                                     : "shipments"));
  absl::MutexLock lock(&mutex_);
  filters_.push_back(filter);
  order_manager::ShipmentFilter heeded = filter;
  if (ignores_windows) heeded.created.reset();
  std::vector<model::ShipmentRecord> rows;
  for (const auto& [id, record] : shipments_) {
    if (Passes(heeded, record)) rows.push_back(record);
  }
  return PageOf(std::move(rows), &model::ShipmentRecord::shipment_id, page);
}

std::vector<order_manager::ShipmentFilter>
ScriptedOrderManager::TakeShipmentFilters() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(filters_, {});
}

absl::StatusOr<Page<model::StockRow>> ScriptedOrderManager::ListStock(
    const Call&, int64_t, absl::string_view, PageRequest) {
  return Page<model::StockRow>();
}

absl::StatusOr<Page<model::StockRow>> ScriptedOrderManager::ListStockByLocation(
    const Call&, int64_t, PageRequest) {
  return Page<model::StockRow>();
}

absl::StatusOr<Page<model::Product>> ScriptedOrderManager::ListProducts(
    const Call&, std::optional<absl::Time>, absl::string_view, PageRequest) {
  return Page<model::Product>();
}

absl::StatusOr<Page<model::Listing>> ScriptedOrderManager::ListListings(
    const Call&, int64_t, std::optional<absl::Time>, absl::string_view,
    PageRequest) {
  return Page<model::Listing>();
}

absl::StatusOr<order_manager::Acknowledged>
ScriptedOrderManager::AcknowledgeInventory(const Call&,
                                           const std::vector<int64_t>&) {
  return order_manager::Acknowledged();
}

}  // namespace oms_connector::shipments
