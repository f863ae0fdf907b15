// Reads and changes the settings of a connection, and keeps who changed what.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_SETTINGS_EDITOR_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_SETTINGS_EDITOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/call_context.h"
#include "base/id_generator.h"
#include "base/snapshot_cache.h"
#include "model/settings.h"
#include "storage/store.h"

namespace oms_connector::connections {

struct SettingsUpdate {
  std::string connection;
  model::PartialSettings sent;
  std::vector<std::string> mask;  // as model/settings_merge.h
  std::string etag;               // empty = whatever it is now
  bool validate_only = false;
  std::string principal;
  storage::ReplayableCall<model::StoredSettings> call;
};

// Thread-safe. Owns nothing that it is given.
class SettingsEditor {
 public:
  SettingsEditor(storage::Store* store, base::IdGenerator* ids);

  // CONNECTION_NOT_FOUND, or the store's errors; so do all methods.
  absl::StatusOr<model::StoredSettings> Get(const base::CallContext& context,
                                            const std::string& connection);

  // The settings after the change. One that changes nothing leaves the etag
  // and the history as they were; with `validate_only` nothing is stored.
  // INVALID_REQUEST for a bad mask, ETAG_MISMATCH for a stale etag,
  // REQUEST_ID_REUSED.
  absl::StatusOr<storage::Answer<model::StoredSettings>> Update(
      const base::CallContext& context, const SettingsUpdate& update);

  // Up to `limit` changes, newest first, older than the change `before` (0 =
  // from the newest).
  absl::StatusOr<std::vector<model::SettingsChange>> ListChanges(
      const base::CallContext& context, absl::string_view connection,
      int64_t before, int limit);

 private:
  storage::Store* const store_;
  base::IdGenerator* const ids_;
  base::SnapshotCache<model::StoredSettings> kept_;
};

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_SETTINGS_EDITOR_H_
