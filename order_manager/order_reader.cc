#include "order_manager/order_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text_fold.h"
#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

// Master SKU: the item's own, or its product's.
std::string ReadMasterSku(const RowFields& item) {
  std::string sku = item.KeyOrEmpty("masterSku");
  return sku.empty() ? item.Object("product").KeyOrEmpty("masterSku") : sku;
}

std::vector<model::OrderLine> ReadLines(const RowFields& row,
                                        absl::string_view list,
                                        absl::string_view quantity) {
  std::vector<model::OrderLine> lines;
  for (const JsonValue& item : row.List(list)) {
    if (item.is_null()) continue;
    const RowFields fields = row.Item(item);
    model::OrderLine line;
    line.listing_sku = fields.KeyOrEmpty("listingSku");
    line.master_sku = ReadMasterSku(fields);
    line.quantity = fields.Integer(quantity).value_or(0);
    const bool named = !line.listing_sku.empty() || !line.master_sku.empty();
    if (named && line.quantity > 0) lines.push_back(std::move(line));
  }
  return lines;
}

// Folded listing SKU to the master SKU of the order's lines that have it; empty
// where they have several.
using MasterSkus = std::map<std::string, std::string>;

MasterSkus MasterSkusOf(const std::vector<model::OrderLine>& lines) {
  MasterSkus master_skus;
  for (const model::OrderLine& line : lines) {
    const auto [known, is_new] =
        master_skus.emplace(base::FoldCase(line.listing_sku), line.master_sku);
    if (!is_new && known->second != line.master_sku) known->second.clear();
  }
  return master_skus;
}

// Adds what `shipment` holds, unless the order has told of it already.
void AddShipment(const RowFields& shipment, const MasterSkus& master_skus,
                 model::Order* order) {
  model::OrderShipmentItems content;
  content.shipment_id = shipment.IdOrZero("shipmentId");
  if (content.shipment_id == 0 ||
      std::any_of(order->shipment_items.begin(), order->shipment_items.end(),
                  [&content](const model::OrderShipmentItems& other) {
                    return other.shipment_id == content.shipment_id;
                  })) {
    return;
  }
  content.items = ReadLines(shipment, "items", "quantity");
  for (model::OrderLine& item : content.items) {
    const auto known = master_skus.find(base::FoldCase(item.listing_sku));
    if (item.master_sku.empty() && known != master_skus.end()) {
      item.master_sku = known->second;
    }
  }
  order->shipment_items.push_back(std::move(content));
}

model::Order ReadOrderRow(const RowFields& row) {
  model::Order order;
  order.order_id = row.Id("orderId");
  order.order_number = row.KeyOrEmpty("orderNumber");
  order.status = row.KeyOrEmpty("orderStatus");
  order.sales_channel_id =
      row.Object("salesChannel").IdOrZero("salesChannelId");
  order.ship_country = row.Text("shipCountry");
  order.modify_time = row.Time("modifiedDate");
  order.custom_fields = {row.Text("customField1"), row.Text("customField2"),
                         row.Text("customField3")};
  order.related_order_ids = row.Ids("relatedOrderIds");
  order.lines = ReadLines(row, "orderItems", "quantityOrdered");
  const MasterSkus master_skus = MasterSkusOf(order.lines);
  for (const JsonValue& shipment : row.List("shipments")) {
    if (shipment.is_null()) continue;
    AddShipment(row.Item(shipment), master_skus, &order);
  }
  AddShipment(row.Object("shipment"), master_skus, &order);
  order.external = row.Flag("external", /*if_absent=*/false);
  order.suppress_channel_update =
      row.Flag("suppressChannelUpdate", /*if_absent=*/false);
  return order;
}

}  // namespace

Page<model::Order> ReadOrders(const JsonDocument& document, int64_t page) {
  return ReadPage<model::Order>(
      document, {"orders", page, {"orderId", "orderNumber"}}, &ReadOrderRow);
}

absl::StatusOr<model::Order> ReadOrder(const JsonDocument& document,
                                       int64_t order_id) {
  JsonValue value = document.root();
  if (value.kind() == JsonValue::Kind::kList) {
    const std::vector<JsonValue> rows = value.items();
    if (rows.empty()) {
      return absl::NotFoundError(absl::StrCat("there is no order ", order_id));
    }
    value = rows.size() == 1 ? rows.front() : JsonValue();
  }
  std::string problem;
  model::Order order =
      ReadOrderRow(RowFields(value, document.repaired(), &problem));
  if (problem.empty() && order.order_id != order_id) {
    problem = absl::StrCat("it is order ", order.order_id);
  }
  if (!problem.empty()) {
    return absl::DataLossError(
        absl::StrCat("order ", order_id, " cannot be read: ", problem));
  }
  return order;
}

}  // namespace oms_connector::order_manager
