#include "omsctl/connection_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kTen = 1'786'960'800;  // 2026-08-17T10:00:00Z

v1::Connection Acme() {
  v1::Connection connection;
  connection.set_name("connections/acme");
  connection.set_display_name("Acme Inc.");
  v1::OrderManagerAccount& account = *connection.mutable_order_manager();
  account.set_base_url("https://api.skubana.com");
  account.set_path_prefix("/service");
  account.set_access_token_set(true);
  account.set_access_token_fingerprint("5f3a");
  v1::Cart& cart = *connection.add_carts();
  cart.set_id("shop");
  cart.set_sales_channel("Northwind Shop");
  cart.set_sku_source(v1::Cart::SKU_SOURCE_LISTING_SKU);
  cart.add_warehouse_ids(1);
  cart.add_warehouse_ids(3);
  cart.mutable_max_hold()->set_seconds(72 * 3600);
  connection.mutable_inventory_interval()->set_seconds(900);
  connection.mutable_shipment_interval()->set_seconds(300);
  v1::ConnectionHealth& health = *connection.mutable_health();
  health.mutable_inventory()->mutable_last_success_time()->set_seconds(kTen);
  health.set_held_orders(2);
  health.mutable_oldest_hold()->set_seconds(7200);
  health.set_unconfirmed_shipments(1);
  connection.set_etag("e1");
  return connection;
}

const absl::Time kNow = absl::FromUnixSeconds(kTen + 120);

TEST(ConnectionText, ShowsAccountHealthAndCarts) {
  EXPECT_EQ(
      ConnectionText(Acme(), kNow),
      "connection:   acme\n"
      "name:         Acme Inc.\n"
      "base URL:     https://api.skubana.com/service\n"
      "token:        stored, fingerprint 5f3a\n"
      "pulls:        inventory every 15 min, shipments every 5 min\n"
      "inventory:    fresh as of 2026-08-17 10:00:00Z (2 min ago)\n"
      "shipments:    never pulled yet\n"
      "held:         2 orders, the oldest for 2 h\n"
      "unconfirmed:  1 shipment\n"
      "etag:         e1\n"
      "CART  SALES CHANNEL   SKU      WAREHOUSES  FAMILY       MAX HOLD\n"
      "shop  Northwind Shop  listing  1, 3        related ids    3 days\n");
}

TEST(ConnectionText, NeverShowsAToken) {
  v1::Connection connection = Acme();
  connection.mutable_order_manager()->set_access_token("s3cret");
  EXPECT_THAT(ConnectionText(connection, kNow), Not(HasSubstr("s3cret")));
  EXPECT_THAT(ConnectionsText({connection}, kNow), Not(HasSubstr("s3cret")));
}

TEST(ConnectionText, PointsOutASuspectedGap) {
  v1::Connection connection = Acme();
  connection.mutable_health()->set_delta_gap_suspected(true);
  EXPECT_THAT(ConnectionText(connection, kNow), HasSubstr("attention:"));
}

TEST(ConnectionText, NamesTheFamilyRule) {
  v1::Connection connection = Acme();
  v1::FamilyRule& rule = *connection.mutable_carts(0)->mutable_family_rule();
  rule.set_kind(v1::FamilyRule::KIND_ORDER_NUMBER_PREFIX);
  rule.set_order_number_pattern(R"(^(\d+)-)");
  EXPECT_THAT(ConnectionText(connection, kNow),
              HasSubstr(R"(order number ^(\d+)-)"));
  rule.set_kind(v1::FamilyRule::KIND_CUSTOM_FIELD);
  rule.set_custom_field("customField2");
  EXPECT_THAT(ConnectionText(connection, kNow),
              HasSubstr("field customField2"));
}

TEST(ConnectionsText, ShowsOneLineEach) {
  v1::Connection connection = Acme();
  connection.mutable_health()->mutable_shipments()->mutable_last_error();
  EXPECT_EQ(ConnectionsText({connection}, kNow),
            "CONNECTION  NAME       BASE URL                 CARTS  INVENTORY  "
            "SHIPMENTS       HELD  UNCONFIRMED\n"
            "acme        Acme Inc.  https://api.skubana.com  shop   2 min ago  "
            "never, failing     2            1\n");
}

TEST(TestText, ListsWhatTheAccountHas) {
  v1::TestConnectionResponse answer;
  answer.mutable_latency()->set_nanos(40'000'000);
  v1::SalesChannel& channel = *answer.add_sales_channels();
  channel.set_id(7);
  channel.set_name("Northwind Shop");
  channel.set_active(false);
  v1::Warehouse& warehouse = *answer.add_warehouses();
  warehouse.set_id(1);
  warehouse.set_name("Reno");
  EXPECT_EQ(TestText(answer),
            "The Order Manager answered in 40 ms.\n"
            "SALES CHANNEL   ID  ACTIVE\n"
            "Northwind Shop   7  no\n"
            "WAREHOUSE  ID\n"
            "Reno        1\n");
}

