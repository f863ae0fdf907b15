#include "order_manager/rest_client.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/fake_transport.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kBase[] = "http://127.0.0.1:80";

class RestClientTest : public ::testing::Test {
 protected:
  RestClientTest() : order_manager_(NewOrderManager()) {
    call_.account = {"acme", kBase, "/service", base::SecretString("token-1")};
    transport_.Say(Body("[]"));
  }

  // The path and query that were last asked for, below the base.
  std::string Asked() const {
    std::string url = transport_.requests().back().url;
    EXPECT_TRUE(url.rfind(kBase, 0) == 0) << url;
    return url.substr(sizeof(kBase) - 1);
  }

  void Answer(const std::string& body) {
    transport_ = FakeTransport();
    transport_.Say(Body(body));
  }

  RestOrderManager NewOrderManager() {
    RestOrderManager::Options options;
    options.policy.allow_loopback = true;
    options.requests_per_second = 0;
    return {options, &transport_, &clock_, &sleeper_, &ids_};
  }

  const absl::Time ten_ = absl::FromUnixSeconds(1'786'960'800);  // 10:00
  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  FakeTransport transport_;
  RestOrderManager order_manager_;
  Call call_;
};

TEST_F(RestClientTest, AsksForListsThatAreNotPaged) {
  ASSERT_TRUE(order_manager_.ListSalesChannels(call_).ok());
  EXPECT_EQ(Asked(), "/service/v1/saleschannels");
  ASSERT_TRUE(order_manager_.ListWarehouses(call_).ok());
  EXPECT_EQ(Asked(), "/service/v1/warehouses");
  ASSERT_TRUE(order_manager_.ListShippingServices(call_).ok());
  EXPECT_EQ(Asked(), "/service/v1/shipment/providers");
}

TEST_F(RestClientTest, AsksForStock) {
  ASSERT_TRUE(order_manager_.ListStock(call_, 3, "", {2, 500}).ok());
  EXPECT_EQ(Asked(),
            "/service/v1/productstocks/total?page=2&limit=500&warehouseId=3");
  ASSERT_TRUE(order_manager_.ListStock(call_, 3, "A&B +1", {}).ok());
  EXPECT_EQ(Asked(),
            "/service/v1/productstocks/total?page=1&limit=1000&warehouseId=3&"
            "sku=A%26B%20%2B1");
  ASSERT_TRUE(order_manager_.ListStockByLocation(call_, 3, {1, 1000}).ok());
  EXPECT_EQ(Asked(), "/service/v1/inventory?page=1&limit=1000&warehouseId=3");
}

TEST_F(RestClientTest, AsksForProductsAndListings) {
  ASSERT_TRUE(order_manager_.ListProducts(call_, {}, "", {}).ok());
  EXPECT_EQ(Asked(), "/service/v1.1/products?page=1&limit=1000");
  ASSERT_TRUE(
      order_manager_
          .ListProducts(call_, ten_ + absl::Milliseconds(999), "TEE", {3, 1000})
          .ok());
  EXPECT_EQ(Asked(),
            "/service/v1.1/products?page=3&limit=1000&"
            "modifiedDateFrom=2026-08-17T10%3A00%3A00Z&sku=TEE");
  ASSERT_TRUE(order_manager_.ListListings(call_, 7, ten_, "WEB-TEE", {}).ok());
  EXPECT_EQ(Asked(),
            "/service/v1/listings?page=1&limit=1000&salesChannelId=7&"
            "modifiedDateFrom=2026-08-17T10%3A00%3A00Z&"
            "listingSku%5B%5D=WEB-TEE");
}

TEST_F(RestClientTest, AsksForOrdersAndShipments) {
  ASSERT_TRUE(order_manager_.ListOrders(call_, ten_, {}).ok());
  EXPECT_EQ(Asked(),
            "/service/v1.1/orders?page=1&limit=1000&"
            "modifiedDateFrom=2026-08-17T10%3A00%3A00Z");
  ShipmentFilter filter;
  filter.created =
      CreatedWindow{ten_ + absl::Milliseconds(1), ten_ + absl::Milliseconds(1)};
  filter.voided_only = true;
  ASSERT_TRUE(order_manager_.ListShipments(call_, filter, {}).ok());
  EXPECT_EQ(Asked(),
            "/service/v1/shipments?page=1&limit=1000&"
            "shipmentCreatedFromDate=2026-08-17T10%3A00%3A00Z&"
            "shipmentCreatedToDate=2026-08-17T10%3A00%3A01Z&"
            "deliveryStatus=VOIDED");
  filter = ShipmentFilter();
  filter.shipment_ids = {5, 6};
  filter.order_ids = {100};
  ASSERT_TRUE(order_manager_.ListShipments(call_, filter, {}).ok());
  EXPECT_EQ(Asked(),
            "/service/v1/shipments?page=1&limit=1000&shipmentId%5B%5D=5&"
            "shipmentId%5B%5D=6&orderId%5B%5D=100");
}

TEST_F(RestClientTest, KeepsPagesAndLimitsInTheirRange) {
  ASSERT_TRUE(order_manager_.ListOrders(call_, {}, {0, 0}).ok());
  EXPECT_EQ(Asked(), "/service/v1.1/orders?page=1&limit=10");
  ASSERT_TRUE(order_manager_.ListOrders(call_, {}, {1, 5000}).ok());
  EXPECT_EQ(Asked(), "/service/v1.1/orders?page=1&limit=1000");
}

TEST_F(RestClientTest, AcknowledgesUnderServiceWhateverThePrefix) {
  for (const std::string prefix : {"", "/service", "/api"}) {
    call_.account.path_prefix = prefix;
    Answer(R"([{"listingId": 1, "listingSku": "A", "quantity": 5}])");
    const auto page = order_manager_.AcknowledgeInventory(call_, {7});
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_THAT(page->rows, SizeIs(1));
    EXPECT_EQ(page->rows[0].quantity, 5);
    EXPECT_EQ(Asked(), "/service/v1.2/inventory/acknowledge");
    const HttpRequest& sent = transport_.requests().back();
    EXPECT_EQ(sent.method, HttpMethod::kPost);
    EXPECT_EQ(sent.body, R"({"salesChannelIds":[7]})");
    EXPECT_FALSE(sent.repeatable);
  }
}

TEST_F(RestClientTest, ReadsAPage) {
  const std::string kBody = R"([
      {"product": {"productId": 10, "masterSku": "TEE"}, "onHandQuantity": 7},
      {"product": {"productId": 11}, "onHandQuantity": 7}])";
  Answer(kBody);
  const auto page = order_manager_.ListStock(call_, 3, "", {4, 1000});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->rows, SizeIs(1));
  EXPECT_EQ(page->rows[0].warehouse_id, 3);
  ASSERT_THAT(page->rejected, SizeIs(1));
  EXPECT_EQ(page->rejected[0].page, 4);
  EXPECT_EQ(page->row_count, 2);
  EXPECT_NE(page->fingerprint, 0);
  EXPECT_EQ(order_manager_.ListStock(call_, 3, "", {5, 1000})->fingerprint,
            page->fingerprint);
}

