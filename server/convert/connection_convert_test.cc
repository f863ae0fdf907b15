#include "server/convert/connection_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/errors.h"
#include "model/fields.h"

namespace oms_connector::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

model::Connection Acme() {
  model::Connection connection;
  connection.id = "acme";
  connection.display_name = "Acme";
  connection.order_manager = {"https://api.skubana.com", "/service",
                              "sealed-bytes", "", "f00d"};
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "Shopify";
  cart.sku_source = model::SkuSource::kListingSku;
  cart.warehouse_ids = {3, 5};
  cart.carrier_custom_field = "customField1";
  cart.carrier_candidates = {"UPS"};
  cart.family_rule = {model::FamilyRuleKind::kOrderNumberPrefix, "(a)", ""};
  cart.max_hold = absl::Hours(48);
  connection.carts = {cart};
  connection.create_time = absl::FromUnixSeconds(1700000000);
  connection.update_time = absl::FromUnixSeconds(1700000001);
  connection.earliest_shipment_time = absl::FromUnixSeconds(1600000000);
  connection.etag = "e1";
  return connection;
}

std::string FieldAtFault(const v1::Connection& proto) {
  RequestReader read;
  ReadDraft(proto, read);
  const auto details = model::DetailsOf(read.Violations());
  return details.has_value() ? details->violations[0].field : "";
}

TEST(ConnectionConvert, NeverShowsTheToken) {
  const v1::Connection proto = ToProto(Acme());
  EXPECT_FALSE(proto.order_manager().has_access_token());
  EXPECT_TRUE(proto.order_manager().access_token_set());
  EXPECT_EQ(proto.order_manager().access_token_fingerprint(), "f00d");
  EXPECT_THAT(proto.SerializeAsString(), Not(HasSubstr("sealed-bytes")));
}

TEST(ConnectionConvert, WhatIsShownCanBeSentBack) {
  RequestReader read;
  const connections::ConnectionDraft draft = ReadDraft(ToProto(Acme()), read);
  EXPECT_TRUE(read.Violations().ok());
  EXPECT_EQ(draft.display_name, "Acme");
  EXPECT_EQ(draft.base_url, "https://api.skubana.com");
  EXPECT_EQ(draft.path_prefix, "/service");
  EXPECT_EQ(draft.inventory_interval, Acme().inventory_interval);
  EXPECT_EQ(draft.shipment_interval, Acme().shipment_interval);
  EXPECT_EQ(draft.earliest_shipment_time, Acme().earliest_shipment_time);
  ASSERT_EQ(draft.carts->size(), 1u);
  EXPECT_TRUE(model::SameFields(draft.carts->front(), Acme().carts.front()));
}

TEST(ConnectionConvert, DraftHasOnlyWhatWasSent) {
  v1::Connection proto;
  proto.mutable_order_manager()->set_access_token("");
  RequestReader read;
  const connections::ConnectionDraft draft = ReadDraft(proto, read);
  ASSERT_TRUE(read.Violations().ok());
  EXPECT_FALSE(draft.base_url.has_value());
  EXPECT_FALSE(draft.carts.has_value());
  ASSERT_TRUE(draft.access_token.has_value());
  EXPECT_TRUE(draft.access_token->empty());
}

TEST(ConnectionConvert, CartsKeepTheirOrder) {
  v1::Connection proto;
  proto.add_carts()->set_id("b");
  proto.add_carts()->set_id("a");
  RequestReader read;
  const connections::ConnectionDraft draft = ReadDraft(proto, read);
  ASSERT_TRUE(read.Violations().ok());
  std::vector<std::string> ids;
  for (const model::Cart& cart : *draft.carts) ids.push_back(cart.cart_id);
  EXPECT_THAT(ids, ElementsAre("b", "a"));
}

TEST(ConnectionConvert, NamesTheFaultyField) {
  v1::Connection proto;
  proto.add_carts();
  proto.add_carts()->set_sku_source(static_cast<v1::Cart::SkuSource>(7));
  EXPECT_EQ(FieldAtFault(proto), "connection.carts[1].sku_source");
  proto.clear_carts();
  proto.add_carts()->mutable_family_rule()->set_kind(
      static_cast<v1::FamilyRule::Kind>(7));
  EXPECT_EQ(FieldAtFault(proto), "connection.carts[0].family_rule.kind");
  proto.clear_carts();
  proto.mutable_shipment_interval()->set_nanos(-2000000000);
  EXPECT_EQ(FieldAtFault(proto), "connection.shipment_interval");
}

}  // namespace
}  // namespace oms_connector::server
