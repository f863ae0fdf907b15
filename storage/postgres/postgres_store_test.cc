// The suite that every store passes, on a PostgreSQL server of its own.
#include "storage/postgres/postgres_store.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/store.h"
#include "storage/store_test_suite/store_test_suite.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

using testing_support::PostgresServer;

// One server for all tests of this program, each of which has a database of
// its own.
class OnePostgresServer final : public ::testing::Environment {
 public:
  void SetUp() override {
    server() = PostgresServer::Start();
    ASSERT_TRUE(server().ok()) << server().status();
  }
  void TearDown() override { server() = absl::UnavailableError("stopped"); }

  static absl::StatusOr<std::unique_ptr<PostgresServer>>& server() {
    static absl::StatusOr<std::unique_ptr<PostgresServer>> one =
        absl::UnavailableError("not started");
    return one;
  }
};

const ::testing::Environment* const kServer =
    ::testing::AddGlobalTestEnvironment(new OnePostgresServer);

class PostgresHome final : public StoreHome {
 public:
  explicit PostgresHome(absl::StatusOr<std::string> url)
      : url_(std::move(url)) {}

  absl::StatusOr<std::unique_ptr<Store>> Open(const Needs& needs) override {
    if (!url_.ok()) return url_.status();
    PostgresStoreOptions options;
    options.url = *url_;
    options.decorate = needs.decorate;
    options.clock = needs.clock;
    options.sleeper = needs.sleeper;
    options.ids = needs.ids;
    return OpenPostgresStore(options);
  }

  bool keeps_content() const override { return true; }

 private:
  const absl::StatusOr<std::string> url_;
};

std::unique_ptr<StoreHome> NewDatabase() {
  auto& server = OnePostgresServer::server();
  return std::make_unique<PostgresHome>(
      server.ok() ? (*server)->NewDatabase()
                  : absl::StatusOr<std::string>(server.status()));
}

INSTANTIATE_TEST_SUITE_P(Postgres, StoreTest,
                         ::testing::Values(StoreKind{"Database", NewDatabase}),
                         StoreKindName);

// Whatever the machines say that the servers run on.
TEST(PostgresStore, TellsTheTimeOfTheDatabase) {
  auto& server = OnePostgresServer::server();
  ASSERT_TRUE(server.ok()) << server.status();
  const auto url = (*server)->NewDatabase();
  ASSERT_TRUE(url.ok()) << url.status();
  base::SystemClock clock;
  base::SystemSleeper sleeper;
  base::SystemIdGenerator ids;
  const absl::Time before = clock.Now();
  std::vector<absl::Time> told;
  for (const absl::Duration skew : {absl::Hours(-72), absl::Hours(72)}) {
    base::SkewedClock wrong(&clock, skew);
    PostgresStoreOptions options;
    options.url = *url;
    options.clock = &wrong;
    options.sleeper = &sleeper;
    options.ids = &ids;
    auto store = OpenPostgresStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    const auto tell = [&](ReadTransaction& txn) -> absl::Status {
      OMS_ASSIGN_OR_RETURN(const absl::Time first, txn.Now());
      OMS_RETURN_IF_ERROR(txn.connections().ListConnections("", 1).status());
      OMS_ASSIGN_OR_RETURN(const absl::Time second, txn.Now());
      told.insert(told.end(), {first, second});
      return absl::OkStatus();
    };
    // One limited by a deadline, on a clock that is as wrong.
    const base::CallContext context(wrong.SteadyNow() + absl::Minutes(1), {});
    EXPECT_EQ((*store)->Read(context, tell), absl::OkStatus());
    EXPECT_EQ((*store)->Write({}, tell), absl::OkStatus());
  }
  // What the way to the server takes, twice over, is a second at the very most.
  EXPECT_THAT(told, ::testing::SizeIs(8));
  EXPECT_THAT(told, ::testing::Each(::testing::AllOf(
                        ::testing::Ge(before - absl::Seconds(1)),
                        ::testing::Le(clock.Now() + absl::Seconds(1)))));
}

}  // namespace
}  // namespace oms_connector::storage
