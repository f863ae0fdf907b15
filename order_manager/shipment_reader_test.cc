#include "order_manager/shipment_reader.h"

#include <optional>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(ShipmentReader, ReadsShipments) {
  const auto page = ReadShipments(ParseForTest(R"([
      {"shipmentId": 5, "orderId": "100", "orderNumber": "A-100",
       "type": "FULFILLMENT", "created": "2026-08-17T10:00:00Z",
       "shipDate": "2026-08-16", "received": false, "external": true,
       "warehouseId": 1, "trackingNumber": " 1Z999 ",
       "deliveryStatus": "IN_TRANSIT", "shipMethod": {
         "shippingCarrier": "OTHER_CARRIER", "shippingProviderId": 2,
         "shippingServiceId": "3", "packageTypeId": null},
       "carrierFee": {"amount": 5}, "shippingLabelUrls": []}])"),
                                  1);
  ASSERT_THAT(page.rows, SizeIs(1));
  const model::ShipmentRecord& shipment = page.rows[0];
  EXPECT_EQ(shipment.shipment_id, 5);
  EXPECT_EQ(shipment.order_id, 100);
  EXPECT_EQ(shipment.order_number, "A-100");
  EXPECT_FALSE(shipment.is_return);
  EXPECT_FALSE(shipment.voided);
  EXPECT_EQ(shipment.tracking_number, "1Z999");
  EXPECT_EQ(shipment.shipping_carrier, "OTHER_CARRIER");
  EXPECT_EQ(shipment.shipping_provider_id, 2);
  EXPECT_EQ(shipment.shipping_service_id, 3);
  EXPECT_EQ(shipment.warehouse_id, 1);
  EXPECT_TRUE(shipment.external);
  const absl::Time ten = absl::FromUnixSeconds(1'786'960'800);
  EXPECT_EQ(shipment.create_time, ten);
  EXPECT_EQ(shipment.ship_time, ten - absl::Hours(34));
}

TEST(ShipmentReader, TellsReturnsAndVoids) {
  const auto page = ReadShipments(ParseForTest(R"([
      {"shipmentId": 1, "orderId": 1, "type": "return"},
      {"shipmentId": 2, "orderId": 1, "deliveryStatus": "Voided"},
      {"shipmentId": 3, "orderId": 1, "type": "NEW", "deliveryStatus": "NEW"}
      ])"),
                                  1);
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_TRUE(page.rows[0].is_return);
  EXPECT_TRUE(page.rows[1].voided);
  EXPECT_FALSE(page.rows[2].is_return);
  EXPECT_FALSE(page.rows[2].voided);
}

TEST(ShipmentReader, TakesABlankTrackingNumberForNone) {
  const auto page = ReadShipments(ParseForTest(R"([
      {"shipmentId": 1, "orderId": 1, "trackingNumber": "  ",
       "shipMethod": []},
      {"shipmentId": 2, "orderId": 1, "trackingNumber": null,
       "shipMethod": {"shippingCarrier": null}},
      {"shipmentId": 3, "orderId": 1, "trackingNumber": 123456789012}])"),
                                  1);
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_EQ(page.rows[0].tracking_number, "");
  EXPECT_EQ(page.rows[0].shipping_carrier, "");
  EXPECT_EQ(page.rows[0].create_time, std::nullopt);
  EXPECT_EQ(page.rows[1].tracking_number, "");
  EXPECT_EQ(page.rows[2].tracking_number, "123456789012");
}

TEST(ShipmentReader, RejectsShipmentsItCannotBeSureOf) {
  EXPECT_THAT(
      Shown(ReadShipments(ParseForTest(R"([
          {"orderId": 1}, {"shipmentId": 2, "orderNumber": "A-2"},
          {"shipmentId": 3, "orderId": 1, "trackingNumber": 1e30},
          {"shipmentId": 4, "orderId": 1, "trackingNumber": "1Z\u00009"},
          {"shipmentId": 5, "orderId": 1, "shipMethod": "by air"},
          {"shipmentId": 6, "orderId": 1, "type": {}}])"),
                          2)
                .rejected),
      ElementsAre(
          "shipments page 2, : shipmentId is missing",
          "shipments page 2, shipmentId 2, orderNumber A-2: orderId is missing",
          "shipments page 2, shipmentId 3: trackingNumber is no plain text: "
          "1e+30",
          "shipments page 2, shipmentId 4: trackingNumber has control "
          "characters: \"1Z\\0009\"",
          "shipments page 2, shipmentId 5: shipMethod is no object: \"by "
          "air\"",
          "shipments page 2, shipmentId 6: type is no plain text: an object"));
}

}  // namespace
}  // namespace oms_connector::order_manager
