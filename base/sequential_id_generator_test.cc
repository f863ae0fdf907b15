#include "base/sequential_id_generator.h"

#include "base/id_generator.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(SequentialIdGenerator, CountsThroughAllKinds) {
  SequentialIdGenerator ids;
  EXPECT_EQ(ids.NewUuid(), "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(ids.NewToken(2), "0002");
  EXPECT_EQ(ids.NewUint64(), 3u);
  EXPECT_EQ(ids.NewToken(10), "00000000000000000004");
  EXPECT_EQ(ids.NewToken(0), "");
}

TEST(SequentialIdGenerator, UuidsAreWellFormed) {
  SequentialIdGenerator ids;
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(IsUuid(ids.NewUuid()));
}

}  // namespace
}  // namespace oms_connector::base
