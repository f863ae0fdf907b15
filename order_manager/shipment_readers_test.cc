#include "order_manager/shipment_readers.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Form = model::OrderLinesForm;

// "WEB-TEE/TEE*2", a line's listing SKU, master SKU and quantity.
std::vector<std::string> Show(const std::vector<model::OrderLine>& lines) {
  std::vector<std::string> shown;
  for (const model::OrderLine& line : lines) {
    shown.push_back(absl::StrCat(line.listing_sku, "/", line.master_sku, "*",
                                 line.quantity));
  }
  return shown;
}

model::Order MustRead(const std::string& json) {
  const auto page = ReadForTest(&ReadOrders, absl::StrCat("[", json, "]"), 1);
  EXPECT_THAT(Shown(page.rejected), IsEmpty());
  return page.rows.empty() ? model::Order() : page.rows[0];
}

TEST(OrderReader, ReadsWhatIsUsedOfAnOrder) {
  const model::Order order = MustRead(R"(
      {"orderId": 100, "orderNumber": "A-100", "orderType": "SALES_CHANNEL",
       "orderStatus": "SHIPPED", "unresolvedStatus": null,
       "salesChannel": {"salesChannelId": 7, "name": "Web shop"},
       "fulfillmentSource": {"warehouseId": 1}, "shipName": "Jo Doe",
       "modifiedDate": "2026-08-17T10:00:00.250Z", "shipCountry": "CA",
       "customField1": "Purolator", "customField2": null, "customField3": 3,
       "relatedOrderIds": [101, "102"],
       "orderItems": [{"orderItemId": 1, "listingSku": "WEB-TEE",
         "product": {"masterSku": "TEE"}, "quantityOrdered": 2},
        {"listingSku": null, "product": {"masterSku": "CAP"},
         "quantityOrdered": "1"}],
       "shipments": [{"shipmentId": 5, "items": [{"listingSku": "WEB-TEE",
         "quantity": 1}]}],
       "shipment": {"shipmentId": 6, "items": []},
       "external": true, "suppressChannelUpdate": "true"})");
  EXPECT_EQ(order.order_id, 100);
  EXPECT_EQ(order.order_number, "A-100");
  EXPECT_EQ(order.status, "SHIPPED");
  EXPECT_EQ(order.sales_channel_id, 7);
  EXPECT_EQ(order.ship_country, "CA");
  EXPECT_EQ(order.modify_time,
            absl::FromUnixSeconds(1'786'960'800) + absl::Milliseconds(250));
  EXPECT_THAT(order.custom_fields, ElementsAre("Purolator", "", "3"));
  EXPECT_THAT(order.related_order_ids, ElementsAre(101, 102));
  EXPECT_THAT(Show(order.lines), ElementsAre("WEB-TEE/TEE*2", "/CAP*1"));
  ASSERT_THAT(order.shipment_items, SizeIs(2));
  EXPECT_EQ(order.shipment_items[0].shipment_id, 5);
  EXPECT_THAT(Show(order.shipment_items[0].items),
              ElementsAre("WEB-TEE/TEE*1"));
  EXPECT_EQ(order.shipment_items[1].shipment_id, 6);
  EXPECT_THAT(order.shipment_items[1].items, IsEmpty());
  EXPECT_TRUE(order.external);
  EXPECT_TRUE(order.suppress_channel_update);
}

TEST(OrderReader, LivesWithAlmostNothing) {
  const model::Order order = MustRead(
      R"({"orderId": 100, "orderStatus": "BRAND_NEW_STATUS",
          "salesChannel": [], "relatedOrderIds": null, "orderItems": {},
          "shipments": null, "shipment": null})");
  EXPECT_EQ(order.status, "BRAND_NEW_STATUS");
  EXPECT_EQ(order.sales_channel_id, 0);
  EXPECT_THAT(order.related_order_ids, IsEmpty());
  EXPECT_THAT(order.lines, IsEmpty());
  EXPECT_THAT(order.shipment_items, IsEmpty());
  EXPECT_FALSE(order.external);
  EXPECT_FALSE(order.suppress_channel_update);
}

TEST(OrderReader, LeavesOutLinesThatNameOrCountNothing) {
  const model::Order order = MustRead(R"(
      {"orderId": 100, "orderItems": [
        {"listingSku": null, "product": null, "quantityOrdered": 1},
        {"listingSku": "A", "quantityOrdered": null},
        {"listingSku": "B", "quantityOrdered": 0}, null,
        {"listingSku": "C", "quantityOrdered": 1}]})");
  EXPECT_THAT(Show(order.lines), ElementsAre("C/*1"));
}

TEST(OrderReader, FindsMasterSkusOfShippedItemsAmongTheLines) {
  const model::Order order = MustRead(R"(
      {"orderId": 100, "orderItems": [
        {"listingSku": "A", "product": {"masterSku": "M1"},
         "quantityOrdered": 1},
        {"listingSku": "B", "product": {"masterSku": "M2"},
         "quantityOrdered": 1},
        {"listingSku": "B", "product": {"masterSku": "M3"},
         "quantityOrdered": 1}],
       "shipments": [{"shipmentId": 5, "items": [
        {"listingSku": "a", "quantity": 1}, {"listingSku": "B", "quantity": 1},
        {"listingSku": "C", "quantity": 1},
        {"listingSku": "A", "masterSku": "OWN", "quantity": 1}]}]})");
  EXPECT_THAT(Show(order.shipment_items[0].items),
              ElementsAre("a/M1*1", "B/*1", "C/*1", "A/OWN*1"));
}

TEST(OrderReader, TakesTheLatestShipmentOnceOnly) {
  const model::Order order = MustRead(R"(
      {"orderId": 100, "shipments": [
        {"shipmentId": 5, "items": [{"listingSku": "A", "quantity": 1}]},
        {"shipmentId": null}, null],
       "shipment": {"shipmentId": 5, "items": []}})");
  ASSERT_THAT(order.shipment_items, SizeIs(1));
  EXPECT_THAT(order.shipment_items[0].items, SizeIs(1));
}

TEST(ShipmentReader, ReadsShipments) {
  const auto page = ReadForTest(&ReadShipments, R"([
      {"shipmentId": 5, "orderId": "100", "orderNumber": "A-100",
       "type": "FULFILLMENT", "created": "2026-08-17T10:00:00Z",
       "shipDate": "2026-08-16", "received": false, "external": true,
       "warehouseId": 1, "trackingNumber": " 1Z999 ",
       "deliveryStatus": "IN_TRANSIT", "shipMethod": {
         "shippingCarrier": "OTHER_CARRIER", "shippingProviderId": 2,
         "shippingServiceId": "3", "packageTypeId": null},
       "carrierFee": {"amount": 5}, "shippingLabelUrls": []}])",
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
  const auto page = ReadForTest(&ReadShipments, R"([
      {"shipmentId": 1, "orderId": 1, "type": "return"},
      {"shipmentId": 2, "orderId": 1, "deliveryStatus": "Voided"},
      {"shipmentId": 3, "orderId": 1, "type": "NEW", "deliveryStatus": "NEW"}
      ])",
                                1);
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_TRUE(page.rows[0].is_return);
  EXPECT_TRUE(page.rows[1].voided);
  EXPECT_FALSE(page.rows[2].is_return);
  EXPECT_FALSE(page.rows[2].voided);
}

