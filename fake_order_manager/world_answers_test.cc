#include "fake_order_manager/world_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

RowTable Numbers(int count) {
  RowTable table;
  for (int i = 0; i < count; ++i) {
    table.Add([i](std::string* out) { absl::StrAppend(out, i); });
  }
  return table;
}

TEST(RowTable, CutsPagesAnywhere) {
  const RowTable table = Numbers(12);
  EXPECT_EQ(table.Page(0, 5), "[0,1,2,3,4]");
  EXPECT_EQ(table.Page(5, 5), "[5,6,7,8,9]");
  EXPECT_EQ(table.Page(10, 5), "[10,11]");
  EXPECT_EQ(table.Page(12, 5), "[]");
  EXPECT_EQ(table.Page(3, 1), "[3]");
  EXPECT_EQ(table.Page(-1, 5), "[]");
  EXPECT_EQ(Numbers(0).Page(0, 5), "[]");
}

FakeWorld WorldWithProducts(int64_t count) {
  FakeWorld world;
  for (int64_t id = 1; id <= count; ++id) {
    Product product;
    product.product_id = id;
    product.master_sku = absl::StrCat("SKU-", id);
    world.Put(product);
  }
  return world;
}

RowRequest SkuRequest(const std::string& sku) {
  return ParseRowRequest(Endpoint::kProducts, {{"sku", sku}}).value();
}

TEST(PreparedRows, KeepTheirTableUntilTheWorldChanges) {
  FakeWorld world = WorldWithProducts(3);
  PreparedRows prepared;
  const auto rows = prepared.Get(world, Endpoint::kProducts, {});
  EXPECT_EQ(prepared.Get(world, Endpoint::kProducts, {}), rows);
  world.products.erase(1);
  prepared.Forget();
  EXPECT_EQ(rows->size(), 3);
  EXPECT_EQ(prepared.Get(world, Endpoint::kProducts, {})->size(), 2);
}

TEST(PreparedRows, ABigTableOutlivesManySmallOnes) {
  const FakeWorld world = WorldWithProducts(2000);
  PreparedRows prepared;
  const auto big = prepared.Get(world, Endpoint::kProducts, {});
  for (int i = 0; i < 300; ++i) {
    prepared.Get(world, Endpoint::kProducts,
                 SkuRequest(absl::StrCat("sku-19", i)));
  }
  EXPECT_EQ(prepared.Get(world, Endpoint::kProducts, {}), big);
}

TEST(PreparedRows, OrdersCarryTheirShipments) {
  FakeWorld world;
  for (const int64_t id : {5, 6}) {
    Order order;
    order.order_id = id;
    world.Put(order);
    Shipment shipment;
    shipment.shipment_id = 10 * id;
    shipment.order_id = id;
    shipment.items = {{"LISTING-SKU", id}};
    world.Put(shipment);
  }
  const std::string body =
      PreparedRows().Get(world, Endpoint::kOrders, {})->Page(0, 1);
  EXPECT_THAT(body, HasSubstr("\"shipmentId\":50"));
  EXPECT_THAT(body, HasSubstr("\"items\":[{\"listingSku\":\"LISTING-SKU\","
                              "\"quantity\":5}]"));
  EXPECT_THAT(body, Not(HasSubstr("\"shipmentId\":60")));
  EXPECT_THAT(ShipmentsOf(world, 6), ElementsAre(&world.shipments.at(60)));
}

TEST(PreparedRows, ShipmentsTellNoItems) {
  FakeWorld world;
  Shipment shipment;
  shipment.shipment_id = 1;
  shipment.items = {{"LISTING-SKU", 1}};
  world.Put(shipment);
  EXPECT_THAT(PreparedRows().Get(world, Endpoint::kShipments, {})->Page(0, 1),
              Not(HasSubstr("items")));
}

TEST(PreparedRows, CarriersAreBareNames) {
  FakeWorld world;
  world.carriers = {"UPS", "OTHER_CARRIER"};
  EXPECT_EQ(PreparedRows().Get(world, Endpoint::kCarriers, {})->Page(0, 9),
            R"(["UPS","OTHER_CARRIER"])");
}

HttpAnswer Ask(WorldAnswers& answers, Endpoint endpoint,
               QueryParameters parameters, const PageShift& shift = {}) {
  HttpRequest request;
  request.parameters = std::move(parameters);
  return answers.Answer({endpoint}, request, shift);
}

TEST(WorldAnswers, HiddenRowsAreFoundByTheirNamesOnly) {
  FakeWorld world = WorldWithProducts(2);
  world.SetStock(1, 3, 7);
  world.listings[11].listing_sku = "L-1";
  world.orders[21].order_id = 21;
  world.shipments[31].shipment_id = 31;
  world.hidden = {{1, 2}, {11}, {21}, {31}};
  WorldAnswers answers(std::move(world));
  const struct {
    Endpoint endpoint;
    const char* parameter;
    const char* value;
  } lists[] = {{Endpoint::kProducts, "sku", "SKU-1"},
               {Endpoint::kStockTotals, "sku", "SKU-1"},
               {Endpoint::kInventory, "sku", "SKU-1"},
               {Endpoint::kListings, "listingSku[]", "L-1"},
               {Endpoint::kOrders, "orderId[]", "21"},
               {Endpoint::kShipments, "shipmentId[]", "31"}};
  for (const auto& list : lists) {
    EXPECT_EQ(Ask(answers, list.endpoint, {}).body, "[]") << list.value;
    EXPECT_NE(Ask(answers, list.endpoint, {{list.parameter, list.value}}).body,
              "[]")
        << list.value;
  }
  EXPECT_EQ(answers.Answer({Endpoint::kOrder, 21}, {}, {}).status, 200);
}

TEST(WorldAnswers, RowsMoveBetweenPagesOfListsAlone) {
  FakeWorld world = WorldWithProducts(4);
  world.longest_page = 2;
  WorldAnswers answers(std::move(world));
  const auto second = [&](const PageShift& shift, const std::string& sku) {
    return Ask(answers, Endpoint::kProducts, {{"page", "2"}, {"sku", sku}},
               shift)
        .body;
  };
  EXPECT_THAT(second({false, 1, false}, ""), Not(HasSubstr("SKU-3")));
  EXPECT_THAT(second({false, 1, false}, "sku"), HasSubstr("SKU-3"));
  // Moved by two, it would begin as the first page does.
  EXPECT_THAT(second({false, 2, true}, ""), Not(HasSubstr("SKU-3")));
  EXPECT_THAT(second({false, 2, true}, ""), Not(HasSubstr("SKU-2")));
  EXPECT_THAT(second({false, -2, false}, ""), Not(HasSubstr("SKU-1")));
}

TEST(WorldAnswers, PassesOverLimitsAndFilters) {
  FakeWorld world = WorldWithProducts(3);
  world.longest_page = 1;
  world.ignored_parameters = {"sku"};
  WorldAnswers answers(std::move(world));
  EXPECT_THAT(
      Ask(answers, Endpoint::kProducts, {{"page", "3"}, {"sku", "none"}}).body,
      AllOf(HasSubstr("SKU-3"), Not(HasSubstr("SKU-2"))));
}

}  // namespace
}  // namespace oms_connector::testing_support
