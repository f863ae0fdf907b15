#include "domain/shipments/order_family.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::SizeIs;

FamilyOrder Related(int64_t id, std::vector<int64_t> related) {
  FamilyOrder order;
  order.order_id = id;
  order.related_order_ids = std::move(related);
  order.cart_id = "web";
  return order;
}

FamilyOrder Keyed(int64_t id, std::string cart_id, std::string key) {
  FamilyOrder order;
  order.order_id = id;
  order.by_related_ids = false;
  order.cart_id = std::move(cart_id);
  order.key = std::move(key);
  return order;
}

model::FamilyRule PrefixRule(std::string pattern) {
  model::FamilyRule rule;
  rule.kind = model::FamilyRuleKind::kOrderNumberPrefix;
  rule.order_number_pattern = std::move(pattern);
  return rule;
}

model::FamilyRule CustomFieldRule(std::string field) {
  model::FamilyRule rule;
  rule.kind = model::FamilyRuleKind::kCustomField;
  rule.custom_field = std::move(field);
  return rule;
}

model::Order NumberedOrder(std::string order_number) {
  model::Order order;
  order.order_id = 1;
  order.order_number = std::move(order_number);
  return order;
}

TEST(OrderFamilies, FollowsRelatedIdsInBothDirections) {
  const OrderFamilies families(
      {Related(1, {2}), Related(2, {}), Related(3, {2}), Related(4, {})});
  for (const int64_t id : {1, 2, 3}) {
    EXPECT_THAT(*families.FamilyOf(id), ElementsAre(1, 2, 3)) << id;
  }
  EXPECT_THAT(*families.FamilyOf(4), ElementsAre(4));
}

TEST(OrderFamilies, IsTransitive) {
  const OrderFamilies families(
      {Related(5, {4}), Related(1, {2}), Related(2, {3}), Related(3, {4})});
  EXPECT_THAT(*families.FamilyOf(5), ElementsAre(1, 2, 3, 4, 5));
}

TEST(OrderFamilies, CountsOrdersThatAreNotAtHand) {
  const OrderFamilies families({Related(1, {9}), Related(2, {9})});
  EXPECT_THAT(*families.FamilyOf(1), ElementsAre(1, 2, 9));
  EXPECT_THAT(*families.FamilyOf(9), ElementsAre(1, 2, 9));
}

TEST(OrderFamilies, UnknownOrderIsAloneWithItself) {
  EXPECT_THAT(*OrderFamilies({}).FamilyOf(7), ElementsAre(7));
}

TEST(OrderFamilies, CyclesSelfReferencesAndRepeatsDoNoHarm) {
  const OrderFamilies families({Related(1, {1, 2, 2}), Related(2, {3}),
                                Related(3, {1}), Related(1, {4})});
  EXPECT_THAT(*families.FamilyOf(1), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(*families.FamilyOf(4), ElementsAre(1, 2, 3, 4));
}

TEST(OrderFamilies, NumbersThatAreNoIdsJoinNobody) {
  const OrderFamilies families({Related(1, {0, -1}), Related(2, {0, -1})});
  EXPECT_THAT(*families.FamilyOf(1), ElementsAre(1));
  EXPECT_THAT(*families.FamilyOf(2), ElementsAre(2));
}

TEST(OrderFamilies, KeysWorkWithinOneCart) {
  const OrderFamilies families({Keyed(1, "web", "A"), Keyed(2, "web", "A"),
                                Keyed(3, "web", "B"), Keyed(4, "shop", "A")});
  EXPECT_THAT(*families.FamilyOf(1), ElementsAre(1, 2));
  EXPECT_THAT(*families.FamilyOf(2), ElementsAre(1, 2));
  EXPECT_THAT(*families.FamilyOf(3), ElementsAre(3));
  EXPECT_THAT(*families.FamilyOf(4), ElementsAre(4));
}

TEST(OrderFamilies, BlankKeyIsAFamilyOfOne) {
  const OrderFamilies families({Keyed(1, "web", ""), Keyed(2, "web", ""),
                                Keyed(3, "web", " \t"), Keyed(4, "web", " ")});
  for (const int64_t id : {1, 2, 3, 4}) {
    EXPECT_THAT(*families.FamilyOf(id), ElementsAre(id));
  }
}

TEST(OrderFamilies, EachOrderGoesByTheRuleOfItsOwnCart) {
  FamilyOrder keyed = Keyed(2, "shop", "K");
  keyed.related_order_ids = {1};
  const OrderFamilies families({Related(1, {}), keyed, Keyed(3, "shop", "K")});
  // The cart that goes by ids waits for the other cart's order, which itself
  // waits for those of its key only.
  EXPECT_THAT(*families.FamilyOf(1), ElementsAre(1, 2));
  EXPECT_THAT(*families.FamilyOf(2), ElementsAre(2, 3));
  EXPECT_THAT(*families.FamilyOf(3), ElementsAre(2, 3));
}

TEST(OrderFamilies, FiveHundredOrdersInAChain) {
  std::vector<FamilyOrder> orders;
  std::vector<int64_t> ids;
  for (int64_t id = 1; id <= 500; ++id) {
    ids.push_back(id);
    orders.push_back(Related(
        id, id < 500 ? std::vector<int64_t>{id + 1} : std::vector<int64_t>{}));
  }
  const OrderFamilies families(orders);
  EXPECT_THAT(*families.FamilyOf(1), ElementsAreArray(ids));
  EXPECT_THAT(*families.FamilyOf(500), ElementsAreArray(ids));
}

// The same as following links until nothing new is found.
TEST(OrderFamilies, AgreesWithASearchOnRandomLinks) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::uniform_int_distribution<int64_t> id(1, 40);
    std::vector<FamilyOrder> orders;
    std::map<int64_t, std::set<int64_t>> links;
    for (int64_t order = 1; order <= 30; ++order) {
      orders.push_back(Related(order, {}));
      if (id(random) % 2 == 0) continue;
      const int64_t other = id(random);
      orders.back().related_order_ids.push_back(other);
      links[order].insert(other);
      links[other].insert(order);
    }
    const OrderFamilies families(orders);
    for (int64_t order = 1; order <= 40; ++order) {
      std::set<int64_t> found = {order};
      std::vector<int64_t> open = {order};
      while (!open.empty()) {
        const int64_t next = open.back();
        open.pop_back();
        for (const int64_t link : links[next]) {
          if (found.insert(link).second) open.push_back(link);
        }
      }
      EXPECT_THAT(*families.FamilyOf(order), ElementsAreArray(found));
    }
  }
}