TEST(ShipmentReader, TakesABlankTrackingNumberForNone) {
  const auto page = ReadForTest(&ReadShipments, R"([
      {"shipmentId": 1, "orderId": 1, "trackingNumber": "  ",
       "shipMethod": []},
      {"shipmentId": 2, "orderId": 1, "trackingNumber": null,
       "shipMethod": {"shippingCarrier": null}},
      {"shipmentId": 3, "orderId": 1, "trackingNumber": 123456789012}])",
                                1);
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_EQ(page.rows[0].tracking_number, "");
  EXPECT_EQ(page.rows[0].shipping_carrier, "");
  EXPECT_EQ(page.rows[0].create_time, std::nullopt);
  EXPECT_EQ(page.rows[1].tracking_number, "");
  EXPECT_EQ(page.rows[2].tracking_number, "123456789012");
}

TEST(ProviderReader, ListsTheServicesOfAllProviders) {
  const auto page = ReadForTest(&ReadShippingServices, R"([
      {"shippingProviderId": 1, "name": "ShipStation", "shippingServices": [
        {"shippingServiceId": 10, "serviceCode": "GND",
         "serviceName": "Ground", "shippingCarrier": "UPS"},
        {"shippingServiceId": "11", "serviceCode": "AIR", "serviceName": null},
        {"shippingServiceId": null, "serviceName": "Nameless id"},
        {"shippingServiceId": 12}, null]},
      {"shippingProviderId": 2, "shippingServices": null},
      {"shippingProviderId": 3, "shippingServices": [
        {"shippingServiceId": 10, "serviceName": "Same id"}]}])");
  std::vector<std::string> services;
  for (const model::ShippingService& service : page.rows) {
    services.push_back(absl::StrCat(service.provider_id, "/",
                                    service.service_id, " ", service.name));
  }
  EXPECT_THAT(services, ElementsAre("1/10 Ground", "1/11 AIR", "3/10 Same id"));
  EXPECT_EQ(page.row_count, 3);
}

