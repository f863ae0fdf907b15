#ifndef OMS_CONNECTOR_BASE_SNAPSHOT_CACHE_H_
#define OMS_CONNECTOR_BASE_SNAPSHOT_CACHE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::base {

// What was made of the stored rows, for those who look at the same state of
// them again. A value is found only under the name of the snapshot that it was
// read at (storage::ReadTransaction::Snapshot), so whoever changes a row, on
// this server or another, makes it unfindable, and nothing in here can be out
// of date.
//
//   OMS_ASSIGN_OR_RETURN(const std::string snapshot, txn.Snapshot());
//   OMS_ASSIGN_OR_RETURN(const std::shared_ptr<const Facts> facts,
//                        cache.FindOrRead(snapshot, connection, [&] {
//                          return ReadFacts(txn, connection);
//                        }));
//
// Keeps the newest `capacity` values. Nothing is kept or found under an empty
// name, which is that of a snapshot that cannot be known again. Thread-safe.
template <typename Value>
class SnapshotCache {
 public:
  explicit SnapshotCache(size_t capacity) : capacity_(capacity) {}

  void Keep(const std::string& snapshot, const std::string& key, Value value) {
    if (snapshot.empty()) return;
    absl::MutexLock lock(&mutex_);
    entries_.push_front({snapshot, key, std::move(value)});
    if (entries_.size() > capacity_) entries_.pop_back();
  }

  std::optional<Value> Find(absl::string_view snapshot,
                            absl::string_view key) const {
    absl::MutexLock lock(&mutex_);
    for (const Entry& entry : entries_) {
      if (entry.IsFor(snapshot, key)) return entry.value;
    }
    return std::nullopt;
  }

  // What is kept, or else what `read()` gives, which is kept from then on.
  template <typename Read>
  absl::StatusOr<Value> FindOrRead(const std::string& snapshot,
                                   const std::string& key, Read read) {
    std::optional<Value> kept = Find(snapshot, key);
    if (kept.has_value()) return *std::move(kept);
    absl::StatusOr<Value> value = read();
    if (value.ok()) Keep(snapshot, key, *value);
    return value;
  }

  // As Find; the value is gone from here afterwards.
  std::optional<Value> Take(absl::string_view snapshot, absl::string_view key) {
    absl::MutexLock lock(&mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (!entry->IsFor(snapshot, key)) continue;
      std::optional<Value> value = std::move(entry->value);
      entries_.erase(entry);
      return value;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    std::string snapshot;
    std::string key;
    Value value;

    bool IsFor(absl::string_view of_snapshot, absl::string_view of_key) const {
      return snapshot == of_snapshot && key == of_key;
    }
  };

  const size_t capacity_;
  mutable absl::Mutex mutex_;
  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the newest first
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_SNAPSHOT_CACHE_H_
