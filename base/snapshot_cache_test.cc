#include "base/snapshot_cache.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(SnapshotCache, AValueIsFoundUnderItsSnapshotAndKeyAlone) {
  SnapshotCache<std::string> cache(4);
  cache.Keep("1.7", "acme", "as of seven");
  cache.Keep("1.8", "acme", "as of eight");
  EXPECT_EQ(cache.Find("1.7", "acme"), "as of seven");
  EXPECT_EQ(cache.Find("1.8", "acme"), "as of eight");
  EXPECT_EQ(cache.Find("1.9", "acme"), std::nullopt);
  EXPECT_EQ(cache.Find("1.8", "bolt"), std::nullopt);
}

TEST(SnapshotCache, TheNewestOfTwoAlikeCounts) {
  SnapshotCache<int> cache(4);
  cache.Keep("1.7", "acme", 1);
  cache.Keep("1.7", "acme", 2);
  EXPECT_EQ(cache.Find("1.7", "acme"), 2);
}

TEST(SnapshotCache, WhatNobodyCanKnowAgainIsNotKept) {
  SnapshotCache<int> cache(4);
  cache.Keep("", "acme", 1);
  EXPECT_EQ(cache.Find("", "acme"), std::nullopt);
  EXPECT_EQ(cache.Take("", "acme"), std::nullopt);
}

TEST(SnapshotCache, TheOldestGoes) {
  SnapshotCache<int> cache(2);
  cache.Keep("1.7", "acme", 1);
  cache.Keep("1.7", "bolt", 2);
  cache.Keep("1.7", "coil", 3);
  EXPECT_EQ(cache.Find("1.7", "acme"), std::nullopt);
  EXPECT_EQ(cache.Find("1.7", "bolt"), 2);
  EXPECT_EQ(cache.Find("1.7", "coil"), 3);
}

TEST(SnapshotCache, WhatIsKeptIsNotReadAgain) {
  SnapshotCache<int> cache(2);
  int reads = 0;
  const auto read = [&] { return absl::StatusOr<int>(++reads); };
  EXPECT_EQ(*cache.FindOrRead("1.7", "acme", read), 1);
  EXPECT_EQ(*cache.FindOrRead("1.7", "acme", read), 1);
  EXPECT_EQ(*cache.FindOrRead("1.8", "acme", read), 2);
  const auto fail = [] { return absl::StatusOr<int>(absl::AbortedError("")); };
  EXPECT_FALSE(cache.FindOrRead("1.9", "acme", fail).ok());
  EXPECT_EQ(cache.Find("1.9", "acme"), std::nullopt);
}

TEST(SnapshotCache, WhatIsTakenIsGone) {
  SnapshotCache<std::unique_ptr<int>> cache(2);
  cache.Keep("1.7", "acme", std::make_unique<int>(1));
  std::optional<std::unique_ptr<int>> taken = cache.Take("1.7", "acme");
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(**taken, 1);
  EXPECT_FALSE(cache.Take("1.7", "acme").has_value());
}

}  // namespace
}  // namespace oms_connector::base
