#include "order_manager/provider_reader.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;

TEST(ProviderReader, ListsTheServicesOfAllProviders) {
  const auto page = ReadShippingServices(ParseForTest(R"([
      {"shippingProviderId": 1, "name": "ShipStation", "shippingServices": [
        {"shippingServiceId": 10, "serviceCode": "GND",
         "serviceName": "Ground", "shippingCarrier": "UPS"},
        {"shippingServiceId": "11", "serviceCode": "AIR", "serviceName": null},
        {"shippingServiceId": null, "serviceName": "Nameless id"},
        {"shippingServiceId": 12}, null]},
      {"shippingProviderId": 2, "shippingServices": null},
      {"shippingProviderId": 3, "shippingServices": [
        {"shippingServiceId": 10, "serviceName": "Same id"}]}])"));
  std::vector<std::string> services;
  for (const model::ShippingService& service : page.rows) {
    services.push_back(absl::StrCat(service.provider_id, "/",
                                    service.service_id, " ", service.name));
  }
  EXPECT_THAT(services, ElementsAre("1/10 Ground", "1/11 AIR", "3/10 Same id"));
  EXPECT_EQ(page.row_count, 3);
}

TEST(ProviderReader, RejectsProvidersItCannotRead) {
  const auto page = ReadShippingServices(ParseForTest(R"([
      {"name": "ShipStation"},
      {"shippingProviderId": 2, "shippingServices": "none"}])"));
  EXPECT_EQ(page.row_count, 2);
  EXPECT_THAT(Shown(page.rejected),
              ElementsAre("shipment/providers page 0, name ShipStation: "
                          "shippingProviderId is missing",
                          "shipment/providers page 0, shippingProviderId 2: "
                          "shippingServices is no list: \"none\""));
}

}  // namespace
}  // namespace oms_connector::order_manager
