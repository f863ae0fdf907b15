// Counts what a store asks of its database, so that a test can say what a call
// may cost: transactions, statements, rows.
//
//   SqlCounter counter;
//   auto store = *NewTestStore(&clock, &sleeper, &ids, &counter);
//   counter.Reset();
//   ... // one call
//   EXPECT_EQ(counter.counts().transactions, 1);
//   EXPECT_LE(counter.counts().statements, 8) << counter.Report();
//
// BEGIN, COMMIT and ROLLBACK, savepoints, and what a driver adds to BEGIN and
// COMMIT of its own are no statements here.
#ifndef OMS_CONNECTOR_TESTS_ENDPOINTS_SQL_COUNTER_H_
#define OMS_CONNECTOR_TESTS_ENDPOINTS_SQL_COUNTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "storage/sql_connection.h"

namespace oms_connector::testing_support {

struct SqlCounts {
  int64_t transactions = 0;        // begun, of both kinds
  int64_t write_transactions = 0;  // those of them that may write
  int64_t statements = 0;          // a batch is one, however many rows it has
  int64_t reads = 0;               // those of them that are queries
  int64_t batch_rows = 0;          // rows of parameters of all batches
  int64_t rows_read = 0;           // rows that queries returned
  int64_t rows_changed = 0;        // as the database counts them
};

// Thread-safe. Outlives every connection that it decorates.
class SqlCounter {
 public:
  // To be given to the options of a store as `decorate`.
  std::function<std::unique_ptr<storage::SqlConnection>(
      std::unique_ptr<storage::SqlConnection>)>
  decorator();

  // Since the last Reset.
  SqlCounts counts() const;
  void Reset();
  // How often each statement was run since the last Reset, by its text.
  std::map<std::string, int64_t> texts() const;
  // The counts and texts, for a test that fails.
  std::string Report() const;

 private:
  friend class CountingSqlConnection;
  void CountBegin(bool write);
  void CountStatement(absl::string_view sql, const SqlCounts& more);

  mutable absl::Mutex mutex_;
  SqlCounts counts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t, std::less<>> texts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_ENDPOINTS_SQL_COUNTER_H_