TEST(FamilyKey, PrefixIsTheFirstGroup) {
  struct Case {
    const char* pattern;
    const char* order_number;
    const char* key;
  };
  const Case cases[] = {
      {"^(\\d+)-\\d+$", "1001-2", "1001"},
      {"^(\\d+)-\\d+$", "1001", ""},
      {"^([^-]+)", "1001-2", "1001"},
      {"^(\\w+?)(-\\d+)?$", "SO1001", "SO1001"},
      {"-(\\d+)/", "SO-1001/2", "1001"},
      {"^(\\s*)x", "  x", ""},
      {"^(a)?b", "b", ""},
      {"(.*)", "", ""},
  };
  for (const Case& c : cases) {
    absl::StatusOr<FamilyKey> key = FamilyKey::Compile(PrefixRule(c.pattern));
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->KeyOf(NumberedOrder(c.order_number)), c.key)
        << c.pattern << " " << c.order_number;
  }
}

TEST(FamilyKey, CustomFieldIsTrimmed) {
  absl::StatusOr<FamilyKey> key =
      FamilyKey::Compile(CustomFieldRule("customField2"));
  ASSERT_TRUE(key.ok()) << key.status();
  model::Order order;
  order.custom_fields = {"x", "  F-77 ", "y"};
  EXPECT_EQ(key->KeyOf(order), "F-77");
  order.custom_fields[1] = " ";
  EXPECT_EQ(key->KeyOf(order), "");
}

TEST(FamilyKey, ReadsWhatFamiliesAreMadeOf) {
  model::Order order = NumberedOrder("1001-2");
  order.related_order_ids = {7, 8};
  absl::StatusOr<FamilyKey> by_ids = FamilyKey::Compile({});
  absl::StatusOr<FamilyKey> by_prefix =
      FamilyKey::Compile(PrefixRule("^(\\d+)"));
  ASSERT_TRUE(by_ids.ok() && by_prefix.ok());

  const FamilyOrder related = by_ids->Read(order, "web");
  EXPECT_TRUE(related.by_related_ids);
  EXPECT_EQ(related.key, "");
  EXPECT_THAT(related.related_order_ids, ElementsAre(7, 8));

  const FamilyOrder keyed = by_prefix->Read(order, "web");
  EXPECT_FALSE(keyed.by_related_ids);
  EXPECT_EQ(keyed.order_id, 1);
  EXPECT_EQ(keyed.cart_id, "web");
  EXPECT_EQ(keyed.key, "1001");
  EXPECT_THAT(keyed.related_order_ids, SizeIs(2));
}

TEST(FamilyKey, RefusesRulesThatCannotWork) {
  struct Case {
    model::FamilyRule rule;
    const char* message;
  };
  const Case cases[] = {
      {PrefixRule("^\\d+"), "order_number_pattern"},
      {PrefixRule(""), "order_number_pattern"},
      {PrefixRule("(\\d+"), "order_number_pattern"},
      {PrefixRule("(?=x)(y)"), "order_number_pattern"},
      {CustomFieldRule(""), "custom_field"},
      {CustomFieldRule("customField4"), "custom_field"},
  };
  for (const Case& c : cases) {
    const absl::Status status = FamilyKey::Compile(c.rule).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.ToString(), HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace oms_connector::shipments
