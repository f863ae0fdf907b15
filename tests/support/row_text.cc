#include "tests/support/row_text.h"

#include "tests/support/field_writer.h"
#include "tests/support/json_writer.h"
#include "tests/support/row_style.h"

namespace oms_connector::testing_support {
namespace {

using WireFields = FieldWriter<Scope::kWire>;

// Appends one object whose members `write_members` writes, loosened where the
// world or the row asks for it.
template <typename WriteMembers>
void AppendObject(const FakeWorld& world, const RawFields& raw,
                  std::string* out, const WriteMembers& write_members) {
  const size_t start = out->size();
  JsonWriter json(out);
  json.BeginObject();
  write_members(json);
  json.EndObject();
  if (IsPlain(world.style, raw)) return;
  const std::string loose =
      ApplyStyle(absl::string_view(*out).substr(start), world.style, raw);
  out->replace(start, std::string::npos, loose);
}

template <typename Row>
void AppendPlainRow(const FakeWorld& world, const Row& row, std::string* out) {
  AppendObject(world, row.raw, out,
               [&row](JsonWriter& json) { WireFields(&json).Fields(row); });
}

const Product* FindProduct(const FakeWorld& world, int64_t product_id) {
  const auto found = world.products.find(product_id);
  return found == world.products.end() ? nullptr : &found->second;
}

// The short form of a product that stock rows carry.
void WriteProductSummary(const FakeWorld& world, int64_t product_id,
                         JsonWriter& json) {
  const Product* product = FindProduct(world, product_id);
  WireFields field(&json);
  json.Key("product");
  json.BeginObject();
  field("productId", product_id);
  if (product != nullptr) {
    field("masterSku", product->master_sku);
    field("name", product->name);
    field("productType", product->type);
    field("upc", product->upc);
    field("mpn", product->mpn);
  }
  json.EndObject();
}

// On hand less locked: what the Order Manager calls available.
int64_t Available(const Stock& row) {
  return row.on_hand - row.locked.value_or(0);
}

void WriteSalesChannel(const FakeWorld& world, const Order& row,
                       JsonWriter& json) {
  json.Key("salesChannel");
  if (!row.sales_channel_id.has_value()) return json.Null();
  WireFields field(&json);
  json.BeginObject();
  field("salesChannelId", *row.sales_channel_id);
  const auto found = world.sales_channels.find(*row.sales_channel_id);
  if (found != world.sales_channels.end()) {
    field("name", found->second.name);
    field("type", found->second.type);
  }
  json.EndObject();
}

void WriteFulfillmentSource(const FakeWorld& world, const Order& row,
                            JsonWriter& json) {
  json.Key("fulfillmentSource");
  if (!row.warehouse_id.has_value()) return json.Null();
  WireFields field(&json);
  json.BeginObject();
  field("warehouseId", *row.warehouse_id);
  const auto found = world.warehouses.find(*row.warehouse_id);
  if (found != world.warehouses.end()) field("name", found->second.name);
  json.EndObject();
}

void WriteOrderItems(const Order& row, JsonWriter& json) {
  WireFields field(&json);
  json.Key("orderItems");
  json.BeginArray();
  for (const OrderItem& item : row.items) {
    json.BeginObject();
    field.Fields(item);
    json.Key("product");
    json.BeginObject();
    field("masterSku", item.master_sku);
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
}

void WriteShipmentWithItems(const Shipment& shipment, JsonWriter& json) {
  WireFields field(&json);
  json.BeginObject();
  field.Fields(shipment);
  field("items", shipment.items);
  json.EndObject();
}

void WriteShipments(const std::vector<const Shipment*>& shipments,
                    JsonWriter& json) {
  json.Key("shipment");
  if (shipments.empty()) {
    json.Null();
  } else {
    WriteShipmentWithItems(*shipments.back(), json);
  }
  json.Key("shipments");
  json.BeginArray();
  for (const Shipment* shipment : shipments) {
    WriteShipmentWithItems(*shipment, json);
  }
  json.EndArray();
}

}  // namespace

void AppendRow(const FakeWorld& world, const SalesChannel& row,
               std::string* out) {
  AppendPlainRow(world, row, out);
}

void AppendRow(const FakeWorld& world, const Warehouse& row, std::string* out) {
  AppendPlainRow(world, row, out);
}

void AppendRow(const FakeWorld& world, const Product& row, std::string* out) {
  AppendPlainRow(world, row, out);
}

void AppendRow(const FakeWorld& world, const Listing& row, std::string* out) {
  AppendPlainRow(world, row, out);
}

void AppendRow(const FakeWorld& world, const Shipment& row, std::string* out) {
  AppendPlainRow(world, row, out);
}

void AppendRow(const FakeWorld& world, const ShippingProvider& row,
               std::string* out) {
  AppendPlainRow(world, row, out);
}

void AppendStockTotal(const FakeWorld& world, const Stock& row,
                      std::string* out) {
  AppendObject(world, row.raw, out, [&](JsonWriter& json) {
    WriteProductSummary(world, row.product_id, json);
    WireFields(&json).Fields(row);
  });
}

void AppendInventory(const FakeWorld& world, const Stock& row,
                     const StockLocation& location, std::string* out) {
  AppendObject(world, row.raw, out, [&](JsonWriter& json) {
    WireFields field(&json);
    // No two rows of the fake share a location, so its id names the row too.
    field("productStockId", location.stock_location_id);
    field("active", location.active);
    field("pickable", location.pickable);
    field("receivable", location.receivable);
    field("drawRank", int64_t{1});
    field("minStock", int64_t{0});
    field("quantity", location.quantity);
    field("quantityLocked", location.quantity_locked);
    field("allocatedQuantity", location.quantity_locked);
    field("availableQuantity", location.quantity - location.quantity_locked);
    WriteProductSummary(world, row.product_id, json);
    json.Key("stockLocation");
    json.BeginObject();
    field("stockLocationId", location.stock_location_id);
    field("location", location.location);
    field("warehouseId", row.warehouse_id);
    json.EndObject();
    json.Key("warehouseStockTotals");
    json.BeginObject();
    field.Fields(row);
    field("availableQuantity", Available(row));
    field("allocatedQuantity", row.locked);
    json.EndObject();
  });
}

void AppendAcknowledged(const FakeWorld& world, const Listing& row,
                        std::string* out) {
  AppendObject(world, row.raw, out, [&row](JsonWriter& json) {
    WireFields field(&json);
    field("listingId", row.listing_id);
    field("listingSku", row.listing_sku);
    field("masterSku", row.master_sku);
    field("salesChannelId", row.sales_channel_id);
    field("quantity", row.quantity);
    field("lastModified", row.quantity_modified);
  });
}

void AppendOrder(const FakeWorld& world, const Order& row,
                 const std::vector<const Shipment*>& shipments,
                 std::string* out) {
  AppendObject(world, row.raw, out, [&](JsonWriter& json) {
    WireFields field(&json);
    field.Fields(row);
    WriteSalesChannel(world, row, json);
    WriteFulfillmentSource(world, row, json);
    WriteOrderItems(row, json);
    json.Key("relatedOrderIds");
    if (row.related_order_ids.empty()) {
      json.Null();
    } else {
      json.BeginArray();
      for (const int64_t id : row.related_order_ids) json.Integer(id);
      json.EndArray();
    }
    WriteShipments(shipments, json);
  });
}

}  // namespace oms_connector::testing_support
