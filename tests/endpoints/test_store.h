// An empty store for a test, on the kind of database that its program runs
// against; see test_database.h.
#ifndef OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_
#define OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/store.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/endpoints/sql_counter.h"

namespace oms_connector::testing_support {

struct TestStoreOptions {
  // Counts what the store asks of its database, and makes some of it fail.
  // Not owned; null = nobody does.
  SqlCounter* counter = nullptr;
  storage::FaultPlan* faults = nullptr;
  // Where SQLite keeps it.
  std::string sqlite_path = ":memory:";
};

// The database goes with the store, but for a file of SQLite's. Does not own
// what it is given.
absl::StatusOr<std::unique_ptr<storage::Store>> NewTestStore(
    base::Clock* clock, base::Sleeper* sleeper, base::IdGenerator* ids,
    const TestStoreOptions& test_options = {});

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_
