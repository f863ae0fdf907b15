#include "domain/shipments/cart_directory.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

model::Connection WithCarts(
    const std::vector<std::pair<std::string, std::string>>& carts) {
  model::Connection connection;
  connection.id = "acme";
  for (const auto& [id, channel] : carts) {
    model::Cart cart;
    cart.cart_id = id;
    cart.sales_channel = channel;
    connection.carts.push_back(cart);
  }
  return connection;
}

model::ReferenceNames Names() {
  return {{{0, 7, "Straße"}, {0, 8, "Other"}, {0, 9, "other"}},
          {{0, 3, "East"}},
          {{5, 55, "Ground"}},
          {}};
}

std::string CartOf(const CartDirectory& directory, int64_t channel) {
  const model::Cart* cart = directory.CartOfChannel(channel);
  return cart == nullptr ? "" : cart->cart_id;
}

TEST(CartDirectory, ChannelIsNamedByIdOrNameWithoutRegardToCase) {
  const CartDirectory directory(
      WithCarts({{"a", " STRASSE "}, {"b", "other"}, {"c", "12"}}), Names());
  EXPECT_EQ(CartOf(directory, 7), "a");
  EXPECT_EQ(CartOf(directory, 8), "b");
  EXPECT_EQ(CartOf(directory, 9), "b") << "each channel of that name";
  EXPECT_EQ(CartOf(directory, 12), "c") << "an id needs no name";
  EXPECT_EQ(CartOf(directory, 13), "");
  EXPECT_EQ(CartOf(directory, 0), "") << "an order that tells no channel";
}

TEST(CartDirectory, CartWhoseChannelIsMissingIsFound) {
  const CartDirectory directory(
      WithCarts({{"a", "Shop"}, {"b", "8"}, {"c", ""}}), Names());
  // One that names no channel misses none.
  const std::vector<model::CartError> errors = directory.CartErrors();
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].cart_id, "a");
  EXPECT_EQ(model::ReasonOf(errors[0].status), "SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(std::string(errors[0].status.message()), HasSubstr("Straße"));
}

TEST(CartDirectory, CartWhoseChannelIsOneOfSeveralIsFound) {
  const CartDirectory directory(WithCarts({{"a", "OTHER"}}), Names());
  EXPECT_EQ(model::ReasonOf(directory.CartErrors().at(0).status),
            "SALES_CHANNEL_AMBIGUOUS");
}

TEST(CartDirectory, WhileNoChannelWasReadNoneIsMissed) {
  const model::Connection connection = WithCarts({{"a", "Shop"}});
  model::ReferenceNames names;
  EXPECT_THAT(CartDirectory(connection, names).CartErrors(), IsEmpty());
  names.channels_read = true;  // the Order Manager has none
  EXPECT_THAT(CartDirectory(connection, names).CartErrors(), SizeIs(1));
}

TEST(CartDirectory, FilesAnOrderUnderItsCartAndFamilyKey) {
  model::Connection connection = WithCarts({{"a", "7"}});
  connection.carts[0].family_rule.kind = model::FamilyRuleKind::kCustomField;
  connection.carts[0].family_rule.custom_field = "customField1";
  const CartDirectory directory(connection, Names());
  model::StoredOrder order;
  order.order.order_id = 1;
  order.order.sales_channel_id = 7;
  order.order.custom_fields[0] = " K ";
  directory.File(order);
  EXPECT_EQ(order.cart_id, "a");
  EXPECT_EQ(order.family_key, "K");
  EXPECT_FALSE(directory.FamilyOrderOf(order).by_related_ids);

  order.order.sales_channel_id = 8;
  directory.File(order);
  EXPECT_EQ(order.cart_id, "");
  EXPECT_EQ(order.family_key, "");
  EXPECT_TRUE(directory.FamilyOrderOf(order).by_related_ids);
}

// A rule that cannot be compiled never gets here through the API.
TEST(CartDirectory, RuleThatDoesNotCompileIsRelatedIds) {
  model::Connection connection = WithCarts({{"a", "7"}});
  connection.carts[0].family_rule.kind =
      model::FamilyRuleKind::kOrderNumberPrefix;
  connection.carts[0].family_rule.order_number_pattern = "(";
  const CartDirectory directory(connection, Names());
  model::StoredOrder order;
  order.order.sales_channel_id = 7;
  directory.File(order);
  EXPECT_EQ(order.family_key, "");
  EXPECT_TRUE(directory.FamilyOrderOf(order).by_related_ids);
}

TEST(CartDirectory, KnowsWarehousesAndServices) {
  const CartDirectory directory(WithCarts({}), Names());
  EXPECT_EQ(directory.WarehouseName(3), "East");
  EXPECT_EQ(directory.WarehouseName(4), "");
  EXPECT_EQ(directory.ServiceName(5, 55), "Ground");
  EXPECT_EQ(directory.ServiceName(6, 55), "");
  EXPECT_EQ(directory.FindCart("gone"), nullptr);
  EXPECT_THAT(directory.CartErrors(), IsEmpty());
}

}  // namespace
}  // namespace oms_connector::shipments
