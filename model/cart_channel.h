// Which sales channel of the Order Manager a cart means, and which connection
// is told its numbers where several read one account. Pure.
#ifndef OMS_CONNECTOR_MODEL_CART_CHANNEL_H_
#define OMS_CONNECTOR_MODEL_CART_CHANNEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "model/connection.h"
#include "model/settings.h"

namespace oms_connector::model {

// A sales channel as the Order Manager lists it.
struct ChannelName {
  int64_t id = 0;
  std::string name;
};

// The channel that the cart names, by its id or by its name without regard to
// case. SALES_CHANNEL_NOT_FOUND, SALES_CHANNEL_AMBIGUOUS.
absl::StatusOr<int64_t> MatchChannel(const Cart& cart,
                                     const std::vector<ChannelName>& channels);

// Whether the cart's levels depend on a sales channel.
bool NeedsChannel(const Cart& cart, const Settings& settings);

// A connection that was created before another one of the same account.
struct EarlierConnection {
  Connection connection;
  Settings settings;
};

// The connection, the first of `earlier`, that acknowledges the numbers of this
// channel: the Order Manager tells a difference once, so only one may ask.
// nullopt = none does. One that goes per warehouse asks for none.
std::optional<std::string> ReaderOfNumbers(
    int64_t channel_id, const std::vector<ChannelName>& channels,
    const std::vector<EarlierConnection>& earlier);

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_CART_CHANNEL_H_
