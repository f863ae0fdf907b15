// Reads of one connection whose absence is the caller's error.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_STORED_CONNECTION_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_STORED_CONNECTION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/connection.h"
#include "model/settings.h"
#include "storage/store.h"

namespace oms_connector::connections {

// CONNECTION_NOT_FOUND where there is none.
absl::StatusOr<model::Connection> FindConnection(storage::ReadTransaction& txn,
                                                 absl::string_view connection);
absl::StatusOr<model::StoredSettings> FindSettings(
    storage::ReadTransaction& txn, absl::string_view connection);

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_STORED_CONNECTION_H_
