// The Order Manager over its REST API. What it reads, how sure we are of each
// path and shape, and the traps are told in docs/order_manager.md.
//
//   CurlTransport transport(CurlTransport::Options(), &clock);
//   RestOrderManager::Options options;
//   options.policy.hosts = hosts;
//   RestOrderManager order_manager(options, &transport, &clock, &sleeper,
//   &ids);
#ifndef OMS_CONNECTOR_ORDER_MANAGER_REST_CLIENT_H_
#define OMS_CONNECTOR_ORDER_MANAGER_REST_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "model/inventory.h"
#include "model/order.h"
#include "order_manager/http_transport.h"
#include "order_manager/json_rows.h"
#include "order_manager/order_manager.h"
#include "order_manager/quota.h"
#include "order_manager/rest_request.h"

namespace oms_connector::order_manager {

// Thread-safe. One object serves all connections, and must: it holds their
// quotas.
class RestOrderManager final : public OrderManager {
 public:
  using Options = RestRequester::Options;

  // All pointers must outlive this.
  RestOrderManager(Options options, HttpTransport* transport,
                   base::Clock* clock, base::Sleeper* sleeper,
                   base::IdGenerator* ids);

  absl::StatusOr<Page<model::SalesChannel>> ListSalesChannels(
      const Call& call) override;
  absl::StatusOr<Page<model::Warehouse>> ListWarehouses(
      const Call& call) override;
  absl::StatusOr<Page<model::ShippingService>> ListShippingServices(
      const Call& call) override;
  absl::StatusOr<Page<model::StockRow>> ListStock(const Call& call,
                                                  int64_t warehouse_id,
                                                  absl::string_view sku,
                                                  PageRequest page) override;
  absl::StatusOr<Page<model::StockRow>> ListStockByLocation(
      const Call& call, int64_t warehouse_id, PageRequest page) override;
  absl::StatusOr<Page<model::Product>> ListProducts(
      const Call& call, std::optional<absl::Time> modified_since,
      absl::string_view sku, PageRequest page) override;
  absl::StatusOr<Page<model::Listing>> ListListings(
      const Call& call, int64_t sales_channel_id,
      std::optional<absl::Time> modified_since, absl::string_view listing_sku,
      PageRequest page) override;
  absl::StatusOr<Acknowledged> AcknowledgeInventory(
      const Call& call, const std::vector<int64_t>& sales_channel_ids) override;
  absl::StatusOr<Page<model::Order>> ListOrders(
      const Call& call, std::optional<absl::Time> modified_since,
      PageRequest page) override;
  absl::StatusOr<Page<model::Order>> GetOrder(const Call& call,
                                              int64_t order_id) override;
  absl::StatusOr<Page<model::ShipmentRecord>> ListShipments(
      const Call& call, const ShipmentFilter& filter,
      PageRequest page) override;

  // How the accounts' quotas stand.
  const Quota& quota() const { return quota_; }

 private:
  template <typename Answer>
  absl::StatusOr<Answer> Ask(
      const Call& call, const RestRequest& request,
      absl::FunctionRef<absl::StatusOr<Answer>(JsonRows&, std::string*)> read);

  std::unique_ptr<JsonRows> TakeReader() ABSL_LOCKS_EXCLUDED(mutex_);
  void ReturnReader(std::unique_ptr<JsonRows> reader)
      ABSL_LOCKS_EXCLUDED(mutex_);

  Quota quota_;
  RestRequester requester_;
  absl::Mutex mutex_;
  // With the memory that they have; as many as pulls run at once.
  std::vector<std::unique_ptr<JsonRows>> idle_readers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_REST_CLIENT_H_
