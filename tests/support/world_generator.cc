#include "tests/support/world_generator.h"

#include <random>

#include "tests/support/catalogue_generator.h"
#include "tests/support/order_generator.h"

namespace oms_connector::testing_support {

FakeWorld GenerateWorld(const WorldPlan& plan, absl::Time now) {
  FakeWorld world;
  std::mt19937_64 random(static_cast<uint64_t>(plan.seed));
  // Whole seconds, as the Order Manager writes its times.
  now = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  AddWarehouses(plan.warehouses, world);
  AddSalesChannels(plan.channels, world);
  AddProducts(plan.products, now, random, world);
  AddStock(random, world);
  AddListings(now, random, world);
  AddProviders(world);
  AddOrders(plan.orders, now, random, world);
  return world;
}

}  // namespace oms_connector::testing_support
