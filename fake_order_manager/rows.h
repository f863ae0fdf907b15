// Rows of the world as the Order Manager writes them, one JSON object each.
// Field names and nesting are those of the answers of its REST API; which
// field an answer has is decided here and nowhere else.
//
// Every function appends to `out`; none touches the world. The world's
// WireStyle and the row's RawFields are applied.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_ROWS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_ROWS_H_

#include <string>
#include <vector>

#include "fake_order_manager/field_json.h"
#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

// Rows that look the same inside and outside.
void AppendRow(const FakeWorld& world, const SalesChannel& row,
               std::string* out);
void AppendRow(const FakeWorld& world, const Warehouse& row, std::string* out);
void AppendRow(const FakeWorld& world, const Product& row, std::string* out);
void AppendRow(const FakeWorld& world, const Listing& row, std::string* out);
void AppendRow(const FakeWorld& world, const Shipment& row, std::string* out);
void AppendRow(const FakeWorld& world, const ShippingProvider& row,
               std::string* out);

// A row of productstocks/total. A stock row whose product the world lacks is
// written with the ids it has.
void AppendStockTotal(const FakeWorld& world, const Stock& row,
                      std::string* out);

// A row of /v1/inventory: the product at one location, with the totals of its
// warehouse repeated.
void AppendInventory(const FakeWorld& world, const Stock& row,
                     const StockLocation& location, std::string* out);

// A row of the acknowledge answer: a listing with its channel's number.
void AppendAcknowledged(const FakeWorld& world, const Listing& row,
                        std::string* out);

// An order with the shipments that belong to it, items included. `shipment`
// is the latest of them.
void AppendOrder(const FakeWorld& world, const Order& row,
                 const std::vector<const Shipment*>& shipments,
                 std::string* out);

// `row` as text in `style`, which makes a well-formed row as loose as the Order
// Manager's can be, then with the fields of `raw` replaced by their text. Raw
// paths that the row lacks are added.
std::string WriteRow(RowJson row, const WireStyle& style, const RawFields& raw);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_ROWS_H_