TEST(OrderReader, KeepsTheRestOfAnOrderThatIsHalfReadable) {
  const auto page = ReadForTest(&ReadOrders, R"([
      {"orderNumber": "A-1"},
      {"orderId": 2, "relatedOrderIds": ["x", 5, null, "6", {}, -1]},
      {"orderId": 3, "relatedOrderIds": 4},
      {"orderId": 5, "external": "perhaps"},
      {"orderId": 6, "salesChannel": {"salesChannelId": "web"}},
      {"orderId": 7, "salesChannel": "web", "modifiedDate": 5}])",
                                3);
  ASSERT_THAT(page.rows, SizeIs(5));
  EXPECT_THAT(page.rows[0].related_order_ids, ElementsAre(5, 6));
  EXPECT_THAT(page.rows[1].related_order_ids, IsEmpty());
  EXPECT_FALSE(page.rows[2].external);
  EXPECT_EQ(page.rows[3].sales_channel_id, 0);
  EXPECT_THAT(
      Shown(page.rejected),
      ElementsAre("orders page 3, orderNumber A-1: orderId is missing"));
  const std::string ids =
      "orders page 3, orderId 2: relatedOrderIds holds "
      "what is not an id: ";
  EXPECT_THAT(
      Shown(page.notes),
      ElementsAre(
          ids + "\"x\"; left out", ids + "null; left out",
          ids + "an object; left out", ids + "-1; left out",
          "orders page 3, orderId 3: relatedOrderIds is not a list: 4; left "
          "out",
          "orders page 3, orderId 5: external is not a flag: \"perhaps\"; "
          "taken for false",
          "orders page 3, orderId 6: salesChannel.salesChannelId is not an id: "
          "\"web\"; left out",
          "orders page 3, orderId 7: salesChannel is not an object: \"web\"; "
          "left out",
          "orders page 3, orderId 7: modifiedDate is not a time: 5; left "
          "out"));
}

TEST(OrderReader, CutsOffAQuantityThatIsNotWhole) {
  const struct {
    std::string quantity;
    int64_t number;
    std::string text;
  } kCases[] = {
      {"2.5", 2, "2.5"}, {"\"2.5\"", 2, "2.5"}, {"\" 2.5 m \"", 2, "2.5 m"},
      {"0.5", 0, "0.5"}, {"2.0", 2, ""},        {"\"3\"", 3, ""},
  };
  for (const auto& c : kCases) {
    const auto page = ReadForTest(
        &ReadOrders,
        absl::StrCat(R"([{"orderId": 1, "orderItems": [{"listingSku": "A", )"
                     R"("quantityOrdered": )",
                     c.quantity, "}]}]"),
        1);
    ASSERT_THAT(page.rows, SizeIs(1)) << c.quantity;
    ASSERT_THAT(page.rows[0].lines, SizeIs(1)) << c.quantity;
    EXPECT_EQ(page.rows[0].lines[0].quantity, c.number);
    EXPECT_EQ(page.rows[0].lines[0].quantity_text, c.text);
    EXPECT_EQ(page.rows[0].lines_form, Form::kWhole);
    EXPECT_EQ(page.notes.size(), c.text.empty() ? 0 : 1);
  }
}

