#include "model/cart_channel.h"

#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::model {
namespace {

const std::vector<ChannelName>& Channels() {
  static const auto& channels = *new std::vector<ChannelName>{
      {5, "Shop"}, {6, "Market"}, {7, "market "}, {8, "5"}};
  return channels;
}

Cart CartOf(const std::string& channel) {
  Cart cart;
  cart.cart_id = "c";
  cart.sales_channel = channel;
  return cart;
}

EarlierConnection Earlier(const std::string& id, InventorySyncMode mode,
                          const std::string& channel) {
  EarlierConnection earlier;
  earlier.connection.id = id;
  earlier.connection.carts = {CartOf(channel)};
  earlier.settings.inventory_sync_mode = mode;
  return earlier;
}

TEST(CartChannel, IsNamedByIdOrByNameWithoutRegardToCase) {
  struct Case {
    std::string wanted;
    int64_t id;  // 0 = none
    std::string reason;
  };
  for (const Case& c : std::vector<Case>{
           {"shop", 5, ""},
           {" SHOP ", 5, ""},
           {"6", 6, ""},
           {"5", 5, ""},  // an id goes before a name
           {"sho", 0, "SALES_CHANNEL_NOT_FOUND"},
           {"", 0, "SALES_CHANNEL_NOT_FOUND"},
           {"market", 0, "SALES_CHANNEL_AMBIGUOUS"},
       }) {
    const absl::StatusOr<int64_t> match =
        MatchChannel(CartOf(c.wanted), Channels());
    EXPECT_EQ(match.value_or(0), c.id) << c.wanted;
    if (c.id == 0) {
      EXPECT_EQ(ReasonOf(match.status()), c.reason) << c.wanted;
    }
  }
}

// The connection that was made first is told a channel's numbers.
TEST(CartChannel, ItsNumbersGoToTheFirstConnectionPerChannel) {
  const auto per_channel = InventorySyncMode::kPerSalesChannel;
  const auto per_warehouse = InventorySyncMode::kPerWarehouse;
  struct Case {
    std::vector<EarlierConnection> earlier;
    std::optional<std::string> reader;
  };
  for (const Case& c : std::vector<Case>{
           {{}, std::nullopt},
           {{Earlier("a", per_channel, "shop")}, "a"},
           {{Earlier("a", per_channel, "5")}, "a"},
           {{Earlier("a", per_channel, "6")}, std::nullopt},
           {{Earlier("a", per_channel, "nowhere")}, std::nullopt},
           {{Earlier("a", per_warehouse, "shop")}, std::nullopt},
           {{Earlier("a", per_warehouse, "shop"),
             Earlier("b", per_channel, "shop"),
             Earlier("c", per_channel, "shop")},
            "b"},
       }) {
    EXPECT_EQ(ReaderOfNumbers(5, Channels(), c.earlier), c.reader);
  }
}

}  // namespace
}  // namespace oms_connector::model
