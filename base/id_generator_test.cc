#include "base/id_generator.h"

#include <cstdint>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

using testing::MatchesRegex;

TEST(SystemIdGenerator, MakesVersion4Uuids) {
  SystemIdGenerator ids;
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = ids.NewUuid();
    EXPECT_TRUE(IsUuid(uuid));
    EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-"
                                   "[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  }
}

TEST(SystemIdGenerator, NeverRepeats) {
  SystemIdGenerator ids;
  std::set<std::string> uuids;
  std::set<std::string> tokens;
  std::set<uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    uuids.insert(ids.NewUuid());
    tokens.insert(ids.NewToken(16));
    numbers.insert(ids.NewUint64());
  }
  EXPECT_EQ(uuids.size(), 1000u);
  EXPECT_EQ(tokens.size(), 1000u);
  EXPECT_EQ(numbers.size(), 1000u);
}

TEST(SystemIdGenerator, TokensHaveTheAskedLength) {
  SystemIdGenerator ids;
  EXPECT_EQ(ids.NewToken(0), "");
  EXPECT_THAT(ids.NewToken(1), MatchesRegex("[0-9a-f]{2}"));
  EXPECT_THAT(ids.NewToken(32), MatchesRegex("[0-9a-f]{64}"));
}

TEST(IsUuid, AcceptsEitherCaseAndAnyVersion) {
  EXPECT_TRUE(IsUuid("123e4567-e89b-12d3-a456-426614174000"));
  EXPECT_TRUE(IsUuid("123E4567-E89B-42D3-A456-426614174000"));
  EXPECT_TRUE(IsUuid("00000000-0000-0000-0000-000000000000"));
}

TEST(IsUuid, RefusesEverythingElse) {
  for (const char* text : {"", "123e4567", "123e4567e89b12d3a456426614174000",
                           "{123e4567-e89b-12d3-a456-426614174000}",
                           "123e4567-e89b-12d3-a456-42661417400",
                           "123e4567-e89b-12d3-a456-4266141740000",
                           "123e4567-e89b-12d3-a456-42661417400g",
                           "123e4567+e89b-12d3-a456-426614174000",
                           "123e456--e89b-12d3-a456-426614174000",
                           "123e4567-e89b-12d3-a456-4266141740\xC3\xA9"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

}  // namespace
}  // namespace oms_connector::base
