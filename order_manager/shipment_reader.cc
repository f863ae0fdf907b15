#include "order_manager/shipment_reader.h"

#include "absl/strings/match.h"
#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

model::ShipmentRecord ReadShipment(const RowFields& row) {
  const RowFields method = row.Object("shipMethod");
  model::ShipmentRecord shipment;
  shipment.shipment_id = row.Id("shipmentId");
  shipment.order_id = row.Id("orderId");
  shipment.order_number = row.KeyOrEmpty("orderNumber");
  shipment.is_return = absl::EqualsIgnoreCase(row.KeyOrEmpty("type"), "RETURN");
  shipment.voided =
      absl::EqualsIgnoreCase(row.KeyOrEmpty("deliveryStatus"), "VOIDED");
  shipment.tracking_number = row.KeyOrEmpty("trackingNumber");
  shipment.shipping_carrier = method.KeyOrEmpty("shippingCarrier");
  shipment.shipping_provider_id = method.IdOrZero("shippingProviderId");
  shipment.shipping_service_id = method.IdOrZero("shippingServiceId");
  shipment.warehouse_id = row.IdOrZero("warehouseId");
  shipment.external = row.Flag("external", /*if_absent=*/false);
  shipment.ship_time = row.Time("shipDate");
  shipment.create_time = row.Time("created");
  return shipment;
}

}  // namespace

Page<model::ShipmentRecord> ReadShipments(const JsonDocument& document,
                                          int64_t page) {
  return ReadPage<model::ShipmentRecord>(
      document, {"shipments", page, {"shipmentId", "orderNumber"}},
      &ReadShipment);
}

}  // namespace oms_connector::order_manager
