#include "domain/inventory/seen_rows.h"

#include <limits>

#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

TEST(SeenRows, KnowsWhatWasAddedAndNothingElse) {
  SeenRows rows;
  for (int64_t id = 0; id < 5000; id += 3) rows.Add(id);
  for (int64_t id = 0; id < 5000; ++id) {
    EXPECT_EQ(rows.Contains(id), id % 3 == 0) << id;
  }
}

TEST(SeenRows, TakesAnyId) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  SeenRows rows;
  for (const int64_t id : {kMin, int64_t{-1}, kMax}) rows.Add(id);
  EXPECT_TRUE(rows.Contains(kMin));
  EXPECT_TRUE(rows.Contains(-1));
  EXPECT_TRUE(rows.Contains(kMax));
  EXPECT_FALSE(rows.Contains(kMin + 1));
  EXPECT_FALSE(rows.Contains(0));
  EXPECT_FALSE(rows.Contains(kMax - 1));
}

}  // namespace
}  // namespace oms_connector::inventory
