// Connections, their carts and settings, the history of settings, and the
// request ids that make repeated calls harmless.
//
// Reads of a single row return NOT_FOUND (a plain status, for the domain to
// turn into the caller's error) when there is none. A connection, its settings
// and its heads are one row, which a transaction reads once, however often it
// asks for them.
#ifndef OMS_CONNECTOR_STORAGE_CONNECTION_TABLES_H_
#define OMS_CONNECTOR_STORAGE_CONNECTION_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "model/connection.h"
#include "model/remembered_request.h"
#include "model/settings.h"
#include "storage/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

class ConnectionReader {
 public:
  ConnectionReader(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::Connection> GetConnection(absl::string_view id);
  // Up to `limit` connections with an id after `after`, ascending by id.
  absl::StatusOr<std::vector<model::Connection>> ListConnections(
      absl::string_view after, int limit);
  absl::StatusOr<model::StoredSettings> GetSettings(
      absl::string_view connection);
  absl::StatusOr<model::ConnectionHeads> GetHeads(absl::string_view connection);
  // The connections that read the same account as this one and were created
  // before it, in that order.
  absl::StatusOr<std::vector<model::Connection>> ListEarlierOfAccount(
      const model::Connection& connection);
  // Newest first, those with change_id < `before` (0 = from the newest).
  absl::StatusOr<std::vector<model::SettingsChange>> ListSettingsChanges(
      absl::string_view connection, int64_t before, int limit);
  // nullopt when the id was not used, or expired at or before `now`, or would
  // expire later than a request id counts: the clock was wrong then.
  absl::StatusOr<std::optional<model::RememberedRequest>> FindRequest(
      const model::RequestKey& key, absl::Time now);
  // Whether PruneDeleted has something to remove.
  absl::StatusOr<bool> HasDeletedRows();

 protected:
  // A row of `connections` with its counters, documents unread.
  struct Row {
    std::string id;
    std::string epoch;
    std::string sealed_under;
    int64_t view_generation = 0;
    std::string document;
    std::string settings;
    model::ConnectionHeads heads;
  };
  static Row RowAt(const SqlRow& row);
  static absl::StatusOr<model::Connection> ConnectionOf(const Row& row);

  // The row of a connection, read once for several calls with one id in a row.
  absl::StatusOr<const Row*> ReadRow(absl::string_view id);
  absl::StatusOr<std::vector<model::Connection>> List(
      absl::string_view sql, absl::Span<const SqlParam> params);

  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
  std::optional<Row> row_;  // the last one read; dropped by every change
};

class ConnectionWriter : public ConnectionReader {
 public:
  using ConnectionReader::ConnectionReader;

  // Stores a new connection with its carts and first settings, and its counter
  // row. ALREADY_EXISTS when the id is taken.
  absl::Status InsertConnection(const model::Connection& connection,
                                const model::StoredSettings& settings);
  // Replaces all of it but id, epoch and create_time. NOT_FOUND when missing.
  absl::Status UpdateConnection(const model::Connection& connection);
  // Removes the connection with its token, settings and heads. Nothing finds
  // what other tables keep of it any more, and its id may be used anew; those
  // rows go with PruneDeleted. NOT_FOUND when missing.
  absl::Status DeleteConnection(absl::string_view id);
  // Replaces the settings, and with `new_view` raises the view_generation.
  // NOT_FOUND when the connection is missing.
  absl::Status UpdateSettings(absl::string_view connection,
                              const model::StoredSettings& settings,
                              bool new_view);
  // Appends to the history; the store gives the change its id. NOT_FOUND when
  // the connection is missing.
  absl::Status AppendSettingsChange(absl::string_view connection,
                                    const model::SettingsChange& change);
  // Remembers an answer, in place of an older one of the same key. NOT_FOUND
  // when the connection is missing.
  absl::Status RememberRequest(const model::RequestKey& key,
                               const model::RememberedRequest& request);
  // Forgets requests that expired, and history older than `changes_before`;
  // at most `limit` rows each. Returns how many rows went.
  absl::StatusOr<int64_t> PruneConnections(absl::Time now,
                                           absl::Time changes_before,
                                           int limit);

  // Removes rows of deleted connections, about `limit` of them, so that other
  // writers have their turn. Returns how many; 0 = none is left.
  absl::StatusOr<int64_t> PruneDeleted(int limit);

  // Takes `count` numbers (at least one) from the connection's counter and
  // returns the first. Revisions and sequences grow in commit order, because
  // the counter's row is locked until the transaction ends; the first ever
  // is 1. NOT_FOUND for an unknown connection.
  absl::StatusOr<int64_t> TakeRevisions(absl::string_view connection,
                                        int64_t count);
  absl::StatusOr<int64_t> TakeSequences(absl::string_view connection,
                                        int64_t count);

 private:
  // Deletes at most `limit` that expired.
  absl::StatusOr<int64_t> ForgetRequests(absl::Time now, int limit);
  // The last of the `count` numbers taken.
  absl::StatusOr<int64_t> Take(absl::string_view sql, absl::string_view id,
                               int64_t count);
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_CONNECTION_TABLES_H_