TEST(OrderReader, TellsInWhatFormTheLinesCame) {
  const struct {
    std::string lines;
    Form form;
  } kCases[] = {
      {"", Form::kAbsent},
      {R"(, "orderItems": null)", Form::kNull},
      {R"(, "orderItems": [])", Form::kEmpty},
      {R"(, "orderItems": {})", Form::kPartial},
      {R"(, "orderItems": "none")", Form::kPartial},
      {R"(, "orderItems": [{"listingSku": "A", "quantityOrdered": 1}])",
       Form::kWhole},
      {R"(, "orderItems": [{"listingSku": "A", "quantityOrdered": 0}])",
       Form::kWhole},
      {R"(, "orderItems": [{"listingSku": "A", "quantityOrdered": "many"}])",
       Form::kPartial},
      {R"(, "orderItems": [{"quantityOrdered": 1}])", Form::kPartial},
      {R"(, "orderItems": [null])", Form::kPartial},
      {R"(, "orderItems": [], "orderItems": [])", Form::kPartial},
  };
  for (const auto& c : kCases) {
    const auto page = ReadForTest(
        &ReadOrders, absl::StrCat(R"([{"orderId": 1)", c.lines, "}]"), 1);
    ASSERT_THAT(page.rows, SizeIs(1)) << c.lines;
    EXPECT_EQ(page.rows[0].lines_form, c.form) << c.lines;
  }
}

TEST(OrderReader, TellsWhatCannotBeSent) {
  const model::Order order = MustRead(R"(
      {"orderId": 1, "orderItems": [
        {"product": {"masterSku": "A", "digital": true}, "quantityOrdered": 1},
        {"product": {"masterSku": "B", "type": "VIRTUAL_PRODUCT"},
         "quantityOrdered": 1},
        {"product": {"masterSku": "C", "productType": "virtual_product"},
         "quantityOrdered": 1},
        {"product": {"masterSku": "D", "type": "CORE_PRODUCT"},
         "quantityOrdered": 1}]})");
  std::vector<bool> digital;
  for (const model::OrderLine& line : order.lines) {
    digital.push_back(line.digital);
  }
  EXPECT_THAT(digital, ElementsAre(true, true, true, false));
}

absl::StatusOr<Page<model::Order>> ReadOne(std::string text) {
  JsonRows reader;
  auto answer = ReadOneOrder(reader, &text);
  if (!answer.ok()) return answer.status();
  return FindOrder(*std::move(answer), 100);
}

TEST(OrderReader, ReadsOneOrderBareOrInAList) {
  for (const std::string json :
       {R"({"orderId": 100})", R"([{"orderId": "100"}])",
        R"([{"orderId": 99}, {"orderId": 100}])"}) {
    const auto order = ReadOne(json);
    ASSERT_TRUE(order.ok()) << order.status();
    ASSERT_THAT(order->rows, SizeIs(1));
    EXPECT_EQ(order->rows[0].order_id, 100);
    EXPECT_THAT(order->rejected, IsEmpty());
  }
}

TEST(OrderReader, NotesWhatOneOrderLeavesOut) {
  const auto order = ReadOne(R"({"orderId": 100, "external": "perhaps"})");
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_THAT(order->rows, SizeIs(1));
  ASSERT_THAT(order->notes, SizeIs(1));
  EXPECT_EQ(order->notes[0].identifier, "orderId 100");
}

