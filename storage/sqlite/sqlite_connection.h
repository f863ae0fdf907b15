// The store's driver over the SQLite library, the one place that calls it.
//
// Example:
//   SqliteConnection::Options options;
//   options.path = "/var/lib/oms_connector/oms_connector.db";
//   OMS_ASSIGN_OR_RETURN(auto connection, SqliteConnection::Open(options));
//   OMS_RETURN_IF_ERROR(connection->Begin(/*write=*/true, context));
//   OMS_RETURN_IF_ERROR(connection->Execute(kInsert, {"acme", 7}).status());
//   OMS_RETURN_IF_ERROR(connection->Commit());
//
// It knows nothing of our tables; storage/sqlite/sqlite_database.h opens our
// database with it. Used by one thread at a time.
#ifndef OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_CONNECTION_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/commit_count.h"

struct sqlite3;
struct sqlite3_stmt;

namespace oms_connector::storage {

class SqliteConnection final : public SqlConnection {
 public:
  struct Options {
    // Made if missing. ":memory:" is a database of this connection alone.
    std::string path;
    // Reads the file alone, without the log beside it, and writes nothing: for
    // a look at a file that nobody has open.
    bool without_log = false;
    // How long a statement waits for a lock that another connection holds.
    absl::Duration busy_timeout = absl::Seconds(5);
    // Not owned; outlive the connection.
    base::Clock* clock = nullptr;
    base::Sleeper* sleeper = nullptr;
    // Shared by the connections of one database, of which one writes. Without
    // it no snapshot has a name.
    std::shared_ptr<CommitCount> commits;
  };

  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(
      const Options& options);
  ~SqliteConnection() override;

  absl::Status Begin(bool write, const base::CallContext& context) override;
  void Bind(const base::CallContext& context) override;
  absl::Status Commit() override;
  void Rollback() override;
  bool InTransaction() const override;
  absl::StatusOr<absl::Time> Now() override { return options_.clock->Now(); }
  absl::StatusOr<std::string> Snapshot() override;
  absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                  absl::Span<const SqlParam> params) override;
  absl::StatusOr<int64_t> ExecuteBatch(absl::string_view sql,
                                       const SqlParamRows& rows) override;
  // A statement must not be run again from within its own rows: INTERNAL.
  absl::Status Query(absl::string_view sql, absl::Span<const SqlParam> params,
                     SqlRowFunction row) override;
  absl::Status QueryBatch(absl::string_view sql, const SqlParamRows& rows,
                          SqlBatchRowFunction row) override;

  // Runs several statements without parameters, such as a schema file or a
  // pragma; nothing of them is kept.
  absl::Status ExecuteScript(const std::string& script);

  // From now on `watch` is told after each commit how many pages the log has,
  // and the commit itself writes back into the file one that has `most` or
  // more. What it could not write back waits for the next one.
  void WatchLog(int most, std::function<void(int pages)> watch);

 private:
  struct LogWatch {
    int most = 0;
    std::function<void(int pages)> watch;
  };
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    // For each of SQLite's parameters, in its order, the place in `params`.
    std::vector<int> places;
  };

  explicit SqliteConnection(Options options);

  absl::Status BeginReading();
  absl::Status BeginDeferred();
  absl::Status LearnSnapshot();
  absl::StatusOr<const Statement*> Prepare(absl::string_view sql);
  // The statements that put many rows at once, those with most first; empty
  // where there is none.
  const std::vector<std::string>& GroupsOf(absl::string_view sql, size_t width);
  // The statement, ready to be bound and run.
  absl::StatusOr<const Statement*> Start(absl::string_view sql);
  absl::Status BindAll(const Statement& statement,
                       absl::Span<const SqlParam> params);
  absl::Status RunToEnd(const Statement& statement);
  absl::Status ErrorOf(int code) const;
  absl::Status CheckContext() const;
  bool WaitForLock(int tries);

  const Options options_;
  sqlite3* database_ = nullptr;
  base::CallContext context_;
  bool write_ = false;  // what the last transaction began as
  // A transaction that reads begins in SQLite with its first statement: one
  // that needs none, as all it looks for is known by the snapshot's name, takes
  // no lock of the file.
  bool deferred_ = false;
  // Of the last transaction that read, by the count of commits.
  std::optional<int64_t> snapshot_;
  bool learnt_ = false;  // or told: it stays as it is
  // The snapshot that SQLite was last asked for its own count of what others
  // have committed, the count, and when to ask again.
  std::optional<int64_t> known_snapshot_;
  int64_t known_version_ = 0;
  absl::Time ask_again_ = absl::InfinitePast();
  LogWatch log_;
  absl::Duration waited_;  // for the lock that is waited for now
  // Nodes, so that a statement stays in place while its rows prepare others.
  absl::node_hash_map<std::string, Statement> statements_;
  // By statement.
  absl::node_hash_map<std::string, std::vector<std::string>> groups_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_CONNECTION_H_
