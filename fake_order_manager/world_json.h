// The fake's world as a JSON text: data files, and what control requests
// change one row at a time.
//
//   {"warehouses": [{"warehouseId": 1, "name": "East"}],
//    "products":   [{"productId": 10, "masterSku": "TEE-RED",
//                    "modifiedDate": "-2d"}],
//    "stock":      [{"productId": 10, "warehouseId": 1, "onHandQuantity": 7}],
//    "style":      {"numbersAsStrings": true}}
//
// Tables: salesChannels, warehouses, products, stock, listings, orders,
// shipments, providers (lists of rows), carriers (a list of texts) and style.
// Rows have the Order Manager's own field names; where an answer nests what
// the world keeps elsewhere, the row holds the id (an order's salesChannelId
// and warehouseId, a stock row's productId). Times are ISO-8601 or relative to
// `now` ("-2d", "-3h30m"). A row may have "raw" fields.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_JSON_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

// INVALID_ARGUMENT, naming the row and field, where the text is no world.
absl::StatusOr<FakeWorld> WorldFromJson(absl::string_view text, absl::Time now);

// The same from a file. NOT_FOUND where it cannot be read.
absl::StatusOr<FakeWorld> WorldFromFile(const std::string& path,
                                        absl::Time now);

// One row a line, times absolute. WorldFromJson reads it back.
std::string WorldToJson(const FakeWorld& world);

// Adds or patches rows of one table: `json` is a row or a list of rows. A row
// whose key exists keeps the fields that the JSON does not name. Unless the
// JSON says when, products, listings and orders count as modified at `now`,
// and a listing's number as told at `now`. "style" patches the style,
// "carriers" replaces the list. NOT_FOUND for a table that does not exist;
// INVALID_ARGUMENT for rows that cannot be read, the world then unchanged.
absl::Status MergeRows(absl::string_view table, absl::string_view json,
                       absl::Time now, FakeWorld& world);

// Removes the row with `key`: its id, or WAREHOUSE/PRODUCT for stock.
// NOT_FOUND where there is none.
absl::Status EraseRow(absl::string_view table, absl::string_view key,
                      FakeWorld& world);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_JSON_H_
