// A believable world of any size: sellers' names and SKUs, weights, images, a
// few inactive products, stock in several places, orders, split orders and
// parcels. The same seed and time give the same world.
//
//   WorldPlan plan;
//   plan.products = 200'000;
//   FakeWorld world = GenerateWorld(plan, absl::Now());
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_WORLD_GENERATOR_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_WORLD_GENERATOR_H_

#include <cstdint>

#include "absl/time/time.h"
#include "tests/support/fake_world.h"

namespace oms_connector::testing_support {

struct WorldPlan {
  int64_t seed = 1;
  int64_t products = 100;  // Ids from 1001 on; one in 25 is inactive.
  int64_t warehouses = 2;  // Ids from 1 on, all active.
  int64_t channels = 1;    // Ids from 7 on; the first lists every product.
  int64_t orders = 50;     // Ids from 50001 on, one in six of a split.
};

// Every product but bundles (one in 50) has one stock row a warehouse. All
// times lie within the 30 days before `now`, orders' and parcels' within 6.
FakeWorld GenerateWorld(const WorldPlan& plan, absl::Time now);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_WORLD_GENERATOR_H_
