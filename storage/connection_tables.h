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
#include "model/connection.h"
#include "model/remembered_request.h"
#include "model/settings.h"

namespace oms_connector::storage {

class ConnectionReader {
 public:
  virtual ~ConnectionReader() = default;

  virtual absl::StatusOr<model::Connection> GetConnection(
      absl::string_view id) = 0;
  // Up to `limit` connections with an id after `after`, ascending by id.
  virtual absl::StatusOr<std::vector<model::Connection>> ListConnections(
      absl::string_view after, int limit) = 0;
  virtual absl::StatusOr<model::StoredSettings> GetSettings(
      absl::string_view connection) = 0;
  virtual absl::StatusOr<model::ConnectionHeads> GetHeads(
      absl::string_view connection) = 0;
  // The connections that read the same account as this one and were created
  // before it, in that order.
  virtual absl::StatusOr<std::vector<model::Connection>> ListEarlierOfAccount(
      const model::Connection& connection) = 0;
  // Newest first, those with change_id < `before` (0 = from the newest).
  virtual absl::StatusOr<std::vector<model::SettingsChange>>
  ListSettingsChanges(absl::string_view connection, int64_t before,
                      int limit) = 0;
  // nullopt when the id was not used, or expired at or before `now`, or would
  // expire later than a request id counts: the clock was wrong then.
  virtual absl::StatusOr<std::optional<model::RememberedRequest>> FindRequest(
      const model::RequestKey& key, absl::Time now) = 0;
  // Whether PruneDeleted has something to remove.
  virtual absl::StatusOr<bool> HasDeletedRows() = 0;
};

class ConnectionWriter : public ConnectionReader {
 public:
  // Stores a new connection with its carts and first settings, and its counter
  // row. ALREADY_EXISTS when the id is taken.
  virtual absl::Status InsertConnection(
      const model::Connection& connection,
      const model::StoredSettings& settings) = 0;
  // Replaces all of it but id, epoch and create_time. NOT_FOUND when missing.
  virtual absl::Status UpdateConnection(
      const model::Connection& connection) = 0;
  // Removes the connection with its token, settings and heads. Nothing finds
  // what other tables keep of it any more, and its id may be used anew; those
  // rows go with PruneDeleted. NOT_FOUND when missing.
  virtual absl::Status DeleteConnection(absl::string_view id) = 0;
  // Replaces the settings, and with `new_view` raises the view_generation.
  // NOT_FOUND when the connection is missing.
  virtual absl::Status UpdateSettings(absl::string_view connection,
                                      const model::StoredSettings& settings,
                                      bool new_view) = 0;
  // Appends to the history; the store gives the change its id. NOT_FOUND when
  // the connection is missing.
  virtual absl::Status AppendSettingsChange(
      absl::string_view connection, const model::SettingsChange& change) = 0;
  // Remembers an answer, in place of an older one of the same key. NOT_FOUND
  // when the connection is missing.
  virtual absl::Status RememberRequest(
      const model::RequestKey& key,
      const model::RememberedRequest& request) = 0;
  // Forgets requests that expired, and history older than `changes_before`;
  // at most `limit` rows each. Returns how many rows went.
  virtual absl::StatusOr<int64_t> PruneConnections(absl::Time now,
                                                   absl::Time changes_before,
                                                   int limit) = 0;

  // Removes rows of deleted connections, about `limit` of them, so that other
  // writers have their turn. Returns how many; 0 = none is left.
  virtual absl::StatusOr<int64_t> PruneDeleted(int limit) = 0;

  // Takes `count` numbers (at least one) from the connection's counter and
  // returns the first. Revisions and sequences grow in commit order, because
  // the counter's row is locked until the transaction ends; the first ever
  // is 1. NOT_FOUND for an unknown connection.
  virtual absl::StatusOr<int64_t> TakeRevisions(absl::string_view connection,
                                                int64_t count) = 0;
  virtual absl::StatusOr<int64_t> TakeSequences(absl::string_view connection,
                                                int64_t count) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_CONNECTION_TABLES_H_
