// The world of a MemoryOrderManager, told by the fake Order Manager over real
// HTTP and read by the real client: for tests that are written against the
// world in memory, to be run once more through everything that lies between.
//
// Before each request the memory's hook runs, the request is noted there, and
// the fake gets the world as it is. Thread-safe as MemoryOrderManager is.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_HTTP_MIRROR_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_HTTP_MIRROR_H_

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/id_generator.h"
#include "fake_order_manager/fake_order_manager.h"
#include "order_manager/curl_transport.h"
#include "order_manager/rest_client.h"
#include "tests/support/memory_order_manager.h"

namespace oms_connector::testing_support {

class HttpMirror final : public order_manager::OrderManager {
 public:
  // Not owned. Waits between tries are the sleeper's.
  HttpMirror(MemoryOrderManager* memory, base::Clock* clock,
             base::Sleeper* sleeper, base::IdGenerator* ids);

  FakeOrderManager& fake() { return *fake_; }

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
      const std::vector<int64_t>& channels) override;
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
  absl::Status Show(const MemoryOrderManager::Request& request);

  MemoryOrderManager* const memory_;
  std::unique_ptr<FakeOrderManager> fake_;
  base::SystemClock system_clock_;
  order_manager::CurlTransport transport_;
  order_manager::RestOrderManager rest_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_HTTP_MIRROR_H_