TEST(OrderReader, SaysWhyOneOrderCannotBeRead) {
  const std::pair<std::string, std::string> kCases[] = {
      {"{}", "orderId is missing"},
      {R"({"orderId": 101})", "is answered with order 101"},
      {R"([null])", "is not an object"},
  };
  for (const auto& [json, reason] : kCases) {
    const auto order = ReadOne(json);
    ASSERT_TRUE(order.ok()) << order.status();
    EXPECT_THAT(order->rows, IsEmpty());
    ASSERT_THAT(order->rejected, SizeIs(1));
    EXPECT_THAT(order->rejected[0].reason, HasSubstr(reason));
  }
  EXPECT_EQ(ReadOne("[]").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadOne("null").status().code(), absl::StatusCode::kDataLoss);
}

TEST(ShipmentReader, KeepsTheRestOfAParcelThatIsHalfReadable) {
  const auto page = ReadForTest(&ReadShipments, R"([
      {"shipmentId": 5, "orderId": 1, "trackingNumber": 330362235641.0,
       "shipMethod": "by air", "type": {}, "external": "maybe",
       "warehouseId": "north", "created": "soon", "orderNumber": ["A"]}])",
                                2);
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].tracking_number, "330362235641");
  EXPECT_EQ(page.rows[0].create_time, std::nullopt);
  const std::string at = "shipments page 2, shipmentId 5: ";
  EXPECT_THAT(
      Shown(page.notes),
      ElementsAre(at + "shipMethod is not an object: \"by air\"; left out",
                  at + "orderNumber is not plain text: a list; left out",
                  at + "type is not plain text: an object; left out",
                  at + "warehouseId is not an id: \"north\"; left out",
                  at + "external is not a flag: \"maybe\"; taken for false",
                  at + "created is not a time: \"soon\"; left out"));
}

TEST(ShipmentReader, CleansTrackingNumbers) {
  const struct {
    std::string written;
    std::string read;
  } kCases[] = {
      {"\"1Z\\u00009\"", "1Z9"},
      {"\"\\uff11\\uff12\\uff21\"", "12A"},
      {"\"\\u0661\\u0662\"", "12"},
      {"\"\\u200b1Z9\\u3000\"", "1Z9"},
      {"\"\\u00a0\"", ""},
      {"330362235641", "330362235641"},
      {"3.30362235641e11", "330362235641"},
      {"9400110200881234567890", "9400110200881234567890"},
  };
  for (const auto& c : kCases) {
    const auto page = ReadForTest(
        &ReadShipments,
        absl::StrCat(R"([{"shipmentId": 1, "orderId": 1, "trackingNumber": )",
                     c.written, "}]"),
        1);
    ASSERT_THAT(page.rows, SizeIs(1)) << c.written;
    EXPECT_EQ(page.rows[0].tracking_number, c.read) << c.written;
  }
}

TEST(ShipmentReader, RejectsParcelsWithoutIdsOrWithAnUnreadableNumber) {
  const auto page = ReadForTest(&ReadShipments, R"([
      {"orderId": 1}, {"shipmentId": 2, "orderNumber": "A-2"},
      {"shipmentId": 3, "orderId": 1, "trackingNumber": ["1Z"]}])",
                                2);
  EXPECT_THAT(
      Shown(page.rejected),
      ElementsAre(
          "shipments page 2, : shipmentId is missing",
          "shipments page 2, shipmentId 2, orderNumber A-2: orderId is missing",
          "shipments page 2, shipmentId 3: trackingNumber is not plain text: a "
          "list"));
}

TEST(ProviderReader, KeepsTheRestOfAProviderThatIsHalfReadable) {
  const auto page = ReadForTest(&ReadShippingServices, R"([
      {"name": "ShipStation"},
      {"shippingProviderId": 2, "shippingServices": "none"}])");
  EXPECT_EQ(page.row_count, 2);
  EXPECT_THAT(Shown(page.rejected),
              ElementsAre("shipment/providers page 0, name ShipStation: "
                          "shippingProviderId is missing"));
  EXPECT_THAT(Shown(page.notes),
              ElementsAre("shipment/providers page 0, shippingProviderId 2: "
                          "shippingServices is not a list: \"none\"; left "
                          "out"));
}

}  // namespace
}  // namespace oms_connector::order_manager
