#include "fake_order_manager/endpoint.h"

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace oms_connector::testing_support {
namespace {

struct EndpointPath {
  Endpoint endpoint;
  absl::string_view name;
  absl::string_view method;
  absl::string_view path;
};

constexpr EndpointPath kPaths[] = {
    {Endpoint::kSalesChannels, "saleschannels", "GET", "/v1/saleschannels"},
    {Endpoint::kWarehouses, "warehouses", "GET", "/v1/warehouses"},
    {Endpoint::kStockTotals, "productstocks/total", "GET",
     "/v1/productstocks/total"},
    {Endpoint::kInventory, "inventory", "GET", "/v1/inventory"},
    {Endpoint::kProducts, "products", "GET", "/v1.1/products"},
    {Endpoint::kListings, "listings", "GET", "/v1/listings"},
    {Endpoint::kAcknowledge, "inventory/acknowledge", "POST",
     "/v1.2/inventory/acknowledge"},
    {Endpoint::kOrders, "orders", "GET", "/v1.1/orders"},
    {Endpoint::kOrder, "orders/{id}", "GET", "/v1.1/orders/"},
    {Endpoint::kShipments, "shipments", "GET", "/v1/shipments"},
    {Endpoint::kProviders, "shipment/providers", "GET",
     "/v1/shipment/providers"},
    {Endpoint::kCarriers, "shipment/carriers", "GET", "/v1/shipment/carriers"},
};

bool PrefixFits(Endpoint endpoint, PathPrefix prefix, bool has_prefix) {
  if (endpoint == Endpoint::kAcknowledge) return has_prefix;
  if (prefix == PathPrefix::kOptional) return true;
  return has_prefix == (prefix == PathPrefix::kRequired);
}

}  // namespace

absl::string_view EndpointName(Endpoint endpoint) {
  for (const EndpointPath& known : kPaths) {
    if (known.endpoint == endpoint) return known.name;
  }
  return "";
}

std::optional<Endpoint> EndpointFromName(absl::string_view name) {
  for (const EndpointPath& known : kPaths) {
    if (known.name == name) return known.endpoint;
  }
  return std::nullopt;
}

std::optional<Route> FindRoute(absl::string_view method, absl::string_view path,
                               PathPrefix prefix) {
  const bool has_prefix = absl::ConsumePrefix(&path, "/service");
  for (const EndpointPath& known : kPaths) {
    if (method != known.method ||
        !PrefixFits(known.endpoint, prefix, has_prefix)) {
      continue;
    }
    Route route{known.endpoint};
    if (path == known.path && known.endpoint != Endpoint::kOrder) return route;
    absl::string_view id = path;
    if (known.endpoint == Endpoint::kOrder &&
        absl::ConsumePrefix(&id, known.path) &&
        absl::SimpleAtoi(id, &route.order_id)) {
      return route;
    }
  }
  return std::nullopt;
}

}  // namespace oms_connector::testing_support
