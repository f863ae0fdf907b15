// An Order Manager in memory, behind the interface that the use cases see:
// for tests of what the connector makes of stock, listings and products, where
// HTTP and JSON would only be in the way. Orders and shipments it has none.
//
// The test changes `world()` between calls; a hook runs before each request
// and may change the world, too, or make the request fail. Thread-safe as long
// as the world is changed only while no call runs, or by the hook.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_MEMORY_ORDER_MANAGER_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_MEMORY_ORDER_MANAGER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "model/inventory.h"
#include "order_manager/order_manager.h"

namespace oms_connector::testing_support {

// A row as the Order Manager holds it, and what is wrong with it.
template <typename Row>
struct WorldRow {
  Row row;
  absl::Time modified;
  bool garbled = false;  // the row arrives, but cannot be read
};

struct MemoryWorld {
  std::vector<model::SalesChannel> channels;
  std::vector<model::Warehouse> warehouses;
  // By (warehouse, product); lists are given in this order.
  std::map<std::pair<int64_t, int64_t>, WorldRow<model::StockRow>> stock;
  std::map<int64_t, WorldRow<model::Product>> products;
  std::map<int64_t, WorldRow<model::Listing>> listings;
  std::map<int64_t, int64_t> numbers;  // by listing
  std::set<int64_t> unacknowledged;    // listings whose number has changed
  // Listings whose number arrives, but cannot be read.
  std::set<int64_t> garbled_numbers;
  // What comes behind all others in the next acknowledge answer.
  std::vector<model::ListingQuantity> more_numbers;

  // Shorthands that keep the rows consistent.
  void AddWarehouse(int64_t id, bool active = true);
  void AddChannel(int64_t id, const std::string& name, bool active = true);
  void AddStock(int64_t warehouse, int64_t product, const std::string& sku,
                int64_t on_hand, std::optional<int64_t> locked = 0);
  void AddProduct(int64_t id, const std::string& sku, bool active,
                  absl::Time modified);
  void AddListing(int64_t id, int64_t channel, int64_t product,
                  const std::string& listing_sku, const std::string& master_sku,
                  absl::Time modified);
  void SetNumber(int64_t listing, int64_t number);
};

class MemoryOrderManager final : public order_manager::OrderManager {
 public:
  // What is asked for: "warehouses", "channels", "stock", "stock_by_location",
  // "products", "listings", "acknowledge".
  struct Request {
    std::string endpoint;
    int64_t page = 0;
    int64_t id = 0;   // the warehouse or channel
    std::string sku;  // when one SKU is asked for
  };
  // A status that is not OK is what the caller gets, and nothing is read.
  using Hook = std::function<absl::Status(const Request&)>;

  MemoryWorld& world() { return world_; }
  void SetHook(Hook hook);
  // Notes a request that somebody else answers, after the hook.
  absl::Status Note(Request request);
  // Requests so far, and how often an endpoint was asked.
  std::vector<Request> requests() const;
  int CountRequests(const std::string& endpoint) const;
  // How lists of stock, products and listings change while they are read. What
  // is asked for by SKU is not touched.
  struct Shifting {
    // From page to page, so many of the first rows go away; where negative, so
    // many come. Pages never stand still for that.
    int64_t rows = 0;
    bool to_the_end = false;  // what goes away comes back behind the last one
    // Products, their stock, and listings, that no list shows: their ids.
    std::set<int64_t> hidden;
  };
  void Shift(Shifting shifting) { shifting_ = std::move(shifting); }
  const Shifting& shifting() const { return shifting_; }
  // What the server's clock says when it answers; unset = it does not tell.
  void SetClock(std::function<absl::Time()> clock) {
    clock_ = std::move(clock);
  }
  // The server answers every page with the first one.
  void IgnorePage(bool ignore) { ignore_page_ = ignore; }
  // The list of sales channels comes empty.
  void HideChannels(bool hidden) { channels_hidden_ = hidden; }

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
  absl::Status Receive(const order_manager::Call& call, Request request);
  // The page of these rows that was asked for; `sku`: all have it.
  template <typename Row>
  order_manager::Page<Row> Cut(std::vector<const WorldRow<Row>*> rows,
                               order_manager::PageRequest page,
                               const std::string& endpoint,
                               absl::string_view sku, int64_t Row::*id) const;

  MemoryWorld world_;
  bool ignore_page_ = false;
  bool channels_hidden_ = false;
  std::function<absl::Time()> clock_;
  Shifting shifting_;
  mutable absl::Mutex mutex_;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_MEMORY_ORDER_MANAGER_H_
