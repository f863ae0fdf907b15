#include "fake_order_manager/row_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

const absl::Time kMonday = absl::FromUnixSeconds(1'755'424'800);
constexpr char kMondayText[] = "2025-08-17T10:00:00Z";

RowFilter FilterOf(Endpoint endpoint, const QueryParameters& parameters) {
  const absl::StatusOr<RowRequest> request =
      ParseRowRequest(endpoint, parameters);
  EXPECT_TRUE(request.ok()) << request.status();
  return request.ok() ? request->filter : RowFilter();
}

TEST(RowFilter, HasTheDefaultsOfTheApi) {
  const absl::StatusOr<RowRequest> request =
      ParseRowRequest(Endpoint::kProducts, {});
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->page, 1);
  EXPECT_EQ(request->limit, 100);
  EXPECT_TRUE(request->paged);
}

TEST(RowFilter, KnowsWhatIsNotPaged) {
  for (const Endpoint endpoint :
       {Endpoint::kSalesChannels, Endpoint::kWarehouses, Endpoint::kProviders,
        Endpoint::kCarriers}) {
    EXPECT_FALSE(ParseRowRequest(endpoint, {})->paged);
    EXPECT_FALSE(ParseRowRequest(endpoint, {{"page", "1"}}).ok());
  }
}

TEST(RowFilter, RefusesWhatItCannotRead) {
  const QueryParameters kBad[] = {
      {{"page", "0"}},
      {{"page", "two"}},
      {{"limit", "9"}},
      {{"limit", "1001"}},
      {{"modifiedDateFrom", "yesterday"}},
      {{"orderId[]", "x"}},
      {{"orderNumbers[]", "1"}},
  };
  for (const QueryParameters& parameters : kBad) {
    const auto request = ParseRowRequest(Endpoint::kOrders, parameters);
    EXPECT_FALSE(request.ok());
    EXPECT_THAT(request.status().message(),
                HasSubstr(parameters.begin()->first));
  }
}

TEST(RowFilter, PagesOfOneFilterShareItsText) {
  const auto one = ParseRowRequest(Endpoint::kStockTotals,
                                   {{"warehouseId", "1"}, {"page", "1"}});
  const auto two = ParseRowRequest(Endpoint::kStockTotals,
                                   {{"warehouseId", "1"}, {"page", "2"}});
  const auto other = ParseRowRequest(Endpoint::kStockTotals,
                                     {{"warehouseId", "2"}, {"page", "1"}});
  EXPECT_EQ(one->filter_text, two->filter_text);
  EXPECT_NE(one->filter_text, other->filter_text);
}

TEST(RowFilter, ModifiedFromIsInclusive) {
  const RowFilter filter =
      FilterOf(Endpoint::kProducts, {{"modifiedDateFrom", kMondayText}});
  Product product;
  product.modified = kMonday;
  EXPECT_TRUE(Matches(filter, product));
  product.modified = kMonday - absl::Seconds(1);
  EXPECT_FALSE(Matches(filter, product));
}

TEST(RowFilter, FindsSkusThatContainTheOneAskedFor) {
  const RowFilter filter = FilterOf(Endpoint::kProducts, {{"sku", "tee-1"}});
  Product product;
  for (const char* sku : {"TEE-1", "TEE-10", "OLD-TEE-1"}) {
    product.master_sku = sku;
    EXPECT_TRUE(Matches(filter, product)) << sku;
  }
  product.master_sku = "TEE-2";
  EXPECT_FALSE(Matches(filter, product));
}

TEST(RowFilter, StockMatchesByTheSkuThatItsRowTells) {
  FakeWorld world;
  Product product;
  product.product_id = 10;
  product.master_sku = "TEE-RED";
  world.Put(product);
  Stock& listed = world.SetStock(10, 1, 5);
  Stock& unlisted = world.SetStock(11, 1, 5);
  unlisted.master_sku = "TEE-BLUE";
  const auto matches = [&](const char* sku, const Stock& row) {
    return Matches(FilterOf(Endpoint::kStockTotals, {{"sku", sku}}), world,
                   row);
  };
  EXPECT_TRUE(matches("tee-red", listed));
  EXPECT_FALSE(matches("tee-blue", listed));
  EXPECT_TRUE(matches("tee-blue", unlisted));
  EXPECT_FALSE(matches("tee-red", unlisted));
}

TEST(RowFilter, OrdersMatchByIdNumberStatusAndChannel) {
  Order order;
  order.order_id = 5;
  order.order_number = "NW-5";
  order.order_status = "SHIPPED";
  order.sales_channel_id = 7;
  const auto matches = [&](const QueryParameters& parameters) {
    return Matches(FilterOf(Endpoint::kOrders, parameters), order);
  };
  EXPECT_TRUE(matches({{"orderId[]", "4"}, {"orderId[]", "5"}}));
  EXPECT_TRUE(matches({{"orderId", "5"}}));
  EXPECT_FALSE(matches({{"orderId[]", "4"}}));
  EXPECT_TRUE(matches({{"orderNumber[]", "nw-5"}}));
  EXPECT_FALSE(matches({{"orderNumber[]", "NW-50"}}));
  EXPECT_TRUE(matches({{"status[]", "SHIPPED"}, {"salesChannelId", "7"}}));
  EXPECT_FALSE(matches({{"status[]", "SHIPPED"}, {"salesChannelId", "8"}}));
}

TEST(RowFilter, ShipmentWindowsAreOfCreationOrShipDate) {
  Shipment shipment;
  shipment.created = kMonday;
  shipment.ship_date = kMonday - absl::Hours(48);
  const auto matches = [&](const QueryParameters& parameters) {
    return Matches(FilterOf(Endpoint::kShipments, parameters), shipment);
  };
  EXPECT_TRUE(matches({{"shipmentCreatedFromDate", kMondayText},
                       {"shipmentCreatedToDate", kMondayText}}));
  EXPECT_FALSE(matches({{"shipmentFromDate", kMondayText}}));
  EXPECT_TRUE(matches({{"shipmentToDate", kMondayText}}));
  EXPECT_TRUE(matches({{"deliveryStatus[]", "UNKNOWN"}}));
  EXPECT_FALSE(matches({{"deliveryStatus[]", "VOIDED"}}));
}

TEST(RowFilter, ShipmentsWithoutATimeAreInNoWindow) {
  const RowFilter filter =
      FilterOf(Endpoint::kShipments, {{"shipmentCreatedToDate", kMondayText}});
  EXPECT_FALSE(Matches(filter, Shipment()));
}

}  // namespace
}  // namespace oms_connector::testing_support
