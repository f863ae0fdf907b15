#include "fake_order_manager/endpoint.h"

#include <gtest/gtest.h>

namespace oms_connector::testing_support {
namespace {

TEST(Endpoint, NamesLeadBackToTheirEndpoints) {
  for (const Endpoint endpoint :
       {Endpoint::kSalesChannels, Endpoint::kWarehouses, Endpoint::kStockTotals,
        Endpoint::kInventory, Endpoint::kProducts, Endpoint::kListings,
        Endpoint::kAcknowledge, Endpoint::kOrders, Endpoint::kOrder,
        Endpoint::kShipments, Endpoint::kProviders, Endpoint::kCarriers}) {
    EXPECT_EQ(EndpointFromName(EndpointName(endpoint)), endpoint);
  }
  EXPECT_FALSE(EndpointFromName("nowhere").has_value());
}

TEST(Endpoint, PathsLeadToTheirEndpoints) {
  const struct {
    const char* method;
    const char* path;
    Endpoint endpoint;
  } kCases[] = {
      {"GET", "/v1/saleschannels", Endpoint::kSalesChannels},
      {"GET", "/v1/warehouses", Endpoint::kWarehouses},
      {"GET", "/v1/productstocks/total", Endpoint::kStockTotals},
      {"GET", "/v1/inventory", Endpoint::kInventory},
      {"GET", "/v1.1/products", Endpoint::kProducts},
      {"GET", "/v1/listings", Endpoint::kListings},
      {"POST", "/service/v1.2/inventory/acknowledge", Endpoint::kAcknowledge},
      {"GET", "/v1.1/orders", Endpoint::kOrders},
      {"GET", "/v1.1/orders/42", Endpoint::kOrder},
      {"GET", "/v1/shipments", Endpoint::kShipments},
      {"GET", "/v1/shipment/providers", Endpoint::kProviders},
      {"GET", "/v1/shipment/carriers", Endpoint::kCarriers},
  };
  for (const auto& one : kCases) {
    const auto route = FindRoute(one.method, one.path, PathPrefix::kOptional);
    ASSERT_TRUE(route.has_value()) << one.path;
    EXPECT_EQ(route->endpoint, one.endpoint) << one.path;
  }
}

TEST(Endpoint, ReadsTheOrderIdFromThePath) {
  const auto route =
      FindRoute("GET", "/v1.1/orders/50001", PathPrefix::kOptional);
  ASSERT_TRUE(route.has_value());
  EXPECT_EQ(route->order_id, 50001);
  EXPECT_FALSE(
      FindRoute("GET", "/v1.1/orders/abc", PathPrefix::kOptional).has_value());
  EXPECT_FALSE(
      FindRoute("GET", "/v1.1/orders/", PathPrefix::kOptional).has_value());
}

TEST(Endpoint, IsNothingForAnotherMethodOrPath) {
  EXPECT_FALSE(FindRoute("POST", "/v1/warehouses", PathPrefix::kOptional));
  EXPECT_FALSE(FindRoute("GET", "/v1.1/warehouses", PathPrefix::kOptional));
}

TEST(Endpoint, AcknowledgeAlwaysHasThePrefix) {
  const char* const kPrefixed = "/service/v1.2/inventory/acknowledge";
  EXPECT_TRUE(FindRoute("POST", kPrefixed, PathPrefix::kRefused));
  EXPECT_FALSE(
      FindRoute("POST", "/v1.2/inventory/acknowledge", PathPrefix::kOptional));
}

TEST(Endpoint, OtherPathsHaveThePrefixAsTheServerWishes) {
  const char* const kPlain = "/v1/warehouses";
  const char* const kPrefixed = "/service/v1/warehouses";
  EXPECT_TRUE(FindRoute("GET", kPlain, PathPrefix::kOptional));
  EXPECT_TRUE(FindRoute("GET", kPrefixed, PathPrefix::kOptional));
  EXPECT_FALSE(FindRoute("GET", kPlain, PathPrefix::kRequired));
  EXPECT_FALSE(FindRoute("GET", kPrefixed, PathPrefix::kRefused));
}

}  // namespace
}  // namespace oms_connector::testing_support
