#ifndef OMS_CONNECTOR_STORAGE_SQLITE_COMMIT_COUNT_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_COMMIT_COUNT_H_

#include <atomic>
#include <cstdint>
#include <optional>

namespace oms_connector::storage {

// Counts the commits of the one connection that writes to a database, so that
// those that read know whether anything has changed without asking SQLite,
// which takes locks of the file for it. Thread-safe.
class CommitCount {
 public:
  // Around each commit, whatever comes of it. Readers may see what it has
  // changed before it has ended, so in between there is no number.
  void BeginCommit() { ++steps_; }
  void EndCommit() { ++steps_; }
  // For what another program was found to have committed.
  void NoteForeign() { steps_ += 2; }

  // nullopt while a commit is under way.
  std::optional<int64_t> Get() const {
    const int64_t steps = steps_;
    if (steps % 2 != 0) return std::nullopt;
    return steps / 2;
  }

 private:
  std::atomic<int64_t> steps_{0};
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_COMMIT_COUNT_H_
