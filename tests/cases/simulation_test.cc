// Both feeds of one connection in one history, over one store and one clock
// that is set: orders and parcels (tests/shipments/shipment_history.h), stock,
// listings and products (tests/support/inventory_history.h), each pulled by
// three servers in turn that are started again, die and meet failing requests
// and a failing database. Settings and carts of both are one connection's. What
// the consumers of either feed have read is what its model says, whatever the
// other has done in between.
//
// One thing happens after the other, by the seed, which is printed: a history
// that fails is told again, call for call. (Pulls that read and store at once
// are in inventory_random_test and shipments_random_test.) OMS_SOAK=1 runs
// thousands, and some longer ones; OMS_SEED=n runs that one alone.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/shipment.h"
#include "tests/shipments/shipment_history.h"
#include "tests/support/inventory_history.h"

namespace oms_connector::testing_support {
namespace {

// What readers from the beginning are told now.
std::string Told(shipments::ShipmentWorld& shipments, InventoryBench& bench) {
  std::string text;
  for (const model::ShipmentEvent& event : shipments.PollStored(0).events) {
    absl::StrAppend(&text, event.sequence, " ", static_cast<int>(event.kind),
                    " ", event.shipment.shipment_id, " ",
                    absl::FormatTime(event.event_time, absl::UTCTimeZone()),
                    "\n");
  }
  for (const auto& [key, level] : bench.Levels()) {
    absl::StrAppend(&text, level.sku, " ", Brief(level), "\n");
  }
  return text;
}

// What both feeds tell at the end, and how often the database was asked.
std::string Simulate(uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  shipments::ShipmentHistory shipments(seed, /*pages_ahead=*/0);
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
  return absl::StrCat(Told(world, inventory.bench()), "calls ",
                      shipments.faults().calls());
}

void SimulateAll(uint64_t histories, int steps) {
  uint64_t first = 1;
  const char* const only = std::getenv("OMS_SEED");
  if (only != nullptr && absl::SimpleAtoi(only, &first)) histories = first;
  for (uint64_t seed = first; seed <= histories; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::printf("seed %d\n", static_cast<int>(seed));
    std::fflush(stdout);
    Simulate(seed, steps);
    if (::testing::Test::HasFailure()) return;
  }
}

bool IsSoak() { return std::getenv("OMS_SOAK") != nullptr; }
// Where a world takes longer to make.
bool IsPostgres() { return std::getenv("OMS_TEST_STORE") != nullptr; }

TEST(Simulation, BothFeedsTellWhatTheirModelsSay) {
  const uint64_t histories = IsPostgres() ? 10 : 100;
  SimulateAll(IsSoak() ? 30 * histories : histories, 6);
}

TEST(Simulation, SoTheyDoInLongHistories) {
  SimulateAll(IsSoak() ? 100 : 3, IsPostgres() ? 10 : 20);
}

// So that one that fails can be looked into.
TEST(Simulation, ASeedTellsTheSameHistoryEachTime) {
  const uint64_t seeds = IsPostgres() ? 5 : 20;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    EXPECT_EQ(Simulate(seed, 6), Simulate(seed, 6));
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
