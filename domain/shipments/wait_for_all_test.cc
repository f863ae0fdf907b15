// Families and the setting Wait for All Records, from the Order Manager's rows
// to the events of the feed, over a real store.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using model::DeliveryState;
using model::EventKind;
using model::HoldReason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

MATCHER_P(IsShipped, shipment_id, "") {
  return arg.kind == EventKind::kShipped &&
         arg.shipment.shipment_id == shipment_id;
}

Order Member(int64_t id, const std::string& status,
             std::vector<int64_t> related = {}) {
  Order order = MakeOrder(id, status);
  order.related_order_ids = std::move(related);
  return order;
}

class WaitForAll : public ::testing::Test {
 protected:
  WaitForAll() { world_.Wait(); }

  // Orders 1 (shipped, parcel 11) and 2, which names 1 and is open.
  void PutHalfAFamily() {
    world_.Put(Member(1, "SHIPPED"));
    world_.Put(Member(2, "AWAITING_SHIPMENT", {1}));
    world_.Put(MakeShipment(11, 1, "1Z-A"));
  }

  // What is left to do of it.
  void PutTheOtherHalf() {
    world_.Put(Member(2, "SHIPPED", {1}));
    world_.Put(MakeShipment(21, 2, "1Z-B"));
  }

  ShipmentWorld world_;
};

// Rules 5, 6 and 7.
TEST_F(WaitForAll, HoldsUntilEveryMemberIsDoneAndSaysWhoBlocks) {
  PutHalfAFamily();
  const absl::Time start = world_.clock->Now();
  EXPECT_THAT(world_.Take(), IsEmpty());
  const model::Shipment held = world_.Find(11);
  EXPECT_EQ(held.delivery.state, DeliveryState::kHeld);
  EXPECT_EQ(held.delivery.hold_reason, HoldReason::kWaitingForFamily);
  ASSERT_THAT(held.delivery.blocking_orders, SizeIs(1));
  EXPECT_EQ(held.delivery.blocking_orders[0].order_id, 2);
  EXPECT_EQ(held.delivery.blocking_orders[0].order_number, "N-2");
  EXPECT_EQ(held.delivery.blocking_orders[0].status, "AWAITING_SHIPMENT");
  EXPECT_EQ(held.delivery.blocking_orders[0].since_time, start);
  EXPECT_THAT(held.family_order_ids, ElementsAre(1, 2))
      << "also against the direction of the link";

  world_.manual_clock.Advance(absl::Minutes(10));
  PutTheOtherHalf();
  const auto events = world_.Take();
  ASSERT_THAT(events, UnorderedElementsAre(IsShipped(11), IsShipped(21)));
  EXPECT_EQ(events[0].release_group, events[1].release_group);
  EXPECT_EQ(events[0].release_group_size, 2);
  EXPECT_EQ(world_.PollStored(0).held_orders, 0);
}

// Rule 6.
TEST_F(WaitForAll, ShippedWithoutATrackedParcelStillBlocks) {
  PutHalfAFamily();
  world_.Put(Member(2, "SHIPPED", {1}));
  EXPECT_THAT(world_.Take(), IsEmpty());
  Shipment untracked = MakeShipment(21, 2, "");
  untracked.created = world_.clock->Now();
  world_.Put(untracked);
  EXPECT_THAT(world_.Take(), IsEmpty());
  untracked.tracking_number = "1Z-B";
  world_.Put(untracked);
  EXPECT_THAT(world_.Take(), SizeIs(2));
}

// Rule 6.
TEST_F(WaitForAll, CancelledMemberDoesNotBlockAndItsParcelGoesToo) {
  PutHalfAFamily();
  world_.Put(MakeShipment(21, 2, "1Z-B"));
  world_.Put(Member(2, "CANCELLED", {1}));
  EXPECT_THAT(world_.Take(),
              UnorderedElementsAre(IsShipped(11), IsShipped(21)));
}

// Rule 6.
TEST_F(WaitForAll, EverythingElseBlocks) {
  for (const char* status :
       {"UNRESOLVED", "AWAITING_PAYMENT", "AWAITING_MC_FULFILLMENT",
        "AWAITING_3PL_EXPORT", "AWAITING_DROPSHIP", "PENDING_FULFILLMENT",
        "ON_HOLD", "SKU_UNPROCESSED", "FBA_INBOUND_SHIPMENT_PLAN", "NEW_ONE",
        ""}) {
    ShipmentWorld world;
    world.Wait();
    world.Put(Member(1, "SHIPPED"));
    world.Put(Member(2, status, {1}));
    world.Put(MakeShipment(11, 1, "1Z-A"));
    EXPECT_THAT(world.Take(), IsEmpty()) << status;
  }
}

