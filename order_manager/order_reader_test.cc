#include "order_manager/order_reader.h"

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
  const auto page = ReadOrders(ParseForTest(absl::StrCat("[", json, "]")), 1);
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

TEST(OrderReader, RejectsOrdersWhoseFamilyOrFlagsCannotBeRead) {
  EXPECT_THAT(
      Shown(ReadOrders(ParseForTest(R"([
          {"orderNumber": "A-1"}, {"orderId": 2, "relatedOrderIds": ["x"]},
          {"orderId": 3, "relatedOrderIds": 4},
          {"orderId": 5, "external": "perhaps"},
          {"orderId": 6, "salesChannel": {"salesChannelId": "web"}},
          {"orderId": 7, "orderItems": [{"listingSku": "A",
           "quantityOrdered": "many"}]}])"),
                       3)
                .rejected),
      ElementsAre("orders page 3, orderNumber A-1: orderId is missing",
                  "orders page 3, orderId 2: relatedOrderIds holds what is no "
                  "id: \"x\"",
                  "orders page 3, orderId 3: relatedOrderIds is no list: 4",
                  "orders page 3, orderId 5: external is no flag: \"perhaps\"",
                  "orders page 3, orderId 6: salesChannel.salesChannelId is no "
                  "id: \"web\"",
                  "orders page 3, orderId 7: quantityOrdered is no whole "
                  "number: \"many\""));
}

TEST(OrderReader, ReadsOneOrderBareOrInAList) {
  for (const std::string json :
       {R"({"orderId": 100})", R"([{"orderId": "100"}])"}) {
    const auto order = ReadOrder(ParseForTest(json), 100);
    ASSERT_TRUE(order.ok()) << order.status();
    EXPECT_EQ(order->order_id, 100);
  }
}

TEST(OrderReader, SaysWhyOneOrderCannotBeRead) {
  const struct {
    std::string json;
    absl::StatusCode code;
    std::string message;
  } kCases[] = {
      {"[]", absl::StatusCode::kNotFound, "no order 100"},
      {"{}", absl::StatusCode::kDataLoss, "orderId is missing"},
      {"null", absl::StatusCode::kDataLoss, "orderId is missing"},
      {R"({"orderId": 101})", absl::StatusCode::kDataLoss, "it is order 101"},
      {R"([{"orderId": 100}, {"orderId": 101}])", absl::StatusCode::kDataLoss,
       "orderId is missing"},
      {R"({"orderId": 100, "external": 5})", absl::StatusCode::kDataLoss,
       "external is no flag"},
  };
  for (const auto& c : kCases) {
    const auto order = ReadOrder(ParseForTest(c.json), 100);
    EXPECT_EQ(order.status().code(), c.code) << c.json;
    EXPECT_THAT(std::string(order.status().message()), HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace oms_connector::order_manager
