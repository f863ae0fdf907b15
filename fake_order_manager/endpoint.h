// The endpoints of the Order Manager's API that the fake answers, and which of
// them a path means.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_ENDPOINT_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_ENDPOINT_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace oms_connector::testing_support {

enum class Endpoint {
  kSalesChannels,
  kWarehouses,
  kStockTotals,
  kInventory,
  kProducts,
  kListings,
  kAcknowledge,
  kOrders,
  kOrder,
  kShipments,
  kProviders,
  kCarriers,
};

// "saleschannels", "warehouses", "productstocks/total", "inventory",
// "products", "listings", "inventory/acknowledge", "orders", "orders/{id}",
// "shipments", "shipment/providers", "shipment/carriers": what faults and
// counters call them.
absl::string_view EndpointName(Endpoint endpoint);
std::optional<Endpoint> EndpointFromName(absl::string_view name);

// Whether paths start with /service. Acknowledge always does.
enum class PathPrefix { kOptional, kRequired, kRefused };

struct Route {
  Endpoint endpoint;
  int64_t order_id = 0;  // kOrder only.
};

// Nothing for a method and path that the API does not have.
std::optional<Route> FindRoute(absl::string_view method, absl::string_view path,
                               PathPrefix prefix);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_ENDPOINT_H_
