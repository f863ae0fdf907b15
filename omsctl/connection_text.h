#ifndef OMS_CONNECTOR_OMSCTL_CONNECTION_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_CONNECTION_TEXT_H_

// Connections and their carts in words. Pure functions.

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connections.pb.h"

namespace oms_connector::omsctl {

// One connection: account, carts, intervals, how it is doing. Never its token.
std::string ConnectionText(const v1::Connection& connection, absl::Time now);

// One line each.
std::string ConnectionsText(const std::vector<v1::Connection>& connections,
                            absl::Time now);

// What the Order Manager answered: channels and warehouses, or the error.
std::string TestText(const v1::TestConnectionResponse& answer);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_CONNECTION_TEXT_H_
