// What a connection may look like. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_RULES_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_RULES_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"

namespace oms_connector::connections {

// An interval below this would only keep the server busy: the Order Manager's
// quota lets nobody read that often. The upper one stands for "never".
inline constexpr absl::Duration kShortestInterval = absl::Milliseconds(100);
inline constexpr absl::Duration kLongestInterval = absl::Hours(366 * 24);

// INVALID_REQUEST naming `connection_id` unless it is [a-z][a-z0-9-]{2,62}.
absl::Status CheckConnectionId(absl::string_view id);

// Checks names, intervals and carts; every fault is named by its field, e.g.
// "connection.carts[1].family_rule.order_number_pattern". The base URL is
// checked by model::CheckBaseUrl. `is_known_carrier` answers for
// carrier_candidates.
absl::Status CheckConnection(
    const model::Connection& connection,
    const std::function<bool(absl::string_view)>& is_known_carrier);

// Whether the levels of every view are the same under both lists of carts.
bool SameViews(const std::vector<model::Cart>& a,
               const std::vector<model::Cart>& b);

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_RULES_H_
