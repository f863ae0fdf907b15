#include "storage/sqlite/sqlite_store.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "storage/schema/schema.h"
#include "storage/sql/connection_pool.h"
#include "storage/sql/group_commit_writer.h"
#include "storage/sql/pooled_writer.h"
#include "storage/sql/restore_mark.h"
#include "storage/sql/sql_store.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/commit_count.h"
#include "storage/sqlite/lock_file.h"
#include "storage/sqlite/log_checkpointer.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/sqlite/store_identity.h"

namespace oms_connector::storage {
namespace {

constexpr size_t kEpochBytes = 16;

absl::StatusOr<SqliteDatabaseOptions> DatabaseOptions(
    const SqliteStoreOptions& options) {
  SqliteDatabaseOptions database;
  OMS_ASSIGN_OR_RETURN(database.path, CanonicalSqlitePath(options.path));
  database.synchronous = options.synchronous;
  database.clock = options.clock;
  database.sleeper = options.sleeper;
  return database;
}

std::unique_ptr<SqlConnection> Decorated(
    const SqliteStoreOptions& options,
    std::unique_ptr<SqlConnection> connection) {
  return options.decorate ? options.decorate(std::move(connection))
                          : std::move(connection);
}

// Holds the lock file for as long as the store lives.
class LockedStore final : public Store {
 public:
  LockedStore(std::unique_ptr<LockFile> lock,
              std::unique_ptr<LogCheckpointer> checkpointer,
              std::unique_ptr<Store> store)
      : lock_(std::move(lock)),
        checkpointer_(std::move(checkpointer)),
        store_(std::move(store)) {}
  ~LockedStore() override {
    store_.reset();
    checkpointer_.reset();
    NoteClosed(*lock_);
  }

  absl::Status Read(
      const base::CallContext& context,
      absl::FunctionRef<absl::Status(ReadTransaction&)> function) override {
    return store_->Read(context, function);
  }
  absl::Status Write(
      const base::CallContext& context,
      absl::FunctionRef<absl::Status(WriteTransaction&)> function) override {
    return store_->Write(context, function);
  }

 private:
  const std::unique_ptr<LockFile> lock_;
  std::unique_ptr<LogCheckpointer> checkpointer_;
  std::unique_ptr<Store> store_;
};

// A database in memory belongs to its connection, so all share the one.
absl::StatusOr<std::unique_ptr<Store>> OpenInMemory(
    const SqliteStoreOptions& options, const SqliteDatabaseOptions& database) {
  OMS_ASSIGN_OR_RETURN(auto connection,
                       OpenSqliteWriter(database, SqliteSchema()));
  std::vector<std::unique_ptr<SqlConnection>> connections;
  connections.push_back(Decorated(options, std::move(connection)));
  auto pool =
      std::make_unique<ConnectionPool>(std::move(connections), options.clock);
  auto writer =
      std::make_unique<PooledWriter>(pool.get(), options.sleeper, options.ids);
  return std::make_unique<SqlStore>(std::move(pool), std::move(writer),
                                    options.sleeper, options.ids);
}

absl::StatusOr<std::unique_ptr<ConnectionPool>> OpenReaders(
    const SqliteStoreOptions& options, const SqliteDatabaseOptions& database) {
  std::vector<std::unique_ptr<SqlConnection>> connections;
  for (int i = 0; i < std::max(1, options.readers); ++i) {
    OMS_ASSIGN_OR_RETURN(auto connection,
                         OpenSqliteReader(database, SqliteSchema()));
    connections.push_back(Decorated(options, std::move(connection)));
  }
  return std::make_unique<ConnectionPool>(std::move(connections),
                                          options.clock);
}

absl::StatusOr<std::unique_ptr<LockFile>> Lock(
    const SqliteDatabaseOptions& database) {
  return LockFile::Take(absl::StrCat(database.path, ".lock"));
}

absl::StatusOr<std::unique_ptr<Store>> OpenInFile(
    const SqliteStoreOptions& options, const SqliteDatabaseOptions& database) {
  OMS_ASSIGN_OR_RETURN(auto lock, Lock(database));
  OMS_RETURN_IF_ERROR(CheckLogBelongs(*lock, database));
  OMS_ASSIGN_OR_RETURN(auto connection,
                       OpenSqliteWriter(database, SqliteSchema()));
  if (MayHaveLostCommits(*lock)) {
    base::LogWarning(
        "the machine was started anew while commits did not wait for the disk; "
        "the last ones may be lost, so cursors given out before do not count");
    OMS_RETURN_IF_ERROR(MarkRestored(
        *connection, options.ids->NewToken(kEpochBytes), options.clock->Now()));
  }
  OMS_RETURN_IF_ERROR(NoteOpen(*lock, database, *connection));
  OMS_ASSIGN_OR_RETURN(auto readers, OpenReaders(options, database));
  auto checkpointer = std::make_unique<LogCheckpointer>(database);
  connection->WatchLog(kMostLogPages, [log = checkpointer.get()](int pages) {
    log->NoteLog(pages);
  });
  GroupCommitWriter::Options writer_options;
  writer_options.clock = options.clock;
  writer_options.sleeper = options.sleeper;
  writer_options.ids = options.ids;
  auto writer = std::make_unique<GroupCommitWriter>(
      Decorated(options, std::move(connection)), writer_options);
  auto store = std::make_unique<SqlStore>(std::move(readers), std::move(writer),
                                          options.sleeper, options.ids);
  return std::make_unique<LockedStore>(std::move(lock), std::move(checkpointer),
                                       std::move(store));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(
    const SqliteStoreOptions& options) {
  OMS_ASSIGN_OR_RETURN(SqliteDatabaseOptions database,
                       DatabaseOptions(options));
  database.commits = std::make_shared<CommitCount>();
  return database.path == kSqliteMemoryPath ? OpenInMemory(options, database)
                                            : OpenInFile(options, database);
}

absl::Status UseSqliteStoreAlone(
    const SqliteStoreOptions& options,
    absl::FunctionRef<absl::Status(SqlConnection&)> function) {
  OMS_ASSIGN_OR_RETURN(const SqliteDatabaseOptions database,
                       DatabaseOptions(options));
  if (!std::filesystem::exists(database.path)) {
    return absl::FailedPreconditionError(
        absl::StrCat("There is no store ", database.path, "."));
  }
  OMS_ASSIGN_OR_RETURN(const auto lock, Lock(database));
  OMS_RETURN_IF_ERROR(CheckLogBelongs(*lock, database));
  OMS_ASSIGN_OR_RETURN(const auto connection,
                       OpenSqliteWriter(database, SqliteSchema()));
  return function(*connection);
}

}  // namespace oms_connector::storage
