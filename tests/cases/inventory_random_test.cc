// Random worlds, random changes, random trouble
// (tests/support/inventory_history.h): after each pull that went well, what a
// client has put together from the feed alone equals what an independent,
// brute-force reading of the world says it should be.
//
// The seeds are printed; OMS_SOAK=1 runs many more of them, OMS_SEED=N that one
// alone.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_history.h"

namespace oms_connector::testing_support {
namespace {

bool IsSoak() { return std::getenv("OMS_SOAK") != nullptr; }
// Where a round takes longer.
bool IsPostgres() { return std::getenv("OMS_TEST_STORE") != nullptr; }

void RunWorlds(InventoryHistory::Door door, uint64_t worlds, int rounds) {
  uint64_t first = 1;
  const char* seed = std::getenv("OMS_SEED");
  if (seed != nullptr && absl::SimpleAtoi(seed, &first)) worlds = first;
  std::cout << "seeds " << first << " to " << worlds << ", " << rounds
            << " rounds each\n";
  for (uint64_t number = first; number <= worlds; ++number) {
    SCOPED_TRACE(absl::StrCat("seed ", number));
    InventoryHistory world(number, door);
    for (int round = 0; round < rounds; ++round) {
      SCOPED_TRACE(absl::StrCat("round ", round));
      world.Round();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(InventoryRandom, AClientOfTheFeedKnowsWhatTheWorldHolds) {
  IsSoak()
      ? RunWorlds(InventoryHistory::Door::kDirect, IsPostgres() ? 20 : 200, 50)
      : RunWorlds(InventoryHistory::Door::kDirect, 20, 10);
}

TEST(InventoryRandom, SoItDoesOverRealHttp) {
  IsSoak() ? RunWorlds(InventoryHistory::Door::kHttp, 10, 20)
           : RunWorlds(InventoryHistory::Door::kHttp, 3, 5);
}

}  // namespace
}  // namespace oms_connector::testing_support
