#include "domain/connections/connection_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::connections {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::Cart GoodCart(const std::string& id, const std::string& channel) {
  model::Cart cart;
  cart.cart_id = id;
  cart.sales_channel = channel;
  return cart;
}

model::Connection GoodConnection() {
  model::Connection connection;
  connection.id = "acme";
  connection.carts = {GoodCart("shop", "Shopify"), GoodCart("joor", "12")};
  return connection;
}

std::vector<std::string> FieldsAtFault(const model::Connection& connection) {
  const absl::Status status = CheckConnection(
      connection, [](absl::string_view name) { return name == "UPS"; });
  std::vector<std::string> fields;
  const auto details = model::DetailsOf(status);
  if (!details.has_value()) return fields;
  for (const auto& violation : details->violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(CheckConnectionId, FollowsThePattern) {
  for (const char* id : {"acme", "a-1", "abc-def-9"}) {
    EXPECT_TRUE(CheckConnectionId(id).ok()) << id;
  }
  for (const std::string& id :
       {std::string("ab"), std::string(""), std::string("1ab"),
        std::string("Acme"), std::string("a_b"), std::string("a/b"),
        std::string(64, 'a'), std::string("ab\0c", 4)}) {
    EXPECT_FALSE(CheckConnectionId(id).ok()) << id;
  }
  EXPECT_TRUE(CheckConnectionId(std::string(63, 'a')).ok());
}

TEST(CheckConnection, AcceptsAGoodOne) {
  EXPECT_THAT(FieldsAtFault(GoodConnection()), IsEmpty());
  model::Connection bare = GoodConnection();
  bare.carts.clear();
  EXPECT_THAT(FieldsAtFault(bare), IsEmpty());
}

TEST(CheckConnection, RefusesTwoCartsOfOneSalesChannel) {
  model::Connection connection = GoodConnection();
  connection.carts[1].sales_channel = " SHOPIFY ";
  EXPECT_THAT(FieldsAtFault(connection),
              ElementsAre("connection.carts[1].sales_channel"));
}

TEST(CheckConnection, CartsNeedNoSalesChannel) {
  model::Connection connection = GoodConnection();
  for (model::Cart& cart : connection.carts) cart.sales_channel = "";
  EXPECT_THAT(FieldsAtFault(connection), IsEmpty());
}

TEST(CheckConnection, RefusesTwoCartsOfOneId) {
  model::Connection connection = GoodConnection();
  connection.carts[1].cart_id = "shop";
  EXPECT_THAT(FieldsAtFault(connection), ElementsAre("connection.carts[1].id"));
}

TEST(CheckConnection, NamesEveryFaultyFieldOfACart) {
  model::Connection connection = GoodConnection();
  model::Cart& cart = connection.carts[0];
  cart.cart_id = "Shop";
  cart.sales_channel = "  ";
  cart.warehouse_ids = {3, 3};
  cart.carrier_custom_field = "customField4";
  cart.carrier_candidates = {"UPS", "PIGEON"};
  cart.family_rule.kind = model::FamilyRuleKind::kCustomField;
  cart.max_hold = absl::ZeroDuration();
  EXPECT_THAT(
      FieldsAtFault(connection),
      ElementsAre("connection.carts[0].id", "connection.carts[0].sales_channel",
                  "connection.carts[0].warehouse_ids",
                  "connection.carts[0].carrier_custom_field",
                  "connection.carts[0].carrier_candidates",
                  "connection.carts[0].family_rule.custom_field",
                  "connection.carts[0].max_hold"));
}

TEST(CheckConnection, PatternMustCompileAndHaveAGroup) {
  model::Connection connection = GoodConnection();
  model::FamilyRule& rule = connection.carts[0].family_rule;
  rule.kind = model::FamilyRuleKind::kOrderNumberPrefix;
  for (const char* bad : {"", "(", "^\\d+$", "(?=x)(y)"}) {
    rule.order_number_pattern = bad;
    EXPECT_THAT(
        FieldsAtFault(connection),
        ElementsAre("connection.carts[0].family_rule.order_number_pattern"))
        << bad;
  }
  rule.order_number_pattern = "^(\\d+)-\\d+$";
  EXPECT_THAT(FieldsAtFault(connection), IsEmpty());
}

TEST(CheckConnection, BoundsIntervals) {
  model::Connection connection = GoodConnection();
  connection.inventory_interval = absl::ZeroDuration();
  connection.shipment_interval = absl::Hours(24 * 367);
  EXPECT_THAT(FieldsAtFault(connection),
              ElementsAre("connection.inventory_interval",
                          "connection.shipment_interval"));
  connection.inventory_interval = absl::Milliseconds(100);
  connection.shipment_interval = absl::Hours(24 * 366);
  EXPECT_THAT(FieldsAtFault(connection), IsEmpty());
}

TEST(SameViews, LooksOnlyAtWhatLevelsDependOn) {
  std::vector<model::Cart> a = GoodConnection().carts;
  std::vector<model::Cart> b = a;
  b[0].display_name = "Shop";
  b[0].max_hold = absl::Hours(1);
  std::swap(b[0], b[1]);
  EXPECT_TRUE(SameViews(a, b));
  b[0].sku_source = model::SkuSource::kListingSku;
  EXPECT_FALSE(SameViews(a, b));
  b = a;
  b[1].warehouse_ids = {1};
  EXPECT_FALSE(SameViews(a, b));
  b = a;
  b.pop_back();
  EXPECT_FALSE(SameViews(a, b));
}

}  // namespace
}  // namespace oms_connector::connections
