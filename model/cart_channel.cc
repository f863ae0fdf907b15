#include "model/cart_channel.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/text_fold.h"
#include "model/errors.h"

namespace oms_connector::model {

absl::StatusOr<int64_t> MatchChannel(const Cart& cart,
                                     const std::vector<ChannelName>& channels) {
  const absl::string_view wanted = base::Trim(cart.sales_channel);
  const std::string wanted_key = base::FoldCase(wanted);
  std::vector<std::string> existing;
  std::vector<std::string> matching;
  int64_t match = 0;
  for (const ChannelName& channel : channels) {
    if (wanted == absl::StrCat(channel.id)) return channel.id;
    existing.push_back(absl::StrCat(channel.name, " (", channel.id, ")"));
    if (wanted.empty() ||
        base::FoldCase(base::Trim(channel.name)) != wanted_key) {
      continue;
    }
    matching.push_back(existing.back());
    match = channel.id;
  }
  if (matching.size() == 1) return match;
  if (matching.empty()) {
    return SalesChannelNotFound(cart.cart_id, cart.sales_channel, existing);
  }
  return SalesChannelAmbiguous(cart.cart_id, cart.sales_channel, matching);
}

bool NeedsChannel(const Cart& cart, const Settings& settings) {
  return settings.inventory_sync_mode == InventorySyncMode::kPerSalesChannel ||
         cart.sku_source == SkuSource::kListingSku;
}

std::optional<std::string> ReaderOfNumbers(
    int64_t channel_id, const std::vector<ChannelName>& channels,
    const std::vector<EarlierConnection>& earlier) {
  for (const EarlierConnection& other : earlier) {
    if (other.settings.inventory_sync_mode !=
        InventorySyncMode::kPerSalesChannel) {
      continue;
    }
    for (const Cart& cart : other.connection.carts) {
      const absl::StatusOr<int64_t> match = MatchChannel(cart, channels);
      if (match.ok() && *match == channel_id) return other.connection.id;
    }
  }
  return std::nullopt;
}

}  // namespace oms_connector::model
