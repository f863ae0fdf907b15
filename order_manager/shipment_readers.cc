#include "order_manager/shipment_readers.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text_fold.h"
#include "model/inventory.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

// ---- Orders ----------------------------------------------------------------

const JsonShape& OrderShape() {
  static const JsonShape* const product =
      new JsonShape({{"masterSku"}, {"type"}, {"productType"}, {"digital"}});
  static const JsonShape* const line = new JsonShape({{"listingSku"},
                                                      {"masterSku"},
                                                      {"product", product},
                                                      {"quantityOrdered"},
                                                      {"quantity"}});
  static const JsonShape* const shipment =
      new JsonShape({{"shipmentId"}, {"items", line}});
  static const JsonShape* const channel = new JsonShape({{"salesChannelId"}});
  static const JsonShape* const shape =
      new JsonShape({{"orderId"},
                     {"orderNumber"},
                     {"orderStatus"},
                     {"salesChannel", channel},
                     {"shipCountry"},
                     {"modifiedDate"},
                     {"customField1"},
                     {"customField2"},
                     {"customField3"},
                     {"relatedOrderIds", &PlainItems()},
                     {"orderItems", line},
                     {"shipments", shipment},
                     {"shipment", shipment},
                     {"external"},
                     {"suppressChannelUpdate"}});
  return *shape;
}

// Nothing of such a product is ever sent.
bool IsDigital(const RowFields& product) {
  return product.Flag("digital", /*otherwise=*/false) ||
         absl::EqualsIgnoreCase(product.Key("type"), model::kVirtualProduct) ||
         absl::EqualsIgnoreCase(product.Key("productType"),
                                model::kVirtualProduct);
}

// Whether the line could be read. One of quantity 0 can be, and is none.
bool ReadLine(const RowFields& fields, absl::string_view quantity,
              model::OrderLine* line) {
  const RowFields product = fields.Object("product");
  line->listing_sku = fields.Key("listingSku");
  line->master_sku = fields.Key("masterSku");
  if (line->master_sku.empty()) line->master_sku = product.Key("masterSku");
  line->digital = IsDigital(product);
  const std::optional<int64_t> number =
      fields.Quantity(quantity, &line->quantity_text);
  line->quantity = number.value_or(0);
  return number.has_value() &&
         !(line->listing_sku.empty() && line->master_sku.empty());
}

