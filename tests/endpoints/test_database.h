// An empty database for a test, of the kind that its program runs against:
// SQLite, or, where OMS_TEST_STORE is "postgres", a database of its own on a
// PostgreSQL server that the program starts when it first needs it. The macro
// `store_test` of store_test.bzl builds one program for each.
#ifndef OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_DATABASE_H_
#define OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_DATABASE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::testing_support {

class TestDatabase {
 public:
  // `sqlite_path` is where SQLite is to keep it, or ":memory:"; PostgreSQL does
  // without. A server that cannot be started is an error, never a reason to use
  // another database.
  static absl::StatusOr<std::unique_ptr<TestDatabase>> Make(
      const std::string& sqlite_path);
  // Drops a database of PostgreSQL, whoever uses it. An SQLite file stays.
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // As --store takes it.
  const std::string& url() const { return url_; }

 private:
  TestDatabase(std::string url, PostgresServer* server);

  const std::string url_;
  PostgresServer* const server_;  // null with SQLite
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_DATABASE_H_