TEST(TestText, SaysWhichCartsAreLeftOut) {
  v1::TestConnectionResponse answer;
  v1::CartError& error = *answer.add_cart_errors();
  error.set_cart("shop");
  error.mutable_status()->set_code(9);
  error.mutable_status()->set_message("there is no such channel");
  EXPECT_THAT(TestText(answer),
              ::testing::HasSubstr("Cart shop is left out: FAILED_PRECONDITION "
                                   "there is no such channel\n"));
}

TEST(ConnectionText, SaysWhatNeedsAttention) {
  v1::Connection connection;
  connection.set_name("connections/acme");
  connection.add_carts()->set_id("shop");
  connection.add_carts()->set_id("amazon");
  v1::ConnectionHealth& health = *connection.mutable_health();
  health.mutable_inventory()->mutable_last_success_time()->set_seconds(1);
  v1::CartError& error = *health.add_cart_errors();
  error.set_cart("amazon");
  error.mutable_status()->set_code(9);
  error.mutable_status()->set_message("there is no such channel");
  health.set_levels_without_number(12);
  health.mutable_clock_difference()->set_seconds(-7200);
  const std::string text =
      ConnectionText(connection, absl::FromUnixSeconds(100));
  EXPECT_THAT(text, ::testing::HasSubstr(
                        "cart amazon is left out: FAILED_PRECONDITION"));
  EXPECT_THAT(text, ::testing::HasSubstr("12 levels without a quantity"));
  EXPECT_THAT(text, ::testing::HasSubstr("2 h behind of the server's"));
  EXPECT_THAT(ConnectionsText({connection}, absl::FromUnixSeconds(100)),
              ::testing::HasSubstr("shop, amazon (left out)"));
}

TEST(TestText, SaysWhyItFailed) {
  v1::TestConnectionResponse answer;
  answer.mutable_error()->set_code(9);
  answer.mutable_error()->set_message("the token is refused");
  EXPECT_EQ(TestText(answer),
            "The Order Manager could not be used: FAILED_PRECONDITION the "
            "token is refused\n");
}

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CartArgument, ReadsEveryKey) {
  const auto cart = ParseCart(
      "id=shop,channel=Northwind Shop,sku=listing,warehouses=1;2,"
      "custom-field=customField1,carriers=PUROLATOR;INTELCOM,"
      "family=field:customField2,max-hold=48h,name=The shop");
  ASSERT_TRUE(cart.ok()) << cart.status();
  EXPECT_EQ(cart->id(), "shop");
  EXPECT_EQ(cart->sales_channel(), "Northwind Shop");
  EXPECT_EQ(cart->sku_source(), v1::Cart::SKU_SOURCE_LISTING_SKU);
  EXPECT_THAT(cart->warehouse_ids(), ElementsAre(1, 2));
  EXPECT_EQ(cart->carrier_custom_field(), "customField1");
  EXPECT_THAT(cart->carrier_candidates(), ElementsAre("PUROLATOR", "INTELCOM"));
  EXPECT_EQ(cart->family_rule().kind(), v1::FamilyRule::KIND_CUSTOM_FIELD);
  EXPECT_EQ(cart->family_rule().custom_field(), "customField2");
  EXPECT_EQ(cart->max_hold().seconds(), 48 * 3600);
  EXPECT_EQ(cart->display_name(), "The shop");
}

TEST(CartArgument, WhatIsNotSaidIsLeftToTheServer) {
  const auto cart = ParseCart("id=shop");
  ASSERT_TRUE(cart.ok());
  EXPECT_EQ(cart->sku_source(), v1::Cart::SKU_SOURCE_UNSPECIFIED);
  EXPECT_FALSE(cart->has_family_rule());
  EXPECT_FALSE(cart->has_max_hold());
}

TEST(CartArgument, ReadsFamilyRules) {
  const auto related = ParseCart("id=a,family=related");
  ASSERT_TRUE(related.ok());
  EXPECT_EQ(related->family_rule().kind(), v1::FamilyRule::KIND_RELATED_IDS);
  const auto prefix = ParseCart(R"(id=a,family=prefix:^(\d+)=\d+$)");
  ASSERT_TRUE(prefix.ok());
  EXPECT_EQ(prefix->family_rule().kind(),
            v1::FamilyRule::KIND_ORDER_NUMBER_PREFIX);
  EXPECT_EQ(prefix->family_rule().order_number_pattern(), R"(^(\d+)=\d+$)");
}

TEST(CartArgument, RefusesWhatItDoesNotUnderstand) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"", "a cart has no \"\""},
      {"channel=7", "a cart needs an id"},
      {"id=a,colour=red", "a cart has no \"colour\""},
      {"id=a,id=b", "\"id\" is given twice"},
      {"id=a,sku=upc", "sku is master or listing"},
      {"id=a,warehouses=Reno", "warehouses are ids like 1;2"},
      {"id=a,warehouses=1;", "warehouses are ids like 1;2"},
      {"id=a,family=cousins", "family is related, prefix:PATTERN"},
      {"id=a,max-hold=long", "is no span of time"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseCart(c.text).status();
    EXPECT_TRUE(IsUsageError(status)) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.want)) << c.text;
  }
}

}  // namespace
}  // namespace oms_connector::omsctl