TEST_F(RestClientTest, MatchesSkusExactlyButInAnyCase) {
  Answer(R"([
      {"product": {"productId": 1, "masterSku": "TEE"}, "onHandQuantity": 1},
      {"product": {"productId": 2, "masterSku": "TEE-RED"},
       "onHandQuantity": 2},
      {"product": {"productId": 3, "masterSku": "tee"}, "onHandQuantity": 3},
      {"product": {"productId": 4, "masterSku": "BTEE"}, "onHandQuantity": 4},
      {"product": {"productId": 5, "masterSku": "TEE "}, "onHandQuantity": 5}])");
  const auto stock = order_manager_.ListStock(call_, 3, "Tee", {});
  ASSERT_TRUE(stock.ok());
  std::vector<int64_t> products;
  for (const model::StockRow& row : stock->rows) {
    products.push_back(row.product_id);
  }
  EXPECT_THAT(products, ElementsAre(1, 3, 5)) << "blanks around are none";
  EXPECT_EQ(stock->row_count, 5) << "the page is not empty: more may follow";

  Answer(R"([{"productId": 1, "masterSku": "TEE-RED"},
             {"productId": 2, "masterSku": "tee"}])");
  EXPECT_THAT(order_manager_.ListProducts(call_, {}, "TEE", {})->rows,
              SizeIs(1));
  Answer(R"([{"listingId": 1, "listingSku": "web-tee"},
             {"listingId": 2, "listingSku": "WEB-TEE-2"}])");
  EXPECT_THAT(order_manager_.ListListings(call_, 7, {}, "WEB-TEE", {})->rows,
              SizeIs(1));
}

