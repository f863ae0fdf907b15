// An Order Manager in memory, for tests of shipments: rows that a test
// puts in are what it answers with.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_SCRIPTED_ORDER_MANAGER_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_SCRIPTED_ORDER_MANAGER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "order_manager/order_manager.h"

namespace oms_connector::shipments {

// Thread-safe. Lists are sorted by id. Filters work as the real ones do.
class ScriptedOrderManager final : public order_manager::OrderManager {
 public:
  // Rows of one page; smaller pages make more of them.
  int64_t page_size = 1000;
  // Takes no notice of the times between which shipments are asked for.
  bool ignores_windows = false;

  // How lists of orders and shipments change while they are read. What is asked
  // for by id is not touched.
  struct Shifting {
    // From page to page, so many of the first rows go away ...
    int64_t rows = 0;
    bool to_the_end = false;   // ... and come back behind the last one
    std::set<int64_t> hidden;  // orders and shipments that no list shows
  };
  void Shift(Shifting shifting);
  // What its answers say the time is; null = nothing.
  void SetClock(std::function<absl::Time()> clock);

  void PutOrder(const model::Order& order);
  void PutShipment(const model::ShipmentRecord& record);
  void EraseOrder(int64_t order_id);
  void PutChannel(int64_t id, const std::string& name);
  void EraseChannels();
  void PutWarehouse(int64_t id, const std::string& name);
  void PutService(int64_t provider, int64_t service, const std::string& name);
  // The row of this order cannot be read: it is in no list, and rejected where
  // it is asked for by id.
  void GarbleOrder(int64_t order_id, bool garbled);
  // Something of this order's row has to be left out, or not any more.
  void LeaveOutOf(int64_t order_id, bool left_out);
  // What answers have set aside of orders so far; cleared by the call.
  struct SetAside {
    int64_t rejected = 0;
    int64_t noted = 0;
  };
  SetAside TakeSetAside();
  // Asked before each request with its name ("orders", "order 7", "shipments",
  // "shipments voided", "shipments by id", "saleschannels", ...); an error is
  // the answer.
  void SetFault(std::function<absl::Status(const std::string&)> fault);
  // The requests so far, by those names; cleared by the call.
  std::vector<std::string> TakeRequests();
  // What shipments were asked for, likewise.
  std::vector<order_manager::ShipmentFilter> TakeShipmentFilters();

  absl::StatusOr<order_manager::Page<model::SalesChannel>> ListSalesChannels(
      const order_manager::Call& call) override;
  absl::StatusOr<order_manager::Page<model::Warehouse>> ListWarehouses(
      const order_manager::Call& call) override;
  absl::StatusOr<order_manager::Page<model::ShippingService>>
  ListShippingServices(const order_manager::Call& call) override;
  absl::StatusOr<order_manager::Page<model::Order>> ListOrders(
      const order_manager::Call& call, std::optional<absl::Time> modified_since,
      order_manager::PageRequest page) override;
  absl::StatusOr<order_manager::Page<model::Order>> GetOrder(
      const order_manager::Call& call, int64_t order_id) override;
  absl::StatusOr<order_manager::Page<model::ShipmentRecord>> ListShipments(
      const order_manager::Call& call,
      const order_manager::ShipmentFilter& filter,
      order_manager::PageRequest page) override;

  // No part of the shipment feed: always empty.
  absl::StatusOr<order_manager::Page<model::StockRow>> ListStock(
      const order_manager::Call& call, int64_t warehouse_id,
      absl::string_view sku, order_manager::PageRequest page) override;
  absl::StatusOr<order_manager::Page<model::StockRow>> ListStockByLocation(
      const order_manager::Call& call, int64_t warehouse_id,
      order_manager::PageRequest page) override;
  absl::StatusOr<order_manager::Page<model::Product>> ListProducts(
      const order_manager::Call& call, std::optional<absl::Time> modified_since,
      absl::string_view sku, order_manager::PageRequest page) override;
  absl::StatusOr<order_manager::Page<model::Listing>> ListListings(
      const order_manager::Call& call, int64_t sales_channel_id,
      std::optional<absl::Time> modified_since, absl::string_view listing_sku,
      order_manager::PageRequest page) override;
  absl::StatusOr<order_manager::Acknowledged> AcknowledgeInventory(
      const order_manager::Call& call,
      const std::vector<int64_t>& sales_channel_ids) override;

 private:
  absl::Status Ask(const order_manager::Call& call, const std::string& name);
  template <typename Row>
  order_manager::Page<Row> PageOf(std::vector<Row> rows, int64_t Row::*id,
                                  order_manager::PageRequest page) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Adds the notes of the page's orders, and counts what is set aside.
  void SetOrdersAside(order_manager::Page<model::Order>* page)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::map<int64_t, model::Order> orders_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, bool> garbled_ ABSL_GUARDED_BY(mutex_);
  std::set<int64_t> left_out_of_ ABSL_GUARDED_BY(mutex_);
  SetAside set_aside_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, model::ShipmentRecord> shipments_ ABSL_GUARDED_BY(mutex_);
  std::vector<model::SalesChannel> channels_ ABSL_GUARDED_BY(mutex_);
  std::vector<model::Warehouse> warehouses_ ABSL_GUARDED_BY(mutex_);
  std::vector<model::ShippingService> services_ ABSL_GUARDED_BY(mutex_);
  std::function<absl::Status(const std::string&)> fault_
      ABSL_GUARDED_BY(mutex_);
  Shifting shifting_ ABSL_GUARDED_BY(mutex_);
  std::function<absl::Time()> clock_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<order_manager::ShipmentFilter> filters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_SCRIPTED_ORDER_MANAGER_H_
