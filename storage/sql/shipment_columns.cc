#include "storage/sql/shipment_columns.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "storage/sql/packed_list.h"

namespace oms_connector::storage {
namespace {

int64_t ToInt(const std::string& text) {
  int64_t value = 0;
  return absl::SimpleAtoi(text, &value) ? value : 0;
}

}  // namespace

std::string PackShipmentItems(const std::vector<model::ShipmentItem>& items) {
  std::vector<std::vector<std::string>> rows;
  for (const model::ShipmentItem& item : items) {
    rows.push_back({item.sku, item.master_sku, absl::StrCat(item.quantity)});
  }
  return PackRows(rows);
}

std::vector<model::ShipmentItem> UnpackShipmentItems(absl::string_view packed) {
  std::vector<model::ShipmentItem> items;
  for (const auto& row : UnpackRows(packed, 3)) {
    items.push_back({row[0], row[1], ToInt(row[2])});
  }
  return items;
}

std::string PackBlockingOrders(
    const std::vector<model::BlockingOrder>& orders) {
  std::vector<std::vector<std::string>> rows;
  for (const model::BlockingOrder& order : orders) {
    rows.push_back({absl::StrCat(order.order_id), order.order_number,
                    order.status,
                    absl::StrCat(absl::ToUnixMicros(order.since_time))});
  }
  return PackRows(rows);
}

std::vector<model::BlockingOrder> UnpackBlockingOrders(
    absl::string_view packed) {
  std::vector<model::BlockingOrder> orders;
  for (const auto& row : UnpackRows(packed, 4)) {
    orders.push_back(
        {ToInt(row[0]), row[1], row[2], absl::FromUnixMicros(ToInt(row[3]))});
  }
  return orders;
}

model::Carrier ReadCarrier(const SqlRow& row, int column) {
  model::Carrier carrier;
  carrier.code = row.String(column);
  carrier.display_name = row.String(column + 1);
  carrier.source = static_cast<model::CarrierSource>(row.Int64(column + 2));
  carrier.rule = row.String(column + 3);
  carrier.confidence =
      static_cast<model::CarrierConfidence>(row.Int64(column + 4));
  carrier.candidates = UnpackTexts(row.Text(column + 5));
  carrier.service = row.String(column + 6);
  return carrier;
}

model::Delivery ReadDelivery(const SqlRow& row, int column) {
  model::Delivery delivery;
  delivery.state = static_cast<model::DeliveryState>(row.Int64(column));
  delivery.hold_reason = static_cast<model::HoldReason>(row.Int64(column + 1));
  delivery.hold_time = row.OptionalTime(column + 2);
  delivery.blocking_orders = UnpackBlockingOrders(row.Text(column + 3));
  delivery.outcome_reason = row.String(column + 4);
  delivery.outcome_time = row.OptionalTime(column + 5);
  return delivery;
}

}  // namespace oms_connector::storage
