#include "fake_order_manager/rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::testing_support {
namespace {

using Json = RowJson;
using WireFields = FieldWriter<Scope::kWire>;

// ---- How rows are loosened -------------------------------------------------

// "2026-08-17T10:00:00" and what may follow it.
bool LooksLikeTime(const std::string& text) {
  return text.size() >= 20 && text[4] == '-' && text[10] == 'T' &&
         text[13] == ':' && text.back() == 'Z';
}

std::string InTimeStyle(const std::string& text, TimeStyle style) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return text;
  if (style == TimeStyle::kFractions) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                            time + absl::Milliseconds(123),
                            absl::UTCTimeZone());
  }
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", time,
                          absl::FixedTimeZone(2 * 60 * 60));
}

bool IsMapField(absl::string_view name) {
  return name == "address" || name == "mapPrice" || name == "cancelReason" ||
         name == "shipMethod" || name == "carrierFee" ||
         name == "salesChannel" || name == "fulfillmentSource" ||
         name == "shipment";
}

void Loosen(const WireStyle& style, Json& value);

void LoosenMembers(const WireStyle& style, Json& object) {
  for (auto member = object.begin(); member != object.end();) {
    if (style.null_objects_as_lists && member->is_null() &&
        IsMapField(member.key())) {
      *member = Json::array();
    }
    if (style.nulls_absent && member->is_null()) {
      member = object.erase(member);
      continue;
    }
    Loosen(style, *member);
    ++member;
  }
  if (style.unknown_fields) {
    object["futureField"] = {{"nested", {1, "two", nullptr}}};
  }
}

void Loosen(const WireStyle& style, Json& value) {
  if (value.is_object()) {
    LoosenMembers(style, value);
  } else if (value.is_array()) {
    for (Json& element : value) Loosen(style, element);
  } else if (value.is_number() && style.numbers_as_strings) {
    value = value.dump();
  } else if (value.is_string() && style.times != TimeStyle::kSeconds) {
    const std::string text = value.get<std::string>();
    if (LooksLikeTime(text)) value = InTimeStyle(text, style.times);
  }
}

// The object that holds the last part of `path`; objects on the way that are
// missing, or are no objects, are made.
Json& Holder(Json& row, const std::vector<std::string>& path) {
  Json* holder = &row;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    Json& next = (*holder)[path[i]];
    if (!next.is_object()) next = Json::object();
    holder = &next;
  }
  return *holder;
}

std::string PlaceMark(size_t index) {
  return absl::StrCat("@raw field ", index, "@");
}

// ---- What answers nest -----------------------------------------------------

void Append(const FakeWorld& world, const RawFields& raw, WireFields fields,
            std::string* out) {
  out->append(WriteRow(fields.Take(), world.style, raw));
}

template <typename Row>
void AppendPlainRow(const FakeWorld& world, const Row& row, std::string* out) {
  out->append(WriteRow(ToJson<Scope::kWire>(row), world.style, row.raw));
}

// The short form of a product that stock rows carry.
RowJson ProductSummary(const FakeWorld& world, const Stock& row) {
  WireFields field;
  field("productId", row.product_id);
  field("masterSku", world.MasterSkuOf(row));
  const auto found = world.products.find(row.product_id);
  if (found != world.products.end()) {
    const Product& product = found->second;
    field("name", product.name);
    field("productType", product.type);
    field("upc", product.upc);
    field("mpn", product.mpn);
  }
  return field.Take();
}

// On hand less locked: what the Order Manager calls available.
int64_t Available(const Stock& row) {
  return row.on_hand - row.locked.value_or(0);
}

RowJson SalesChannelOf(const FakeWorld& world, const Order& row) {
  if (!row.sales_channel_id.has_value()) return nullptr;
  WireFields field;
  field("salesChannelId", *row.sales_channel_id);
  const auto found = world.sales_channels.find(*row.sales_channel_id);
  if (found != world.sales_channels.end()) {
    field("name", found->second.name);
    field("type", found->second.type);
  }
  return field.Take();
}

