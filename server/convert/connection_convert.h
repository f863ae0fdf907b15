// Connections and carts on the wire, and back.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_CONNECTION_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_CONNECTION_CONVERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "domain/connections/connection_directory.h"
#include "domain/connections/connection_health.h"
#include "domain/connections/connection_tester.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connections.pb.h"
#include "oms_connector/v1/sync_runs.pb.h"
#include "server/convert/request_reader.h"

namespace oms_connector::server {

// Without the token, of which only the fingerprint is shown, and without
// health.
v1::Connection ToProto(const model::Connection& connection);

v1::PullStatus ToProto(const model::PullStatus& status);

v1::ConnectionHealth ToProto(const connections::ConnectionHealth& health);

v1::TestConnectionResponse ToProto(const connections::ConnectionTest& test);

// The fields that the message has. Violations name the field for numbers that
// an enum does not have and for times that are none; what else a connection
// must be is checked where it is created. Output-only fields are not read.
connections::ConnectionDraft ReadDraft(const v1::Connection& connection,
                                       RequestReader& read);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_CONNECTION_CONVERT_H_
