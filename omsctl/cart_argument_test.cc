#include "omsctl/cart_argument.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "omsctl/usage_error.h"

namespace oms_connector::omsctl {
namespace {

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
