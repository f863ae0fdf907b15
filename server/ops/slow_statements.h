// Remembers the statements that the store waited longest for.
//
//   SlowStatements slow;
//   store_options.decorate = slow.decorator();
//   ...
//   for (const SlowStatement& one : slow.worst()) Print(one);
//
// Statements are constants without their parameters, so nothing that callers
// or Order Managers said is kept.
#ifndef OMS_CONNECTOR_SERVER_OPS_SLOW_STATEMENTS_H_
#define OMS_CONNECTOR_SERVER_OPS_SLOW_STATEMENTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/sql_connection.h"

namespace oms_connector::server {

struct SlowStatement {
  std::string text;    // in one line
  int64_t times = 0;   // that it took kSlow or longer; a batch counts once
  absl::Duration all;  // of those together
  absl::Duration worst;
};

// Thread-safe. Outlives every connection that it decorates.
class SlowStatements {
 public:
  using Decorator = std::function<std::unique_ptr<storage::SqlConnection>(
      std::unique_ptr<storage::SqlConnection>)>;

  // What takes less is not looked at further: a point read takes microseconds.
  static constexpr absl::Duration kSlow = absl::Milliseconds(5);

  // Goes around what `inner` makes of a connection; null = the connection.
  Decorator decorator(Decorator inner = nullptr);

  // Those that took longest all together first, since the server began.
  std::vector<SlowStatement> worst(size_t limit = 10) const;

  // `sql` must live as long as the program.
  void Note(absl::string_view sql, absl::Duration took);

 private:
  struct Tally {
    int64_t times = 0;
    absl::Duration all;
    absl::Duration worst;
  };

  mutable absl::Mutex mutex_;
  std::map<absl::string_view, Tally> tallies_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_SLOW_STATEMENTS_H_