// Rule 6.
TEST_F(WaitForAll, MemberThatCannotBeReadBlocks) {
  world_.Put(Member(1, "SHIPPED", {2}));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  const auto blocking = world_.Find(11).delivery.blocking_orders;
  ASSERT_THAT(blocking, SizeIs(1));
  EXPECT_EQ(blocking[0].order_id, 2);
  EXPECT_EQ(blocking[0].status, "");
  EXPECT_THAT(world_.TakeRequests(), Contains("order 2"));

  world_.Put(Member(2, "CANCELLED"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

// Rule 5: a family is found link by link, also through orders that the replica
// lacked.
TEST_F(WaitForAll, FamilyIsClosedOverOrdersReadById) {
  Order old = Member(2, "CANCELLED", {3});
  old.modified = world_.clock->Now() - absl::Hours(24 * 30);
  world_.Put(old);
  old = Member(3, "ON_HOLD");
  old.modified = world_.clock->Now() - absl::Hours(24 * 30);
  world_.Put(old);
  world_.Put(Member(1, "SHIPPED", {2}));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  const model::Shipment held = world_.Find(11);
  EXPECT_THAT(held.family_order_ids, ElementsAre(1, 2, 3));
  ASSERT_THAT(held.delivery.blocking_orders, SizeIs(1));
  EXPECT_EQ(held.delivery.blocking_orders[0].status, "ON_HOLD");
}

// Rule 5.
TEST_F(WaitForAll, FamiliesGrowAndMerge) {
  PutHalfAFamily();
  world_.Put(Member(3, "SHIPPED"));
  world_.Put(Member(4, "ON_HOLD", {3}));
  world_.Put(MakeShipment(31, 3, "1Z-C"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  // 2 is done but turns out to belong with 3 as well.
  world_.Put(Member(2, "CANCELLED", {1, 3}));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_THAT(world_.Find(11).family_order_ids, ElementsAre(1, 2, 3, 4));
  world_.Put(Member(4, "CANCELLED", {3}));
  EXPECT_THAT(world_.Take(), SizeIs(2));
}

// Rule 5.
TEST_F(WaitForAll, FamilyThatShrinksNoLongerWaits) {
  PutHalfAFamily();
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.Put(Member(2, "AWAITING_SHIPMENT"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

// Rule 5.
TEST_F(WaitForAll, CustomFieldAndNumberPrefixMakeFamiliesWithinACart) {
  for (const bool by_field : {true, false}) {
    ShipmentWorld world;
    world.Wait();
    world.Configure([&](model::Connection& connection) {
      model::FamilyRule& rule = connection.carts[0].family_rule;
      if (by_field) {
        rule.kind = model::FamilyRuleKind::kCustomField;
        rule.custom_field = "customField3";
      } else {
        rule.kind = model::FamilyRuleKind::kOrderNumberPrefix;
        rule.order_number_pattern = "^(\\w+)/";
      }
    });
    Order first = MakeOrder(1);
    first.order_number = "A1/1";
    first.custom_field3 = "A1";
    Order second = MakeOrder(2, "ON_HOLD");
    second.order_number = "A1/2";
    second.custom_field3 = "A1";
    Order alone = MakeOrder(3);
    alone.order_number = "3";
    world.Put(first);
    world.Put(second);
    world.Put(alone);
    world.Put(MakeShipment(11, 1, "1Z-A"));
    world.Put(MakeShipment(31, 3, "1Z-C"));
    EXPECT_THAT(world.Take(), ElementsAre(IsShipped(31)))
        << "a blank key is a family of one";
    second.order_status = "CANCELLED";
    second.modified = absl::InfinitePast();
    world.Put(second);
    EXPECT_THAT(world.Take(), ElementsAre(IsShipped(11)));
  }
}

// Rule 6.
// More than are ever read as one family: those that are not stand in its way.
TEST_F(WaitForAll, NothingGoesByHalfAFamilyOfTooMany) {
  constexpr int kOrders = 2'001;
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].family_rule.kind =
        model::FamilyRuleKind::kOrderNumberPrefix;
    connection.carts[0].family_rule.order_number_pattern = "^(N)-";
  });
  for (int64_t id = 1; id <= kOrders; ++id) {
    world_.Put(Member(id, id < kOrders ? "SHIPPED" : "AWAITING_SHIPMENT"));
    world_.Put(MakeShipment(10'000 + id, id, absl::StrCat("1Z-", id)));
  }
  EXPECT_THAT(world_.Take(), IsEmpty());
}

TEST_F(WaitForAll, AllCancelledIsNotRequiredAndHeldAgainWhenRestored) {
  world_.Put(Member(1, "CANCELLED", {2}));
  world_.Put(Member(2, "CANCELLED"));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kNotRequired);
  world_.Put(Member(2, "AWAITING_SHIPMENT"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(world_.Find(11).delivery.hold_reason,
            HoldReason::kWaitingForFamily);
}

// Rule 6.
TEST_F(WaitForAll, MemberThatJoinsAfterReleaseWaitsForTheUnreleasedOnly) {
  PutHalfAFamily();
  PutTheOtherHalf();
  EXPECT_THAT(world_.Take(), SizeIs(2));
  // A released order that is opened again blocks nobody; its parcels go.
  world_.Put(Member(1, "ON_HOLD"));
  world_.Put(MakeShipment(12, 1, "1Z-C"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(12)));

  world_.Put(Member(3, "SHIPPED", {2, 4}));
  world_.Put(Member(4, "AWAITING_SHIPMENT"));
  world_.Put(MakeShipment(31, 3, "1Z-D"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_THAT(world_.Find(31).delivery.blocking_orders, SizeIs(1));
  world_.Put(Member(4, "CANCELLED"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(31)));
}

// Rule 6.
TEST_F(WaitForAll, UntrackedParcelOfAReleasedOrderGoesAloneLater) {
  world_.Put(Member(1, "SHIPPED"));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  Shipment late = MakeShipment(12, 1, "");
  late.created = world_.clock->Now();
  world_.Put(late);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
  EXPECT_EQ(world_.Find(12).delivery.hold_reason,
            HoldReason::kNoTrackingNumber);
  late.tracking_number = "1Z-B";
  world_.Put(late);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(12)));
}

// Rule 6.
TEST_F(WaitForAll, MaxHoldReleasesWhatIsThereAndSaysSo) {
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].max_hold = absl::Hours(6);
  });
  PutHalfAFamily();
  world_.Put(MakeShipment(12, 1, ""));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(5));
  EXPECT_THAT(world_.PollStored(0).events, IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  const auto events = world_.PollStored(0).events;
  ASSERT_THAT(events, ElementsAre(IsShipped(11))) << "without a pull";
  EXPECT_THAT(events[0].shipment.delivery.outcome_reason,
              HasSubstr("max_hold"));
  EXPECT_THAT(events[0].shipment.delivery.outcome_reason, HasSubstr("N-2"));
  EXPECT_EQ(world_.Find(12).delivery.hold_reason,
            HoldReason::kNoTrackingNumber);
}

// Rule 6: what was held first may not be told any more.
TEST_F(WaitForAll, MaxHoldEndsByWhatTheFamilyHeldFirst) {
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].max_hold = absl::Hours(2);
  });
  Order second = Member(2, "AWAITING_SHIPMENT", {1});
  world_.Put(Member(1, "SHIPPED"));
  world_.Put(second);
  world_.Put(MakeShipment(21, 2, "1Z-B"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  second.suppress_channel_update = true;
  world_.Put(second);
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  EXPECT_THAT(world_.PollStored(0).events, ElementsAre(IsShipped(11)))
      << "without a pull";
}

// Rule 6: a family that spans carts.
TEST_F(WaitForAll, EachParcelGoesByTheMaxHoldOfItsOwnCart) {
  world_.PutChannel(8, "Other");
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].max_hold = absl::Hours(1);
    model::Cart other;
    other.cart_id = "other";
    other.sales_channel = "other";
    connection.carts.push_back(other);
  });
  Order second = Member(2, "SHIPPED", {1, 3});
  second.sales_channel_id = 8;
  world_.Put(Member(1, "SHIPPED"));
  world_.Put(second);
  world_.Put(Member(3, "ON_HOLD"));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  world_.Put(MakeShipment(21, 2, "1Z-B"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(2));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
  world_.Put(Member(3, "CANCELLED"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(21)));
}

// Rule 6.
TEST_F(WaitForAll, MembersAreReadAgainWhenTheMirrorIsOld) {
  world_.Put(Member(1, "SHIPPED"));
  world_.Put(Member(2, "CANCELLED", {1}));
  Shipment late = MakeShipment(11, 1, "");
  late.created = world_.clock->Now();
  world_.Put(late);
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  world_.TakeRequests();
  // 2 is restored without a sign in its modification time.
  Order restored = Member(2, "ON_HOLD", {1});
  restored.modified = world_.clock->Now() - absl::Hours(24 * 30);
  world_.Put(restored);
  late.tracking_number = "1Z-A";
  world_.Put(late);
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_THAT(world_.TakeRequests(), Contains("order 2"));
  EXPECT_THAT(world_.Find(11).delivery.blocking_orders, SizeIs(1));

  restored.order_status = "CANCELLED";
  restored.modified = absl::InfinitePast();
  world_.Put(restored);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

TEST_F(WaitForAll, FreshMembersAreNotReadAgain) {
  PutHalfAFamily();
  PutTheOtherHalf();
  EXPECT_THAT(world_.Take(), SizeIs(2));
  EXPECT_THAT(world_.TakeRequests(), Not(Contains("order 1")));
}

// api.md: WAIT→IMMEDIATE releases what was held, once; at the next poll and
// without a pull.
TEST_F(WaitForAll, SwitchingToImmediatelyReleasesWhatIsHeldOnce) {
  PutHalfAFamily();
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.TakeRequests();
  world_.Set([](model::Settings& settings) {
    settings.split_order_handling = model::SplitOrderHandling::kImmediatelySend;
  });
  EXPECT_THAT(world_.PollStored(0).events, ElementsAre(IsShipped(11)));
  EXPECT_THAT(world_.PollStored(0).events, SizeIs(1));
  EXPECT_THAT(world_.TakeRequests(), IsEmpty());
}

// api.md: IMMEDIATE→WAIT sends nothing twice.
TEST_F(WaitForAll, SwitchingBackSendsNothingTwice) {
  const auto immediately = [](model::Settings& settings) {
    settings.split_order_handling = model::SplitOrderHandling::kImmediatelySend;
  };
  world_.Set(immediately);
  PutHalfAFamily();
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
  world_.Wait();
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.Put(MakeShipment(12, 1, "1Z-C"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(12)))
      << "its order counts as released";
  PutTheOtherHalf();
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(21)));
  world_.Set(immediately);
  EXPECT_THAT(world_.Take(), IsEmpty());
}

// api.md: where a pull is due as well, it comes first.
TEST_F(WaitForAll, PullComesBeforeTheNewSetting) {
  PutHalfAFamily();
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.Set([](model::Settings& settings) {
    settings.split_order_handling = model::SplitOrderHandling::kImmediatelySend;
  });
  Shipment voided = MakeShipment(11, 1, "1Z-A");
  voided.delivery_status = "VOIDED";
  world_.Put(voided);
  PollRequest request;
  request.max_staleness = absl::ZeroDuration();
  const auto page = world_.Poll(request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->events, IsEmpty());
}

// A change that bears no date, or a list that shifted while it was read.
TEST_F(WaitForAll, MemberThatBlocksIsReadAgainByIdAtEachPull) {
  PutHalfAFamily();
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  Order quiet = Member(2, "CANCELLED", {1});
  quiet.modified = world_.clock->Now() - absl::Hours(24);
  world_.Put(quiet);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
  world_.TakeRequests();
  world_.manual_clock.Advance(absl::Hours(1));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_THAT(world_.TakeRequests(), Not(Contains("order 2")))
      << "it blocks nobody any more";
}

// Merged into another: it is not there, when asked for twice.
TEST_F(WaitForAll, MemberThatIsGoneCountsAsCancelledOnceItWasAskedForTwice) {
  PutHalfAFamily();
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.fake->Mutate([](auto& world) { world.orders.erase(2); });
  world_.manual_clock.Advance(absl::Hours(1));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

// What was never read may be anything.
TEST_F(WaitForAll, MemberThatWasNeverThereBlocks) {
  world_.Put(Member(1, "SHIPPED", {2}));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(world_.Take(), IsEmpty());
    world_.manual_clock.Advance(absl::Hours(1));
  }
}

}  // namespace
}  // namespace oms_connector::shipments
