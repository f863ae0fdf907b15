// Random orders and parcels, random changes, random trouble
// (tests/shipments/shipment_history.h): after each pull the feed has gained
// exactly the events that an independent model of the rules expects, whatever
// failed in between; and two consumers that crash now and then have read each
// of them once, in order.
//
// The seed of each history is printed. OMS_SOAK=1 runs many more, and longer
// ones; OMS_SEED=n with it runs that one alone.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/shipments/shipment_history.h"

namespace oms_connector::shipments {
namespace {

TEST(ShipmentsRandom, FeedGainsWhatTheRulesExpect) {
  const bool soak = std::getenv("OMS_SOAK") != nullptr;
  // Many short ones; on PostgreSQL, where a world takes longer to make, fewer.
  const bool shared = std::getenv("OMS_TEST_STORE") != nullptr;
  const uint64_t histories = (shared ? 20 : 100) * (soak ? 5 : 1);
  const int pulls = soak ? 60 : shared ? 10 : 6;
  const char* const only = std::getenv("OMS_SEED");
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    if (only != nullptr && absl::StrCat(seed) != only) continue;
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::printf("seed %d\n", static_cast<int>(seed));
    std::fflush(stdout);
    ShipmentHistory history(seed);
    for (int i = 0; i < pulls; ++i) {
      history.Mutate();
      history.Mutate();
      history.PullAndCompare();
      if (::testing::Test::HasFailure()) return;
    }
    history.CompareWhole();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(ShipmentsRandom, ListsThatShiftAreReadToTheEndByTheNextPull) {
  const uint64_t histories = std::getenv("OMS_TEST_STORE") != nullptr ? 5 : 60;
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    ShipmentHistory history(seed);
    for (int i = 0; i < 10; ++i) history.PullWhileRowsMove();
    history.CompareWhole();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace oms_connector::shipments
