// What makes a connection to PostgreSQL one that the store can rely on: it
// comes back after it was lost, writes to one connection of ours one after
// another, and learns what became of a commit whose answer was lost.
//
// Example:
//   PostgresSession session(options);
//   OMS_RETURN_IF_ERROR(session.Begin(/*write=*/true, context));
//   OMS_RETURN_IF_ERROR(session.Execute(kUpdate, {"acme", 7}).status());
//   OMS_RETURN_IF_ERROR(session.Commit());
//
// Order of writers. The first statement of a writing transaction that names a
// connection by its id, as its parameter $1, locks that connection's row of
// `counters`. Under READ COMMITTED every later statement then sees what earlier
// holders have committed, so a function given to Store::Write may read, decide
// and write, and numbers taken from the row become visible in their order. A
// connection that does not exist yet is guarded by the store's own row.
//
// Commits. A writing transaction leaves a marker of its own. When the answer to
// a commit is lost, the marker is looked for: found, the transaction was
// committed; otherwise it is put there as a refusal, on which the lost
// transaction, should it still be on its way, must fail. So it is never carried
// out twice.
#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_SESSION_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Used by one thread at a time. Connects when it is first used.
class PostgresSession final : public SqlConnection {
 public:
  struct Options {
    PostgresConnection::Options connection;
    // How long Begin tries to reach a server; then STORE_BUSY, upon which the
    // store tries anew a few times (storage/sql/busy_retry.h), so a caller
    // waits for some five seconds.
    absl::Duration connect_patience = absl::Seconds(1);
    // How long Commit tries to learn what became of a transaction; then
    // INTERNAL, and nobody knows.
    absl::Duration outcome_patience = absl::Seconds(60);
    // What Now tells in place of the server's clock; for tests, whose time
    // passes when they say so. Null = the server's.
    base::Clock* shared_clock = nullptr;
    // Not owned; outlive the session.
    base::Clock* clock = nullptr;
    base::Sleeper* sleeper = nullptr;
    base::IdGenerator* ids = nullptr;
  };

  explicit PostgresSession(Options options) : options_(std::move(options)) {}

  absl::Status Begin(bool write, const base::CallContext& context) override;
  void Bind(const base::CallContext& context) override;
  // STORE_BUSY only where the transaction was not, and never will be,
  // committed.
  absl::Status Commit() override;
  void Rollback() override;
  bool InTransaction() const override;
  // The server's clock. It is asked as the transaction begins; what has passed
  // since is counted here.
  absl::StatusOr<absl::Time> Now() override;
  // Asked for together with the time.
  absl::StatusOr<std::string> Snapshot() override;
  absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                  absl::Span<const SqlParam> params) override;
  absl::StatusOr<int64_t> ExecuteBatch(absl::string_view sql,
                                       const SqlParamRows& rows) override;
  absl::Status Query(absl::string_view sql, absl::Span<const SqlParam> params,
                     SqlRowFunction row) override;
  absl::Status QueryBatch(absl::string_view sql, const SqlParamRows& rows,
                          SqlBatchRowFunction row) override;

 private:
  absl::Status Connect(absl::Duration patience,
                       const base::CallContext& context);
  absl::Status Pause(int attempt, const base::CallContext& context);
  absl::Status LockConnectionOf(absl::Span<const SqlParam> params);
  absl::Status LockConnection(absl::string_view connection);
  absl::StatusOr<bool> LockRow(absl::string_view sql,
                               absl::Span<const SqlParam> params);
  // Sees to it that what the transaction has begun with was told.
  absl::Status LearnBeginning();
  absl::Status LeaveMarker(absl::string_view marker);
  absl::Status LearnOutcome(absl::string_view marker);
  absl::StatusOr<bool> WasCommitted(absl::string_view marker);

  const Options options_;
  std::unique_ptr<PostgresConnection> connection_;  // null at first
  bool write_ = false;
  int64_t commits_ = 0;
  // Connections whose rows this transaction holds, and whether the store's.
  absl::flat_hash_set<std::string> locked_;
  bool store_locked_ = false;
  // Of `connection_`: snapshots of two databases may have the same name.
  int64_t connection_number_ = 0;
  // When the transaction began, or its beginning was told alone, on our steady
  // clock.
  absl::Time begin_;
  // On the server's, and what it sees; unset until BEGIN was sent.
  struct Beginning {
    absl::Time time;
    std::string snapshot;
  };
  std::optional<Beginning> beginning_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_SESSION_H_
