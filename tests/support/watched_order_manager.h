// Stands before an Order Manager, notes what it is asked for, and lets a test
// step in before each request: to change the world, to wait, or to fail it.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_WATCHED_ORDER_MANAGER_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_WATCHED_ORDER_MANAGER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "order_manager/order_manager.h"

namespace oms_connector::testing_support {

// Thread-safe.
class WatchedOrderManager final : public order_manager::OrderManager {
 public:
  // What is asked for: "channels", "warehouses", "providers", "stock",
  // "stock_by_location", "products", "listings", "acknowledge", "orders",
  // "order", "shipments".
  struct Request {
    std::string endpoint;
    int64_t page = 0;
    int64_t id = 0;                        // the warehouse, channel or order
    std::string sku;                       // when one SKU is asked for
    order_manager::ShipmentFilter filter;  // of shipments
  };
  // A status that is not OK is what the caller gets, and nobody else is asked.
  // Called without locks held, on the caller's thread.
  using Hook = std::function<absl::Status(const Request&)>;

  // Not owned.
  explicit WatchedOrderManager(order_manager::OrderManager* behind)
      : behind_(behind) {}

  void SetHook(Hook hook);
  // Requests so far, those that the hook failed too.
  std::vector<Request> requests() const;
  // Of these, those of one endpoint.
  int CountRequests(const std::string& endpoint) const;
  // The requests since it was last called.
  std::vector<Request> TakeRequests();
  // Rows that answers had rejected, and notes that they bore, likewise.
  struct SetAside {
    int64_t rejected = 0;
    int64_t noted = 0;
  };
  SetAside TakeSetAside();

  absl::StatusOr<order_manager::Page<model::SalesChannel>> ListSalesChannels(
      const order_manager::Call& call) override;
  absl::StatusOr<order_manager::Page<model::Warehouse>> ListWarehouses(
      const order_manager::Call& call) override;
  absl::StatusOr<order_manager::Page<model::ShippingService>>
  ListShippingServices(const order_manager::Call& call) override;
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
  absl::StatusOr<order_manager::Page<model::Order>> ListOrders(
      const order_manager::Call& call, std::optional<absl::Time> modified_since,
      order_manager::PageRequest page) override;
  absl::StatusOr<order_manager::Page<model::Order>> GetOrder(
      const order_manager::Call& call, int64_t order_id) override;
  absl::StatusOr<order_manager::Page<model::ShipmentRecord>> ListShipments(
      const order_manager::Call& call,
      const order_manager::ShipmentFilter& filter,
      order_manager::PageRequest page) override;

 private:
  absl::Status Note(Request request);
  // `answer`, once what it has set aside is counted.
  template <typename Answer>
  absl::StatusOr<Answer> Pass(absl::StatusOr<Answer> answer);

  order_manager::OrderManager* const behind_;
  mutable absl::Mutex mutex_;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  SetAside set_aside_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_WATCHED_ORDER_MANAGER_H_
