#include "tests/support/postgres_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace oms_connector::testing_support {
namespace {

TEST(PostgresServer, KeepsWhatWasCommittedThroughACrash) {
  auto server = PostgresServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_THAT(*(*server)->Execute("SHOW server_version"),
              ::testing::StartsWith("15."));
  ASSERT_TRUE((*server)->Execute("CREATE TABLE t AS SELECT 7 AS x").ok());
  (*server)->StopImmediate();
  EXPECT_FALSE((*server)->Execute("SELECT 1").ok());
  ASSERT_TRUE((*server)->Restart().ok());
  EXPECT_EQ(*(*server)->Execute("SELECT x FROM t"), "7");
  const std::string directory = (*server)->directory();
  server->reset();
  EXPECT_FALSE(std::filesystem::exists(directory));
}

TEST(PostgresServer, IsFollowedByAStandby) {
  auto primary = PostgresServer::Start();
  ASSERT_TRUE(primary.ok()) << primary.status();
  auto standby = PostgresServer::StartStandbyOf(**primary);
  ASSERT_TRUE(standby.ok()) << standby.status();
  EXPECT_EQ(*(*standby)->Execute("SELECT pg_is_in_recovery()"), "t");
  ASSERT_TRUE((*standby)->Execute("SELECT pg_promote()").ok());
  EXPECT_EQ(*(*standby)->Execute("SELECT pg_is_in_recovery()"), "f");
}

}  // namespace
}  // namespace oms_connector::testing_support
