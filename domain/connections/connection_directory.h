// Creates, reads, changes and deletes connections.
//
// Access tokens come in as SecretString, are sealed at once, bound to the
// connection's epoch, and leave only through OpenToken.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_DIRECTORY_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_DIRECTORY_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/secret_box.h"
#include "base/secret_string.h"
#include "model/base_url_policy.h"
#include "model/connection.h"
#include "storage/store.h"

namespace oms_connector::connections {

// A connection as a caller describes it: absent means "not said".
struct ConnectionDraft {
  std::optional<std::string> display_name;
  std::optional<std::string> base_url;
  std::optional<std::string> path_prefix;
  std::optional<base::SecretString> access_token;
  std::optional<std::vector<model::Cart>> carts;
  std::optional<absl::Duration> inventory_interval;
  std::optional<absl::Duration> shipment_interval;
  std::optional<absl::Time> earliest_shipment_time;
};

using ConnectionCall = storage::ReplayableCall<model::Connection>;

struct ConnectionUpdate {
  std::string connection;
  ConnectionDraft sent;
  std::vector<std::string> mask;  // paths of the Connection message
  std::string etag;               // empty = whatever it is now
  ConnectionCall call;
};

// Thread-safe. Owns nothing that it is given.
class ConnectionDirectory {
 public:
  struct Options {
    model::BaseUrlPolicy base_url_policy;
    // Whether a cart may list this carrier.
    std::function<bool(absl::string_view)> is_known_carrier;
    // Tells pulls of a connection that has gone, or has another Order Manager,
    // to stop. Must not wait for them.
    std::function<void(absl::string_view)> stop_pulls;
  };

  ConnectionDirectory(Options options, storage::Store* store,
                      base::Clock* clock, base::IdGenerator* ids,
                      const base::SecretBox* secrets);

  // INVALID_REQUEST with every fault that Create, or Update, would find in
  // what is sent, whatever is stored.
  absl::Status CheckNew(absl::string_view connection_id,
                        const ConnectionDraft& draft) const;
  absl::Status CheckUpdate(const ConnectionUpdate& update) const;

  // INVALID_REQUEST as CheckNew, CONNECTION_EXISTS, REQUEST_ID_REUSED.
  absl::StatusOr<storage::Answer<model::Connection>> Create(
      const base::CallContext& context, const std::string& connection_id,
      const ConnectionDraft& draft, const ConnectionCall& call);
  // CONNECTION_NOT_FOUND.
  absl::StatusOr<model::Connection> Get(const base::CallContext& context,
                                        absl::string_view connection);
  // Up to `limit` that `visible` admits, ascending by id, from after `after`.
  absl::StatusOr<std::vector<model::Connection>> List(
      const base::CallContext& context, absl::string_view after, int limit,
      const std::function<bool(absl::string_view)>& visible);
  // A new base_url, which wants the token again, or the token of another
  // account makes the next pulls start from nothing; other carts make levels be
  // computed anew. INVALID_REQUEST, CONNECTION_NOT_FOUND, ETAG_MISMATCH,
  // REQUEST_ID_REUSED.
  absl::StatusOr<storage::Answer<model::Connection>> Update(
      const base::CallContext& context, const ConnectionUpdate& update);
  // Removes everything of it. CONNECTION_NOT_FOUND, ETAG_MISMATCH.
  absl::Status Delete(const base::CallContext& context,
                      absl::string_view connection, absl::string_view etag);

  // ACCESS_TOKEN_UNREADABLE.
  absl::StatusOr<base::SecretString> OpenToken(
      const model::Connection& connection) const;

 private:
  void SealToken(const base::SecretString& token,
                 model::Connection* connection) const;
  absl::Status CheckAndNormalise(model::Connection* connection) const;
  absl::Status CheckUrl(const model::OrderManagerAccount& account) const;
  absl::StatusOr<model::Connection> Merge(const ConnectionUpdate& update,
                                          model::Connection connection,
                                          absl::Time now,
                                          const std::string& new_etag) const;

  const Options options_;
  storage::Store* const store_;
  base::Clock* const clock_;
  base::IdGenerator* const ids_;
  const base::SecretBox* const secrets_;
};

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_DIRECTORY_H_