RowJson FulfillmentSourceOf(const FakeWorld& world, const Order& row) {
  if (!row.warehouse_id.has_value()) return nullptr;
  WireFields field;
  field("warehouseId", *row.warehouse_id);
  const auto found = world.warehouses.find(*row.warehouse_id);
  if (found != world.warehouses.end()) field("name", found->second.name);
  return field.Take();
}

RowJson ItemsOf(const Order& row) {
  RowJson items = RowJson::array();
  for (const OrderItem& item : row.items) {
    WireFields product;
    product("masterSku", item.master_sku);
    WireFields field;
    field.Fields(item);
    field.Add("product", product.Take());
    items.push_back(field.Take());
  }
  return items;
}

RowJson WithItems(const Shipment& shipment) {
  WireFields field;
  field.Fields(shipment);
  field("items", shipment.items);
  return field.Take();
}

}  // namespace

std::string WriteRow(RowJson row, const WireStyle& style,
                     const RawFields& raw) {
  Loosen(style, row);
  if (raw.empty()) return TextOf(row);
  // Raw text may be no JSON, so its place is kept while the row is written.
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [path_text, text] : raw) {
    const std::vector<std::string> path = absl::StrSplit(path_text, '.');
    RowJson& holder = Holder(row, path);
    if (text.empty()) {
      holder.erase(path.back());
      continue;
    }
    const std::string mark = PlaceMark(replacements.size());
    holder[path.back()] = mark;
    replacements.emplace_back(absl::StrCat("\"", mark, "\""), text);
  }
  return absl::StrReplaceAll(TextOf(row), replacements);
}

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
  WireFields field;
  field.Add("product", ProductSummary(world, row));
  field.Fields(row);
  Append(world, row.raw, std::move(field), out);
}

void AppendInventory(const FakeWorld& world, const Stock& row,
                     const StockLocation& location, std::string* out) {
  WireFields field;
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
  field.Add("product", ProductSummary(world, row));
  WireFields place;
  place("stockLocationId", location.stock_location_id);
  place("location", location.location);
  place("warehouseId", row.warehouse_id);
  field.Add("stockLocation", place.Take());
  WireFields totals;
  totals.Fields(row);
  totals("availableQuantity", Available(row));
  totals("allocatedQuantity", row.locked);
  field.Add("warehouseStockTotals", totals.Take());
  Append(world, row.raw, std::move(field), out);
}

void AppendAcknowledged(const FakeWorld& world, const Listing& row,
                        std::string* out) {
  WireFields field;
  field("listingId", row.listing_id);
  field("listingSku", row.listing_sku);
  field("masterSku", row.master_sku);
  field("salesChannelId", row.sales_channel_id);
  field("quantity", row.quantity);
  field("lastModified", row.quantity_modified);
  Append(world, row.raw, std::move(field), out);
}

void AppendOrder(const FakeWorld& world, const Order& row,
                 const std::vector<const Shipment*>& shipments,
                 std::string* out) {
  WireFields field;
  field.Fields(row);
  field.Add("salesChannel", SalesChannelOf(world, row));
  field.Add("fulfillmentSource", FulfillmentSourceOf(world, row));
  field.Add("orderItems", ItemsOf(row));
  field.Add("relatedOrderIds", row.related_order_ids.empty()
                                   ? RowJson()
                                   : RowJson(row.related_order_ids));
  field.Add("shipment",
            shipments.empty() ? RowJson() : WithItems(*shipments.back()));
  RowJson all = RowJson::array();
  for (const Shipment* shipment : shipments) {
    all.push_back(WithItems(*shipment));
  }
  field.Add("shipments", std::move(all));
  Append(world, row.raw, std::move(field), out);
}

}  // namespace oms_connector::testing_support
