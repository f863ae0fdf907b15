// An empty store for a test, on the database that its program runs against:
// SQLite in memory, or, where OMS_TEST_STORE is "postgres", a database of its
// own on a PostgreSQL server that the program starts when it first needs it.
// The macro `store_test` of store_test.bzl builds one program for each.
#ifndef OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_
#define OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/store.h"

namespace oms_connector::testing_support {

// The database goes with the store. A server that cannot be started is an
// error, never a reason to use another database. Does not own what it is given.
absl::StatusOr<std::unique_ptr<storage::Store>> NewTestStore(
    base::Clock* clock, base::Sleeper* sleeper, base::IdGenerator* ids);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_
