#ifndef CONSUMER_CONSUMER_H_
#define CONSUMER_CONSUMER_H_

// A program as a caller outside of the repository writes it.

#include <string>

#include "absl/status/statusor.h"
#include "oms_connector/client/connector_client.h"

namespace consumer {

// "shop has 12 levels, 3 of them withheld", from the beginning of the feed.
inline absl::StatusOr<std::string> Describe(
    const oms_connector::client::ConnectorClient& client,
    const std::string& connection, const std::string& cart) {
  oms_connector::v1::SyncInventoryRequest request;
  request.set_connection(connection);
  request.set_cart(cart);
  int levels = 0;
  int withheld = 0;
  for (const auto& level : client.Levels(request)) {
    if (!level.ok()) return level.status();
    ++levels;
    if (!level->has_available()) ++withheld;
  }
  return cart + " has " + std::to_string(levels) + " levels, " +
         std::to_string(withheld) + " of them withheld";
}

}  // namespace consumer

#endif  // CONSUMER_CONSUMER_H_