TEST_F(RestClientTest, ReadsOneOrder) {
  Answer(R"({"orderId": 100, "orderStatus": "SHIPPED"})");
  const auto order = order_manager_.GetOrder(call_, 100);
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_THAT(order->rows, SizeIs(1));
  EXPECT_EQ(order->rows[0].status, "SHIPPED");
  EXPECT_EQ(Asked(), "/service/v1.1/orders/100");

  Answer(R"({"orderId": "?", "orderStatus": "SHIPPED"})");
  EXPECT_THAT(order_manager_.GetOrder(call_, 100)->rejected, SizeIs(1));
  transport_ = FakeTransport();
  transport_.Say(Status(404));
  EXPECT_EQ(order_manager_.GetOrder(call_, 100).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(RestClientTest, AsksForEverythingWhereModifiedSinceIsRefused) {
  transport_ = FakeTransport();
  transport_.Say(Status(400));
  transport_.Say(Body(R"([{"productId": 1, "masterSku": "A"}])"));
  const auto page = order_manager_.ListProducts(call_, ten_, "", {});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->rows, SizeIs(1));
  ASSERT_THAT(page->notes, SizeIs(1));
  EXPECT_EQ(page->notes[0].identifier, "modifiedDateFrom");
  transport_ = FakeTransport();
  transport_.Say(Status(400));
  EXPECT_EQ(order_manager_.ListListings(call_, 7, {}, "", {}).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST_F(RestClientTest, BelievesNoFilterOfShipments) {
  ShipmentFilter filter;
  filter.shipment_ids = {5, 6};
  const std::string kBody = R"([
      {"shipmentId": 5, "orderId": 1, "deliveryStatus": "VOIDED"},
      {"shipmentId": 6, "orderId": 2}, {"shipmentId": 7, "orderId": 3}])";
  Answer(kBody);
  auto page = order_manager_.ListShipments(call_, filter, {});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->rows, SizeIs(2));
  EXPECT_EQ(page->row_count, 3);
  ASSERT_THAT(page->notes, SizeIs(1));
  EXPECT_EQ(page->notes[0].text,
            "1 rows do not fit the filter shipmentId[], which the Order "
            "Manager passes over; left out");

  filter = ShipmentFilter();
  filter.order_ids = {2};
  page = order_manager_.ListShipments(call_, filter, {});
  ASSERT_THAT(page->rows, SizeIs(1));
  EXPECT_EQ(page->rows[0].order_id, 2);
  filter = ShipmentFilter();
  filter.voided_only = true;
  page = order_manager_.ListShipments(call_, filter, {});
  ASSERT_THAT(page->rows, SizeIs(1));
  EXPECT_EQ(page->rows[0].shipment_id, 5);
}

TEST_F(RestClientTest, KeepsAndNotesParcelsOutsideOfTheWindow) {
  ShipmentFilter filter;
  filter.created = CreatedWindow{ten_, ten_ + kLongestWindow};
  Answer(R"([
      {"shipmentId": 5, "orderId": 1, "created": "2026-08-18T10:00:00Z"},
      {"shipmentId": 6, "orderId": 2, "created": "2026-07-01T10:00:00Z"}])");
  const auto page = order_manager_.ListShipments(call_, filter, {});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->rows, SizeIs(2));
  EXPECT_THAT(page->notes, SizeIs(1));
}

TEST_F(RestClientTest, PassesOnTheServersClock) {
  HttpResult dated = Body(R"([{"orderId": 1,
                               "modifiedDate": "2026-08-17T09:00:00Z"}])");
  dated.response.headers["date"] = "Mon, 17 Aug 2026 10:00:00 GMT";
  transport_ = FakeTransport();
  transport_.Say(dated);
  const auto page = order_manager_.ListOrders(call_, {}, {});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->server_time, ten_);
  EXPECT_EQ(page->newest_modified, ten_ - absl::Hours(1));
}

TEST_F(RestClientTest, TakesNothingForAnEmptyList) {
  transport_ = FakeTransport();
  transport_.Say(Answered(204, ""));
  EXPECT_EQ(order_manager_.ListWarehouses(call_)->row_count, 0);
  EXPECT_EQ(order_manager_.AcknowledgeInventory(call_, {7})->row_count, 0);
  EXPECT_EQ(order_manager_.GetOrder(call_, 5).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(RestClientTest, PassesOnWhyThereIsNoAnswer) {
  transport_ = FakeTransport();
  transport_.Say(TooMany("60000"));
  EXPECT_EQ(order_manager_.ListWarehouses(call_).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(order_manager_.AcknowledgeInventory(call_, {7}).status().code(),
            absl::StatusCode::kResourceExhausted)
      << "all endpoints of an account share its quota";
  EXPECT_EQ(transport_.requests().size(), 1);
}

}  // namespace
}  // namespace oms_connector::order_manager
