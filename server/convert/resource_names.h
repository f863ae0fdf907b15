// Resource names as they stand in requests and answers (AIP-122), and the
// checks of bare ids. Parsers take the exact form only: no leading slash, no
// other case, no leading zeros. What they refuse is INVALID_REQUEST naming
// `field`, the path of the text in the request.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_RESOURCE_NAMES_H_
#define OMS_CONNECTOR_SERVER_CONVERT_RESOURCE_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oms_connector::server {

// `connections/{connection}` ⇄ the connection's id.
std::string ConnectionName(absl::string_view connection);
absl::StatusOr<std::string> ParseConnectionName(absl::string_view field,
                                                absl::string_view name);

// `connections/{connection}/settings` ⇄ the connection's id.
std::string SettingsName(absl::string_view connection);
absl::StatusOr<std::string> ParseSettingsName(absl::string_view field,
                                              absl::string_view name);

// `connections/{connection}/shipments/{shipment_id}`.
struct ShipmentKey {
  std::string connection;
  int64_t shipment_id = 0;
};
std::string ShipmentName(absl::string_view connection, int64_t shipment_id);
absl::StatusOr<ShipmentKey> ParseShipmentName(absl::string_view field,
                                              absl::string_view name);

// `connections/{connection}/syncRuns/{run}`.
struct SyncRunKey {
  std::string connection;
  std::string run_id;
};
std::string SyncRunName(absl::string_view connection, absl::string_view run_id);
absl::StatusOr<SyncRunKey> ParseSyncRunName(absl::string_view field,
                                            absl::string_view name);

// The name of a consumer: `[a-z][a-z0-9-]{0,62}`.
absl::Status CheckConsumerName(absl::string_view field, absl::string_view name);

// A request id: empty, or a UUID. The field is `request_id`.
absl::Status CheckRequestId(absl::string_view request_id);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_RESOURCE_NAMES_H_
