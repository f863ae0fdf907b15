// The suite that every store passes, on a PostgreSQL server of its own.
#include "storage/postgres/postgres_store.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

}  // namespace
}  // namespace oms_connector::storage
