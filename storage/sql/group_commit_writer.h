#ifndef OMS_CONNECTOR_STORAGE_SQL_GROUP_COMMIT_WRITER_H_
#define OMS_CONNECTOR_STORAGE_SQL_GROUP_COMMIT_WRITER_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/sql/busy_retry.h"
#include "storage/sql/sql_transaction.h"
#include "storage/sql/sql_writer.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// One thread that writes for everybody, for databases with one writer. What
// waits when a commit is due shares that commit, and with it the wait for the
// disk.
//
// Functions of a group run one after another, each after the first within a
// savepoint: one that fails is undone alone. The first has none, which copies
// each page that is changed: where it fails, the group ends with it. If the
// group as a whole is lost (the database rolls back, the commit fails), each of
// its functions runs again in a transaction of its own. Nobody is told of
// success before the commit.
//
// A caller waits until its function has ended, even beyond its deadline, as
// the function is the caller's; statements stop at the deadline, and a function
// that still waits in the queue is taken out of it.
class GroupCommitWriter final : public SqlWriter {
 public:
  struct Options {
    // Functions that may wait; beyond, Write answers OVERLOADED at once.
    size_t queue_capacity = 1000;
    // A group ends at the first of both, so that the first in it is not kept
    // waiting for its answer.
    size_t max_group_size = 64;
    absl::Duration max_group_time = absl::Milliseconds(20);
    // Not owned.
    base::Clock* clock = nullptr;
    base::Sleeper* sleeper = nullptr;
    base::IdGenerator* ids = nullptr;
  };

  GroupCommitWriter(std::unique_ptr<SqlConnection> connection,
                    const Options& options);
  // Runs what waits, then ends. Nobody may call Write any more.
  ~GroupCommitWriter() override;

  absl::Status Write(const base::CallContext& context,
                     WriteFunction function) override;

  // Functions that wait at this moment, without those of the open group.
  size_t queued() const;

 private:
  struct Request;

  void RunRequests();
  Request* NextRequest();
  Request* NextForGroup(size_t group_size, absl::Time group_start);
  void RunGroup(Request* first);
  bool TryGroup(std::vector<Request*>& group);
  bool Run(Request& request);
  bool RunInSavepoint(Request& request);
  void RunAlone(Request& request);
  bool Withdraw(Request& request);
  bool HasRequestsOrEnds() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Options options_;
  BusyRetry retry_;
  const std::unique_ptr<SqlConnection> connection_;  // the thread's alone
  mutable absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Request*> queue_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_GROUP_COMMIT_WRITER_H_
