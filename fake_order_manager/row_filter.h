// What a request asks for: its page and its filters, read from the query
// string, and which rows they let through.
//
// Strict where the Order Manager may be lenient: a parameter that an endpoint
// does not have, a limit out of range or a time that is none is refused, so
// that a mistake of the caller under test cannot pass for "no filter".
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_ROW_FILTER_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_ROW_FILTER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fake_order_manager/endpoint.h"
#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

// Decoded names and values, as in ?orderId[]=1&orderId[]=2.
using QueryParameters = std::multimap<std::string, std::string>;

struct RowFilter {
  std::optional<int64_t> warehouse_id;
  std::optional<int64_t> sales_channel_id;
  std::string sku;  // Lower case; matches anywhere in a SKU.
  // Exact, lower case; empty = any.
  std::set<std::string> listing_skus;
  std::set<std::string> master_skus;
  std::set<std::string> order_numbers;
  std::set<std::string> statuses;
  std::set<std::string> delivery_statuses;
  std::set<int64_t> order_ids;
  std::set<int64_t> shipment_ids;
  // All four ends belong to the window.
  absl::Time modified_from = absl::InfinitePast();
  absl::Time created_from = absl::InfinitePast();
  absl::Time created_to = absl::InfiniteFuture();
  absl::Time shipped_from = absl::InfinitePast();
  absl::Time shipped_to = absl::InfiniteFuture();
};

struct RowRequest {
  RowFilter filter;
  int64_t page = 1;
  int64_t limit = 100;
  bool paged = true;        // False: the endpoint knows no pages.
  std::string filter_text;  // The filters in one canonical text, for caches.
};

// INVALID_ARGUMENT, naming the parameter, for what the endpoint does not take.
absl::StatusOr<RowRequest> ParseRowRequest(Endpoint endpoint,
                                           const QueryParameters& parameters);

bool Matches(const RowFilter& filter, const Product& row);
bool Matches(const RowFilter& filter, const Listing& row);
bool Matches(const RowFilter& filter, const Order& row);
bool Matches(const RowFilter& filter, const Shipment& row);
// Of a stock row: warehouse, and its product's SKU.
bool Matches(const RowFilter& filter, const FakeWorld& world, const Stock& row);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_ROW_FILTER_H_
