// Both feeds of one connection in one history, over one store and one clock
// that is set: orders and parcels (tests/shipments/shipment_history.h), stock,
// listings and products (tests/support/inventory_history.h), each pulled by
// three servers in turn that are started again, die and meet failing requests
// and a failing database. Settings and carts of both are one connection's. What
// the consumers of either feed have read is what its model says, whatever the
// other has done in between.
//
// One thing happens after the other, by the seed, which is printed. OMS_SOAK=1
// runs thousands, and longer ones; OMS_SEED=n runs that one alone.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "tests/shipments/shipment_history.h"
#include "tests/support/inventory_history.h"

namespace oms_connector::testing_support {
namespace {

void Simulate(uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  shipments::ShipmentHistory shipments(seed);
  shipments::ShipmentWorld& world = shipments.world();
  InventoryHistory inventory(seed, world.store.get(), &world.manual_clock,
                             &shipments.faults());
  for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("step ", i));
    if (random() % 2 == 0) {
      inventory.Round();
      // Its clock may have been set: what is held is decided by the new time.
      world.Configure([](model::Connection&) {});
      shipments.PullAndCompare();
    } else {
      shipments.Mutate();
      shipments.Mutate();
      shipments.PullAndCompare();
    }
  }
  if (!::testing::Test::HasFailure()) shipments.CompareWhole();
}

TEST(Simulation, BothFeedsTellWhatTheirModelsSay) {
  const bool soak = std::getenv("OMS_SOAK") != nullptr;
  const bool shared = std::getenv("OMS_TEST_STORE") != nullptr;
  uint64_t first = 1;
  uint64_t last = soak ? (shared ? 200 : 3000) : shared ? 10 : 100;
  const int steps = soak ? 20 : 6;
  const char* const only = std::getenv("OMS_SEED");
  if (only != nullptr && absl::SimpleAtoi(only, &first)) last = first;
  for (uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::printf("seed %d\n", static_cast<int>(seed));
    std::fflush(stdout);
    Simulate(seed, steps);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
