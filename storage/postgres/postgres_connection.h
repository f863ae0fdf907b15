// The store's driver over libpq, the one place that calls it: one connection
// to one PostgreSQL server, of no more use once it is broken.
//
// Example:
//   PostgresConnection::Options options;
//   options.url = "postgres://oms@db1,db2/oms?sslmode=verify-full";
//   OMS_ASSIGN_OR_RETURN(auto connection, PostgresConnection::Open(options));
//   OMS_RETURN_IF_ERROR(connection->Begin(/*write=*/true, context));
//   OMS_RETURN_IF_ERROR(connection->Execute(kInsert, {"acme", 7}).status());
//   OMS_RETURN_IF_ERROR(connection->Commit());
//
// Reading transactions see one snapshot (REPEATABLE READ, READ ONLY), writing
// ones what is committed when each statement begins (READ COMMITTED). All goes
// through libpq's pipeline mode: BEGIN and whatever else is queued travels with
// the next statement, and a batch of rows is one round trip.
//
// A statement that outlives its context is left, and the connection with it:
// the server notices who has gone, and rolls back. Nothing is asked of a server
// that may not answer, as libpq's cancellation would on a connection of its
// own.
//
// It knows nothing of our tables; postgres_session.h does. Used by one thread
// at a time.
#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_CONNECTION_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_CONNECTION_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "storage/sql_connection.h"

struct pg_conn;
struct pg_result;

namespace oms_connector::storage {

class PostgresConnection final : public SqlConnection {
 public:
  struct Options {
    // As libpq reads it. Unless it says otherwise: five seconds to connect to
    // each host, dead peers are noticed within some fifteen seconds, and only a
    // host that takes writes is used: a standby's reads would be stale.
    std::string url;
    // Longer waits for a row end as STORE_BUSY.
    absl::Duration lock_timeout = absl::Seconds(10);
    // The server ends a transaction that is left alone for so long, so that a
    // program which is stopped does not keep rows locked.
    absl::Duration idle_in_transaction_timeout = absl::Seconds(10);
    // Not owned; outlives the connection.
    base::Clock* clock = nullptr;
  };

  // Blocks while it connects. INVALID_ARGUMENT when the URL cannot be read,
  // without quoting it, as it may hold a password; UNAVAILABLE with libpq's own
  // words, which are for the operator and name hosts and users but no password.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(
      const Options& options);
  ~PostgresConnection() override;

  // Sent with the first statement.
  absl::Status Begin(bool write, const base::CallContext& context) override;
  void Bind(const base::CallContext& context) override;
  absl::Status Commit() override;
  void Rollback() override;
  bool InTransaction() const override;
  // By `clock`; the server's own is told by postgres_session.h, as snapshots
  // are.
  absl::StatusOr<absl::Time> Now() override { return options_.clock->Now(); }
  absl::StatusOr<std::string> Snapshot() override { return std::string(); }
  absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                  absl::Span<const SqlParam> params) override;
  absl::StatusOr<int64_t> ExecuteBatch(absl::string_view sql,
                                       const SqlParamRows& rows) override;
  absl::Status Query(absl::string_view sql, absl::Span<const SqlParam> params,
                     SqlRowFunction row) override;
  absl::Status QueryBatch(absl::string_view sql, const SqlParamRows& rows,
                          SqlBatchRowFunction row) override;

  // Queues a statement that travels with the next one, or with SendDeferred;
  // its error is that one's. Values are copied. `row`, where given, is called
  // with the first row of its result.
  using FirstRow = std::function<void(const SqlRow&)>;
  absl::Status Defer(absl::string_view sql, absl::Span<const SqlParam> params,
                     FirstRow row = nullptr);
  absl::Status SendDeferred();

  // Runs several statements without parameters, such as a schema file.
  absl::Status ExecuteScript(const std::string& script);

  // True once the connection is lost, or must not be used any more after what
  // has happened on it. If it became so within Commit, nobody knows whether
  // the transaction was committed.
  bool broken() const { return broken_; }

 private:
  struct ResultClearer {
    void operator()(pg_result* result) const;
  };
  using Result = std::unique_ptr<pg_result, ResultClearer>;
  using ResultFunction = absl::FunctionRef<void(Result)>;
  // A command on its way.
  struct Command {
    std::string prepares;  // the statement that it makes known to the server
    bool wanted = false;   // its result goes to whoever waits for it
    FirstRow row{};
  };

  PostgresConnection(Options options, pg_conn* connection);

  absl::Status SetUp();
  absl::Status Send(absl::string_view sql, absl::Span<const SqlParam> params,
                    bool wanted);
  absl::Status SendOnce(const char* sql);
  // Of the commands that were sent, in all.
  absl::StatusOr<int64_t> CountChanged();
  absl::Status RoundTrip(ResultFunction receive);
  absl::Status ReadCommand(const Command& command, ResultFunction receive);
  absl::StatusOr<Result> NextResult();
  absl::Status Flush();
  absl::Status Wait(bool to_write);
  int Poll(bool to_write, absl::Duration longest);
  absl::Status ErrorOf(const pg_result* result);
  absl::Status Broken();

  const Options options_;
  pg_conn* const connection_;
  const int wake_file_;  // an eventfd that a cancelled context writes to
  base::CallContext context_;
  bool begun_ = false;
  bool failed_ = false;  // the transaction can only be rolled back
  bool broken_ = false;
  absl::Status expiry_;  // why a statement was left
  // How long a wait may still last that no context bounds.
  // At first, until it is set up, which no deadline does either.
  absl::Duration patience_ = absl::Seconds(5);
  std::deque<Command> commands_;
  // By text: the name that the server knows the statement by.
  absl::flat_hash_map<std::string, std::string> statements_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_CONNECTION_H_
