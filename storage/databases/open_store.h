// Opens the store that a URL names: the one place that knows which databases
// there are.
#ifndef OMS_CONNECTOR_STORAGE_DATABASES_OPEN_STORE_H_
#define OMS_CONNECTOR_STORAGE_DATABASES_OPEN_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/sql_connection.h"
#include "storage/store.h"

namespace oms_connector::storage {

// The URLs that there are, for people.
inline constexpr char kStoreUrls[] = "sqlite:PATH or postgres://HOST/DATABASE";

struct StoreOptions {
  // One of kStoreUrls, PostgreSQL's as libpq reads it; "sqlite::memory:" is for
  // tests.
  std::string url;
  // SQLite: whether a commit waits for the disk (FULL) or only for the
  // operating system (NORMAL).
  bool commits_wait_for_disk = true;
  // Reads that may run at once, and writes, where the database lets several
  // write.
  int readers = 4;
  int writers = 4;
  // What stands between the store and each of its connections; for tests that
  // count what it asks, or make it fail. Null = nothing.
  std::function<std::unique_ptr<SqlConnection>(std::unique_ptr<SqlConnection>)>
      decorate;
  // What a database of several servers goes by in place of its own clock; for
  // tests, whose time passes when they say so. Null = its own.
  base::Clock* shared_clock = nullptr;
  // Not owned; outlive the store.
  base::Clock* clock = nullptr;
  base::Sleeper* sleeper = nullptr;
  base::IdGenerator* ids = nullptr;
};

// The file of a store that one server has to itself, that of a "sqlite:" URL.
// INVALID_ARGUMENT for any other URL, and for one without a path.
absl::StatusOr<std::string> LocalFileOf(absl::string_view url);

// Whether several servers may share the store: a URL of PostgreSQL's,
// "postgres://" or "postgresql://".
bool IsSharedStore(absl::string_view url);

// INVALID_ARGUMENT for a URL that names no known database; FAILED_PRECONDITION,
// with a message for the operator, when the database cannot be used: another
// server has it, it is not ours, newer than this program, or broken.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const StoreOptions& options);

// What is found where a store is to be.
struct StoreFacts {
  bool exists = false;      // false: an empty place, where one will be made
  int64_t connections = 0;  // that it keeps
  int64_t bytes = 0;        // of its files; 0 where the database does not tell
};

// Looks at the store without changing it or keeping others from it. Errors as
// OpenStore, but that a server may have it.
absl::StatusOr<StoreFacts> InspectStore(const StoreOptions& options);

// The size of a store's files: what it keeps, and the log of what was written
// last. 0 where it has no files of its own.
struct StoreBytes {
  int64_t database = 0;
  int64_t log = 0;
};
StoreBytes StoreBytesOf(absl::string_view url);

// Writes a copy of the store, as of one moment, into a new file; also beside a
// running server. The copy is marked as restored (storage/sql/restore_mark.h),
// so that a server may be started on it as it is. INVALID_ARGUMENT for a store
// that is not in an SQLite file, FAILED_PRECONDITION when either cannot be used
// or `path` exists.
absl::Status BackUpStore(const StoreOptions& options, const std::string& path);

// Puts a copy of the file `from`, one of BackUpStore's or another whole store,
// in the store's place, marks it as restored, and sets what was there aside.
// Where that lies now; empty where nothing was. INVALID_ARGUMENT for a store
// that is not in an SQLite file, FAILED_PRECONDITION when a server has it or
// either file cannot be used.
absl::StatusOr<std::string> RestoreStore(const StoreOptions& options,
                                         const std::string& from);

// Marks the store as restored, after its database was put back by other means
// than a file of BackUpStore: a snapshot of a disk, PostgreSQL's own tools.
// INVALID_ARGUMENT for an unknown URL, FAILED_PRECONDITION when there is no
// such store, it cannot be used, or a server has it (PostgreSQL does not tell).
absl::Status MarkStoreRestored(const StoreOptions& options);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_DATABASES_OPEN_STORE_H_
