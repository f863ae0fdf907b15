#include "server/ops/slow_statements.h"

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/id_generator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"

namespace oms_connector::server {
namespace {

using ::testing::SizeIs;

TEST(SlowStatements, TellsThoseThatTookLongestFirst) {
  SlowStatements slow;
  slow.Note("SELECT  a\n  FROM t", absl::Milliseconds(10));
  slow.Note("SELECT b", absl::Milliseconds(30));
  slow.Note("SELECT  a\n  FROM t", absl::Milliseconds(40));
  const auto worst = slow.worst(9);
  ASSERT_THAT(worst, SizeIs(2));
  EXPECT_EQ(worst[0].text, "SELECT a FROM t");
  EXPECT_EQ(worst[0].times, 2);
  EXPECT_EQ(worst[0].all, absl::Milliseconds(50));
  EXPECT_EQ(worst[0].worst, absl::Milliseconds(40));
  EXPECT_THAT(slow.worst(1), SizeIs(1));
}

// A store behind it does what it did.
TEST(SlowStatements, StandsInFrontOfAStore) {
  SlowStatements slow;
  base::SystemClock clock;
  base::SystemSleeper sleeper;
  base::SystemIdGenerator ids;
  storage::StoreOptions options;
  options.url = "sqlite::memory:";
  options.decorate = slow.decorator();
  options.clock = &clock;
  options.sleeper = &sleeper;
  options.ids = &ids;
  auto store = storage::OpenStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE(
      (*store)
          ->Read({},
                 [](storage::ReadTransaction& txn) {
                   return txn.connections().ListConnections("", 10).status();
                 })
          .ok());
}

}  // namespace
}  // namespace oms_connector::server
