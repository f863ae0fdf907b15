#include "fake_order_manager/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "fake_order_manager/world_json.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::Gt;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'755'424'800);

WorldPlan LargePlan() {
  WorldPlan plan;
  plan.products = 2000;
  plan.warehouses = 3;
  plan.channels = 2;
  plan.orders = 1000;
  return plan;
}

TEST(WorldGenerator, MakesTheSameWorldForTheSameSeed) {
  WorldPlan plan;
  const std::string world = WorldToJson(GenerateWorld(plan, kNow));
  EXPECT_EQ(WorldToJson(GenerateWorld(plan, kNow)), world);
  plan.seed = 2;
  EXPECT_NE(WorldToJson(GenerateWorld(plan, kNow)), world);
}

TEST(WorldGenerator, MakesAsMuchAsIsAskedFor) {
  const FakeWorld world = GenerateWorld(LargePlan(), kNow);
  EXPECT_THAT(world.products, SizeIs(2000));
  EXPECT_THAT(world.warehouses, SizeIs(3));
  EXPECT_THAT(world.sales_channels, SizeIs(2));
  EXPECT_THAT(world.orders, SizeIs(1000));
  EXPECT_THAT(world.shipments, SizeIs(Gt(500u)));
  EXPECT_THAT(world.listings, SizeIs(Gt(3000u)));
}

TEST(WorldGenerator, GivesEveryProductItsOwnSku) {
  std::set<std::string> skus;
  for (const auto& [id, product] : GenerateWorld(LargePlan(), kNow).products) {
    EXPECT_TRUE(skus.insert(absl::AsciiStrToLower(product.master_sku)).second);
  }
}

TEST(WorldGenerator, SumsLocationsToTheTotals) {
  int split = 0;
  for (const auto& [key, stock] : GenerateWorld(LargePlan(), kNow).stock) {
    if (stock.locations.empty()) continue;
    ++split;
    int64_t quantity = 0, locked = 0;
    for (const StockLocation& location : stock.locations) {
      quantity += location.quantity;
      locked += location.quantity_locked;
    }
    EXPECT_EQ(quantity, stock.on_hand);
    EXPECT_EQ(locked, stock.locked);
  }
  EXPECT_GT(split, 1000);
}

TEST(WorldGenerator, StocksNoBundles) {
  const FakeWorld world = GenerateWorld(LargePlan(), kNow);
  for (const auto& [key, stock] : world.stock) {
    EXPECT_FALSE(world.products.at(stock.product_id).bundle);
  }
}

TEST(WorldGenerator, ShipsShippedOrdersOnly) {
  const FakeWorld world = GenerateWorld(LargePlan(), kNow);
  std::set<int64_t> shipped;
  for (const auto& [id, shipment] : world.shipments) {
    shipped.insert(shipment.order_id);
    EXPECT_GE(shipment.created, kNow - absl::Hours(6 * 24));
    EXPECT_LE(shipment.created, kNow);
  }
  for (const auto& [id, order] : world.orders) {
    EXPECT_EQ(order.order_status == "SHIPPED", shipped.count(id) > 0) << id;
  }
}

TEST(WorldGenerator, SplitsSomeOrders) {
  const FakeWorld world = GenerateWorld(LargePlan(), kNow);
  int parts = 0;
  for (const auto& [id, order] : world.orders) {
    for (const int64_t related : order.related_order_ids) {
      ++parts;
      EXPECT_EQ(world.orders.at(related).sales_channel_id,
                order.sales_channel_id);
    }
  }
  EXPECT_GT(parts, 100);
}

TEST(WorldGenerator, AnEmptyPlanIsAnEmptyWorld) {
  WorldPlan plan;
  plan.products = plan.warehouses = plan.channels = 0;
  const FakeWorld world = GenerateWorld(plan, kNow);
  EXPECT_TRUE(world.orders.empty());
  EXPECT_TRUE(world.stock.empty());
}

}  // namespace
}  // namespace oms_connector::testing_support
