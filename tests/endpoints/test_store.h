// An empty store for a test, on the kind of database that its program runs
// against; see test_database.h.
#ifndef OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_
#define OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/store.h"
#include "tests/endpoints/sql_counter.h"

namespace oms_connector::testing_support {

// SQLite keeps it in memory. The database goes with the store. What the store
// asks of it is counted by `counter`, which may be null. Does not own what it
// is given.
absl::StatusOr<std::unique_ptr<storage::Store>> NewTestStore(
    base::Clock* clock, base::Sleeper* sleeper, base::IdGenerator* ids,
    SqlCounter* counter = nullptr);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_ENDPOINTS_TEST_STORE_H_