// The lines of a list; `whole` becomes false where one could not be read.
std::vector<model::OrderLine> ReadLines(const RowFields& row,
                                        absl::string_view list,
                                        absl::string_view quantity,
                                        bool* whole) {
  std::vector<model::OrderLine> lines;
  for (const JsonValue& item : row.List(list, whole)) {
    const std::optional<RowFields> fields = row.Item(list, item);
    model::OrderLine line;
    if (!fields.has_value()) {
      *whole = false;
    } else if (!ReadLine(*fields, quantity, &line)) {
      *whole = false;
      row.Note(list, "holds a line without SKU or quantity; left out");
    } else if (line.quantity > 0 || !line.quantity_text.empty()) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

void ReadOrderLines(const RowFields& row, model::Order* order) {
  bool whole = false;
  order->lines = ReadLines(row, "orderItems", "quantityOrdered", &whole);
  const JsonValue& list = row.Find("orderItems");
  if (list.kind() == Kind::kAbsent) {
    order->lines_form = model::OrderLinesForm::kAbsent;
  } else if (list.kind() == Kind::kNull) {
    order->lines_form = model::OrderLinesForm::kNull;
  } else if (list.kind() == Kind::kList && list.is_empty()) {
    order->lines_form = model::OrderLinesForm::kEmpty;
  } else {
    order->lines_form =
        whole ? model::OrderLinesForm::kWhole : model::OrderLinesForm::kPartial;
  }
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
void AddShipment(const RowFields& shipment, model::Order* order) {
  model::OrderShipmentItems content;
  content.shipment_id = shipment.Id("shipmentId");
  if (content.shipment_id == 0 ||
      std::any_of(order->shipment_items.begin(), order->shipment_items.end(),
                  [&content](const model::OrderShipmentItems& other) {
                    return other.shipment_id == content.shipment_id;
                  })) {
    return;
  }
  bool whole = false;
  content.items = ReadLines(shipment, "items", "quantity", &whole);
  order->shipment_items.push_back(std::move(content));
}

void AddMasterSkus(model::Order* order) {
  if (order->shipment_items.empty()) return;
  const MasterSkus master_skus = MasterSkusOf(order->lines);
  for (model::OrderShipmentItems& content : order->shipment_items) {
    for (model::OrderLine& item : content.items) {
      if (!item.master_sku.empty()) continue;
      const auto known = master_skus.find(base::FoldCase(item.listing_sku));
      if (known != master_skus.end()) item.master_sku = known->second;
    }
  }
}

model::Order ReadOrderRow(const RowFields& row) {
  model::Order order;
  order.order_id = row.NeededId("orderId");
  order.order_number = row.Key("orderNumber");
  order.status = row.Key("orderStatus");
  order.sales_channel_id = row.Object("salesChannel").Id("salesChannelId");
  order.ship_country = row.Key("shipCountry");
  order.modify_time = row.Modified("modifiedDate");
  order.custom_fields = {row.Key("customField1"), row.Key("customField2"),
                         row.Key("customField3")};
  order.related_order_ids = row.Ids("relatedOrderIds");
  ReadOrderLines(row, &order);
  for (const JsonValue& shipment : row.List("shipments")) {
    const std::optional<RowFields> fields = row.Item("shipments", shipment);
    if (fields.has_value()) AddShipment(*fields, &order);
  }
  AddShipment(row.Object("shipment"), &order);
  AddMasterSkus(&order);
  order.external = row.Flag("external", /*otherwise=*/false);
  order.suppress_channel_update =
      row.Flag("suppressChannelUpdate", /*otherwise=*/false);
  return order;
}

PageSource OrderSource(int64_t page) {
  return {"orders", page, &OrderShape(), {"orderId", "orderNumber"}};
}

// ---- Shipments -------------------------------------------------------------

const JsonShape& ShipmentShape() {
  static const JsonShape* const method = new JsonShape(
      {{"shippingCarrier"}, {"shippingProviderId"}, {"shippingServiceId"}});
  static const JsonShape* const shape = new JsonShape({{"shipmentId"},
                                                       {"orderId"},
                                                       {"orderNumber"},
                                                       {"type"},
                                                       {"deliveryStatus"},
                                                       {"trackingNumber"},
                                                       {"shipMethod", method},
                                                       {"warehouseId"},
                                                       {"external"},
                                                       {"shipDate"},
                                                       {"created"}});
  return *shape;
}

model::ShipmentRecord ReadShipment(const RowFields& row) {
  const RowFields method = row.Object("shipMethod");
  model::ShipmentRecord shipment;
  shipment.shipment_id = row.NeededId("shipmentId");
  shipment.order_id = row.NeededId("orderId");
  shipment.tracking_number = row.NumberUnlessAbsent("trackingNumber");
  shipment.order_number = row.Key("orderNumber");
  shipment.is_return = absl::EqualsIgnoreCase(row.Key("type"), "RETURN");
  shipment.voided = absl::EqualsIgnoreCase(row.Key("deliveryStatus"), "VOIDED");
  shipment.shipping_carrier = method.Key("shippingCarrier");
  shipment.shipping_provider_id = method.Id("shippingProviderId");
  shipment.shipping_service_id = method.Id("shippingServiceId");
  shipment.warehouse_id = row.Id("warehouseId");
  shipment.external = row.Flag("external", /*otherwise=*/false);
  shipment.ship_time = row.Time("shipDate");
  shipment.create_time = row.Time("created");
  return shipment;
}

// ---- Shipping services -----------------------------------------------------

const JsonShape& ProviderShape() {
  static const JsonShape* const service =
      new JsonShape({{"shippingServiceId"}, {"serviceName"}, {"serviceCode"}});
  static const JsonShape* const shape = new JsonShape(
      {{"shippingProviderId"}, {"name"}, {"shippingServices", service}});
  return *shape;
}

using Services = std::vector<model::ShippingService>;

Services ReadServices(const RowFields& row) {
  const int64_t provider_id = row.NeededId("shippingProviderId");
  Services services;
  for (const JsonValue& item : row.List("shippingServices")) {
    const std::optional<RowFields> fields = row.Item("shippingServices", item);
    if (!fields.has_value()) continue;
    model::ShippingService service;
    service.provider_id = provider_id;
    service.service_id = fields->Id("shippingServiceId");
    service.name = fields->Text("serviceName");
    if (service.name.empty()) service.name = fields->Text("serviceCode");
    if (service.service_id != 0 && !service.name.empty()) {
      services.push_back(std::move(service));
    }
  }
  return services;
}

}  // namespace

absl::StatusOr<Page<model::Order>> ReadOrders(JsonRows& reader,
                                              std::string* text, int64_t page) {
  return ReadPage<model::Order>(reader, text, OrderSource(page), &ReadOrderRow);
}

absl::StatusOr<Page<model::Order>> ReadOneOrder(JsonRows& reader,
                                                std::string* text) {
  PageSource source = OrderSource(0);
  // An order without its id is no garbled answer: asking again is no use.
  source.any_object = true;
  return ReadPage<model::Order>(reader, text, source, &ReadOrderRow);
}

absl::StatusOr<Page<model::Order>> FindOrder(Page<model::Order> answer,
                                             int64_t order_id) {
  if (answer.row_count == 0) {
    return absl::NotFoundError(absl::StrCat("there is no order ", order_id));
  }
  const auto others = std::stable_partition(
      answer.rows.begin(), answer.rows.end(),
      [&](const model::Order& order) { return order.order_id == order_id; });
  if (others == answer.rows.begin() && answer.rejected.empty()) {
    answer.rejected.push_back(
        {"orders", 0, absl::StrCat("orderId ", order_id),
         absl::StrCat("is answered with order ", others->order_id)});
  }
  answer.rows.erase(others, answer.rows.end());
  return answer;
}

absl::StatusOr<Page<model::ShipmentRecord>> ReadShipments(JsonRows& reader,
                                                          std::string* text,
                                                          int64_t page) {
  return ReadPage<model::ShipmentRecord>(
      reader, text,
      {"shipments", page, &ShipmentShape(), {"shipmentId", "orderNumber"}},
      &ReadShipment);
}

absl::StatusOr<Page<model::ShippingService>> ReadShippingServices(
    JsonRows& reader, std::string* text) {
  OMS_ASSIGN_OR_RETURN(Page<Services> providers,
                       ReadPage<Services>(reader, text,
                                          {"shipment/providers",
                                           0,
                                           &ProviderShape(),
                                           {"shippingProviderId", "name"}},
                                          &ReadServices));
  Page<model::ShippingService> page;
  page.row_count = providers.row_count;
  page.fingerprint = providers.fingerprint;
  page.rejected = std::move(providers.rejected);
  page.notes = std::move(providers.notes);
  for (Services& services : providers.rows) {
    for (model::ShippingService& service : services) {
      page.rows.push_back(std::move(service));
    }
  }
  return page;
}

}  // namespace oms_connector::order_manager
