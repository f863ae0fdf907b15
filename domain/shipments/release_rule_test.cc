#include "domain/shipments/release_rule.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

using model::BlockingOrder;
using model::HoldReason;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kImmediately = model::SplitOrderHandling::kImmediatelySend;
constexpr auto kWait = model::SplitOrderHandling::kWaitForAllRecords;
constexpr auto kRelease = ReleaseAction::kRelease;
constexpr auto kHold = ReleaseAction::kHold;
constexpr auto kNotRequired = ReleaseAction::kNotRequired;
constexpr auto kNeverShown = ReleaseAction::kNeverShown;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

MemberShipment Tracked(int64_t id) {
  MemberShipment shipment;
  shipment.shipment_id = id;
  shipment.has_tracking_number = true;
  return shipment;
}

MemberShipment Untracked(int64_t id) {
  MemberShipment shipment;
  shipment.shipment_id = id;
  return shipment;
}

MemberShipment Voided(MemberShipment shipment) {
  shipment.voided = true;
  return shipment;
}

MemberShipment Return(MemberShipment shipment) {
  shipment.is_return = true;
  return shipment;
}

MemberShipment HandedOut(MemberShipment shipment) {
  shipment.delivered = true;
  return shipment;
}

MemberShipment HeldFor(absl::Duration duration, MemberShipment shipment) {
  shipment.hold_time = kNow - duration;
  return shipment;
}

FamilyMember Member(int64_t id, std::string status,
                    std::vector<MemberShipment> shipments) {
  FamilyMember member;
  member.order_id = id;
  member.order_number = std::to_string(1000 + id);
  member.status = std::move(status);
  member.since_time = kNow - absl::Hours(id);
  member.cart_id = "web";
  member.shipments = std::move(shipments);
  return member;
}

FamilyMember Unreadable(FamilyMember member) {
  member.readable = false;
  return member;
}

FamilyMember Released(FamilyMember member) {
  member.released = true;
  return member;
}

FamilyMember WithMaxHold(absl::Duration max_hold, FamilyMember member) {
  member.max_hold = max_hold;
  return member;
}

std::vector<ShipmentDecision> Decisions(const std::vector<FamilyMember>& family,
                                        model::SplitOrderHandling handling) {
  return DecideRelease(family, handling, kNow).shipments;
}

auto Is(int64_t shipment_id, ReleaseAction action,
        HoldReason reason = HoldReason::kNone) {
  return AllOf(Field(&ShipmentDecision::shipment_id, shipment_id),
               Field(&ShipmentDecision::action, action),
               Field(&ShipmentDecision::hold_reason, reason));
}

auto Waits(int64_t shipment_id) {
  return Is(shipment_id, kHold, HoldReason::kWaitingForFamily);
}

auto HasNoNumber(int64_t shipment_id) {
  return Is(shipment_id, kHold, HoldReason::kNoTrackingNumber);
}

// Rules 2 to 4: what concerns a shipment by itself.

TEST(ReleaseRule, ImmediatelySendSendsWhatHasATrackingNumber) {
  EXPECT_THAT(Decisions({Member(1, "AWAITING_SHIPMENT", {Tracked(10)}),
                         Member(2, "ON_HOLD", {Tracked(20), Untracked(21)})},
                        kImmediately),
              ElementsAre(Is(10, kRelease), Is(20, kRelease), HasNoNumber(21)));
}

TEST(ReleaseRule, VoidedAndReturnsAreNeverShown) {
  for (const auto handling : {kImmediately, kWait}) {
    EXPECT_THAT(Decisions({Member(1, "SHIPPED",
                                  {Voided(Tracked(10)), Return(Tracked(11)),
                                   Voided(Untracked(12)), Tracked(13)})},
                          handling),
                ElementsAre(Is(10, kNeverShown), Is(11, kNeverShown),
                            Is(12, kNeverShown), Is(13, kRelease)));
  }
}

TEST(ReleaseRule, NoTrackingNumberHolds) {
  for (const auto handling : {kImmediately, kWait}) {
    EXPECT_THAT(Decisions({Member(1, "SHIPPED", {Untracked(10)})}, handling),
                ElementsAre(HasNoNumber(10)));
  }
}

TEST(ReleaseRule, UnreadableOrderHolds) {
  for (const auto handling : {kImmediately, kWait}) {
    EXPECT_THAT(
        Decisions({Unreadable(Member(1, "", {Tracked(10), Untracked(11)}))},
                  handling),
        ElementsAre(Is(10, kHold, HoldReason::kOrderUnreadable),
                    HasNoNumber(11)));
  }
}

TEST(ReleaseRule, ExternalAndSuppressedOrdersAreNotTold) {
  FamilyMember external = Member(1, "SHIPPED", {Tracked(10), Untracked(11)});
  external.external = true;
  FamilyMember suppressed = Member(2, "SHIPPED", {Tracked(20)});
  suppressed.suppress_channel_update = true;
  const FamilyMember outside =
      Member(3, "PROCESSED_OUTSIDE_OF_SKUBANA", {Tracked(30)});
  for (const auto handling : {kImmediately, kWait}) {
    EXPECT_THAT(Decisions({external, suppressed, outside}, handling),
                ElementsAre(Is(10, kNotRequired), Is(11, kNotRequired),
                            Is(20, kNotRequired), Is(30, kNotRequired)));
  }
  const auto says = [](const char* reason) {
    return Field(&ShipmentDecision::outcome_reason, HasSubstr(reason));
  };
  EXPECT_THAT(Decisions({external, suppressed, outside}, kImmediately),
              ElementsAre(says("external"), says("external"),
                          says("suppressChannelUpdate"), says("outside")));
  // The flag taken away, it goes.
  external.external = false;
  EXPECT_THAT(Decisions({external}, kWait),
              ElementsAre(Is(10, kRelease), HasNoNumber(11)));
}

TEST(ReleaseRule, VoidedShipmentOfAnExternalOrderIsNotShownEither) {
  FamilyMember external = Member(1, "SHIPPED", {Voided(Tracked(10))});
  external.external = true;
  EXPECT_THAT(Decisions({external}, kImmediately),
              ElementsAre(Is(10, kNeverShown)));
}

// Rule 6: Wait for All Records.

struct StandingCase {
  const char* name;
  std::vector<FamilyMember> family;
  FamilyState state;
  std::vector<int64_t> blocking;
};

TEST(ReleaseRule, FamilyStandsWhereItsMembersStand) {
  const FamilyMember shipped = Member(1, "SHIPPED", {Tracked(10)});
  const std::vector<StandingCase> cases = {
      {"shipped with a parcel", {shipped}, FamilyState::kComplete, {}},
      {"status in another case",
       {Member(1, " shipped", {Tracked(10)})},
       FamilyState::kComplete,
       {}},
      {"all shipped",
       {shipped, Member(2, "SHIPPED", {Tracked(20)})},
       FamilyState::kComplete,
       {}},
      {"a cancelled member",
       {shipped, Member(2, "CANCELLED", {})},
       FamilyState::kComplete,
       {}},
      {"a member processed outside",
       {shipped, Member(2, "PROCESSED_OUTSIDE_OF_SKUBANA", {})},
       FamilyState::kComplete,
       {}},
      {"shipped without any shipment",
       {shipped, Member(2, "SHIPPED", {})},
       FamilyState::kWaiting,
       {2}},
      {"shipped without a tracking number",
       {shipped, Member(2, "SHIPPED", {Untracked(20)})},
       FamilyState::kWaiting,
       {2}},
      {"shipped with a voided label only",
       {shipped, Member(2, "SHIPPED", {Voided(Tracked(20))})},
       FamilyState::kWaiting,
       {2}},
      {"shipped with a return only",
       {shipped, Member(2, "SHIPPED", {Return(Tracked(20))})},
       FamilyState::kWaiting,
       {2}},
      {"a parcel of an order that is not shipped",
       {Member(1, "PENDING_FULFILLMENT", {Tracked(10)})},
       FamilyState::kWaiting,
       {1}},
      {"unreadable",
       {shipped, Unreadable(Member(2, "SHIPPED", {Tracked(20)}))},
       FamilyState::kWaiting,
       {2}},
      {"never read", {shipped, Member(2, "", {})}, FamilyState::kWaiting, {2}},
      {"blocking orders come by id",
       {Member(3, "ON_HOLD", {}), shipped, Member(2, "ON_HOLD", {})},
       FamilyState::kWaiting,
       {2, 3}},
      {"all cancelled",
       {Member(1, "CANCELLED", {Tracked(10)}), Member(2, "CANCELLED", {})},
       FamilyState::kNothingToSend,
       {}},
      {"all processed outside, no parcel",
       {Member(1, "PROCESSED_OUTSIDE_OF_SKUBANA", {}),
        Member(2, "CANCELLED", {})},
       FamilyState::kNothingToSend,
       {}},
      {"a released member is not waited for",
       {Released(Member(1, "ON_HOLD", {})),
        Member(2, "SHIPPED", {Tracked(20)})},
       FamilyState::kComplete,
       {}},
      {"one parcel released by hand does not release its order",
       {Member(1, "ON_HOLD", {HandedOut(Tracked(10)), Tracked(11)}),
        Member(2, "CANCELLED", {})},
       FamilyState::kWaiting,
       {1}},
  };
  for (const StandingCase& c : cases) {
    const FamilyStatus status = StatusOf(c.family);
    EXPECT_EQ(status.state, c.state) << c.name;
    std::vector<int64_t> blocking;
    for (const BlockingOrder& order : status.blocking_orders) {
      blocking.push_back(order.order_id);
    }
    EXPECT_EQ(blocking, c.blocking) << c.name;
  }
}

TEST(ReleaseRule, EveryOtherStatusBlocks) {
  for (const char* status :
       {"UNRESOLVED", "AWAITING_PAYMENT", "AWAITING_SHIPMENT",
        "AWAITING_MC_FULFILLMENT", "AWAITING_3PL_EXPORT", "AWAITING_DROPSHIP",
        "PENDING_FULFILLMENT", "ON_HOLD", "SKU_UNPROCESSED",
        "FBA_INBOUND_SHIPMENT_PLAN", "SOMETHING_NEW", "SHIPPED_PARTLY"}) {
    const FamilyDecision decision = DecideRelease(
        {Member(1, "SHIPPED", {Tracked(10)}), Member(2, status, {Tracked(20)})},
        kWait, kNow);
    EXPECT_THAT(decision.shipments, ElementsAre(Waits(10), Waits(20)));
    ASSERT_THAT(decision.status.blocking_orders, SizeIs(1));
    const BlockingOrder& blocking = decision.status.blocking_orders[0];
    EXPECT_EQ(blocking.order_id, 2);
    EXPECT_EQ(blocking.order_number, "1002");
    EXPECT_EQ(blocking.status, status);
    EXPECT_EQ(blocking.since_time, kNow - absl::Hours(2));
  }
}

TEST(ReleaseRule, UnreadableMemberBlocksWithoutAStatus) {
  const FamilyDecision decision =
      DecideRelease({Member(1, "SHIPPED", {Tracked(10)}),
                     Unreadable(Member(2, "SHIPPED", {Tracked(20)}))},
                    kWait, kNow);
  EXPECT_THAT(
      decision.shipments,
      ElementsAre(Waits(10), Is(20, kHold, HoldReason::kOrderUnreadable)));
  ASSERT_THAT(decision.status.blocking_orders, SizeIs(1));
  EXPECT_EQ(decision.status.blocking_orders[0].status, "");
}

TEST(ReleaseRule, CompleteFamilyGoesTogetherCancelledMembersParcelsToo) {
  EXPECT_THAT(Decisions({Member(1, "SHIPPED", {Tracked(10), Tracked(11)}),
                         Member(2, "CANCELLED", {Tracked(20)}),
                         Member(3, "SHIPPED", {Tracked(30)})},
                        kWait),
              ElementsAre(Is(10, kRelease), Is(11, kRelease), Is(20, kRelease),
                          Is(30, kRelease)));
}

TEST(ReleaseRule, OneWithoutANumberStaysAndGoesAloneLater) {
  FamilyMember member = Member(1, "SHIPPED", {Tracked(10), Untracked(11)});
  EXPECT_THAT(Decisions({member}, kWait),
              ElementsAre(Is(10, kRelease), HasNoNumber(11)));
  member.released = true;
  member.shipments = {HandedOut(Tracked(10)), Tracked(11)};
  EXPECT_THAT(Decisions({member, Member(2, "ON_HOLD", {})}, kWait),
              ElementsAre(Is(11, kRelease)));
}

TEST(ReleaseRule, UntrackedParcelOfACancelledMemberStaysHeldAfterTheRelease) {
  const FamilyMember cancelled = Member(2, "CANCELLED", {Untracked(20)});
  EXPECT_THAT(
      Decisions({Member(1, "SHIPPED", {Tracked(10)}), cancelled}, kWait),
      ElementsAre(Is(10, kRelease), HasNoNumber(20)));
  EXPECT_THAT(
      Decisions(
          {Released(Member(1, "SHIPPED", {HandedOut(Tracked(10))})), cancelled},
          kWait),
      ElementsAre(HasNoNumber(20)));
}

TEST(ReleaseRule, AllCancelledHasNothingToSendUntilOneIsRestored) {
  const FamilyMember cancelled =
      Member(1, "CANCELLED", {Tracked(10), Untracked(11)});
  EXPECT_THAT(Decisions({cancelled, Member(2, "CANCELLED", {})}, kWait),
              ElementsAre(Is(10, kNotRequired), Is(11, kNotRequired)));
  EXPECT_THAT(Decisions({cancelled}, kWait)[0].outcome_reason,
              HasSubstr("cancelled"));
  EXPECT_THAT(Decisions({cancelled, Member(2, "AWAITING_SHIPMENT", {})}, kWait),
              ElementsAre(Waits(10), HasNoNumber(11)));
  // Immediately Send never waited for anybody.
  EXPECT_THAT(Decisions({cancelled}, kImmediately),
              ElementsAre(Is(10, kRelease), HasNoNumber(11)));
}

TEST(ReleaseRule, MemberThatJoinsLaterWaitsForUnreleasedMembersOnly) {
  const FamilyMember gone =
      Released(Member(1, "SHIPPED", {HandedOut(Tracked(10))}));
  const FamilyMember joined = Member(2, "SHIPPED", {Tracked(20)});
  EXPECT_THAT(Decisions({gone, joined}, kWait), ElementsAre(Is(20, kRelease)));
  EXPECT_THAT(Decisions({gone, joined, Member(3, "ON_HOLD", {})}, kWait),
              ElementsAre(Waits(20)));
}

TEST(ReleaseRule, LaterParcelsOfAReleasedOrderGoAtOnce) {
  EXPECT_THAT(
      Decisions({Released(Member(1, "AWAITING_SHIPMENT", {Tracked(10)})),
                 Member(2, "ON_HOLD", {Tracked(20)})},
                kWait),
      ElementsAre(Is(10, kRelease), Waits(20)));
}

TEST(ReleaseRule, MembersOfAnotherRuleAreWaitedForButDecidedElsewhere) {
  FamilyMember other = Member(2, "AWAITING_SHIPMENT", {Tracked(20)});
  other.decided_here = false;
  const FamilyMember shipped = Member(1, "SHIPPED", {Tracked(10)});
  EXPECT_THAT(Decisions({shipped, other}, kWait), ElementsAre(Waits(10)));
  other.status = "SHIPPED";
  EXPECT_THAT(Decisions({shipped, other}, kWait),
              ElementsAre(Is(10, kRelease)));
}

// Rule 6: max_hold.

TEST(ReleaseRule, MaxHoldReleasesWhatIsThereAndSaysSo) {
  const std::vector<FamilyMember> family = {
      WithMaxHold(absl::Hours(48),
                  Member(1, "SHIPPED",
                         {HeldFor(absl::Hours(48), Tracked(10)),
                          HeldFor(absl::Hours(48), Untracked(11))})),
      WithMaxHold(absl::Hours(48),
                  Member(2, "AWAITING_SHIPMENT",
                         {HeldFor(absl::Hours(1), Tracked(20)), Tracked(21)})),
      WithMaxHold(absl::Hours(48), Unreadable(Member(3, "", {Tracked(30)}))),
  };
  const std::vector<ShipmentDecision> shipments = Decisions(family, kWait);
  EXPECT_THAT(shipments,
              ElementsAre(Is(10, kRelease), HasNoNumber(11), Is(20, kRelease),
                          Is(21, kRelease), Is(30, kRelease)));
  for (const ShipmentDecision& decision : shipments) {
    if (decision.action == kHold) {
      EXPECT_EQ(decision.outcome_reason, "");
    } else {
      EXPECT_EQ(decision.outcome_reason,
                "held for the cart's max_hold of 48h; not waited for 1002 "
                "(AWAITING_SHIPMENT), 1003 (unreadable)");
    }
  }
}

TEST(ReleaseRule, MaxHoldIsExactAndUnsetIsForEver) {
  const FamilyMember blocking = Member(2, "ON_HOLD", {});
  const FamilyMember member = Member(
      1, "SHIPPED", {HeldFor(absl::Hours(48) - absl::Seconds(1), Tracked(10))});
  EXPECT_THAT(
      Decisions({WithMaxHold(absl::Hours(48), member), blocking}, kWait),
      ElementsAre(Waits(10)));
  const FamilyMember old =
      Member(1, "SHIPPED", {HeldFor(absl::Hours(100000), Tracked(10))});
  EXPECT_THAT(Decisions({old, blocking}, kWait), ElementsAre(Waits(10)));
  const FamilyMember fresh = Member(1, "SHIPPED", {Tracked(10)});
  EXPECT_THAT(
      Decisions({WithMaxHold(absl::ZeroDuration(), fresh), blocking}, kWait),
      ElementsAre(Is(10, kRelease)));
}

TEST(ReleaseRule, AHoldEndsByWhatTheFamilyHeldFirst) {
  const auto end_of = [](const std::vector<FamilyMember>& family) {
    return DecideRelease(family, kWait, kNow).hold_end;
  };
  const FamilyMember member =
      WithMaxHold(absl::Hours(9),
                  Member(1, "SHIPPED", {HeldFor(absl::Hours(1), Tracked(10))}));
  FamilyMember untold =
      Member(2, "ON_HOLD", {HeldFor(absl::Hours(3), Tracked(20))});
  untold.suppress_channel_update = true;
  EXPECT_EQ(end_of({member, untold}), kNow + absl::Hours(6));
  EXPECT_EQ(end_of({member, Member(2, "SHIPPED", {Tracked(2)})}), std::nullopt);
  // Nothing goes without a number.
  const FamilyMember numberless =
      WithMaxHold(absl::Hours(9), Member(1, "SHIPPED", {Untracked(11)}));
  EXPECT_EQ(end_of({numberless, untold}), std::nullopt);
}

TEST(ReleaseRule, EachParcelGoesByTheMaxHoldOfItsOwnCart) {
  FamilyMember patient =
      Member(2, "SHIPPED", {HeldFor(absl::Hours(10), Tracked(20))});
  patient.cart_id = "shop";
  const FamilyMember blocking = Member(3, "ON_HOLD", {});
  const FamilyMember member =
      Member(1, "SHIPPED", {HeldFor(absl::Hours(3), Tracked(10))});
  EXPECT_THAT(
      Decisions({WithMaxHold(absl::Hours(2), member), patient, blocking},
                kWait),
      ElementsAre(Is(10, kRelease), Waits(20)));
  // The other cart's longer hold does not count here.
  EXPECT_THAT(
      Decisions({WithMaxHold(absl::Hours(5), member), patient, blocking},
                kWait),
      ElementsAre(Waits(10), Waits(20)));
}

TEST(ReleaseRule, HandedOutAndVoidedParcelsDoNotCountForMaxHold) {
  const FamilyMember member = WithMaxHold(
      absl::Hours(2),
      Member(1, "SHIPPED",
             {Voided(HeldFor(absl::Hours(9), Tracked(10))), Tracked(11)}));
  const FamilyMember gone = WithMaxHold(
      absl::Hours(2),
      Member(2, "SHIPPED", {HandedOut(HeldFor(absl::Hours(9), Tracked(20)))}));
  EXPECT_THAT(Decisions({member, gone, Member(3, "ON_HOLD", {})}, kWait),
              ElementsAre(Is(10, kNeverShown), Waits(11)));
}

TEST(ReleaseRule, MaxHoldReleasesUnreadableOrdersUnderImmediatelySendToo) {
  const std::vector<ShipmentDecision> shipments = Decisions(
      {WithMaxHold(
           absl::Hours(2),
           Unreadable(Member(1, "", {HeldFor(absl::Hours(2), Tracked(10))}))),
       Member(2, "ON_HOLD", {})},
      kImmediately);
  EXPECT_THAT(shipments, ElementsAre(Is(10, kRelease)));
  EXPECT_EQ(shipments[0].outcome_reason,
            "held for the cart's max_hold of 2h; not waited for 1001 "
            "(unreadable)");
}

TEST(ReleaseRule, OrdinaryReleasesGiveNoReason) {
  for (const auto handling : {kImmediately, kWait}) {
    EXPECT_THAT(Decisions({Member(1, "SHIPPED", {Tracked(10)})}, handling),
                ElementsAre(Field(&ShipmentDecision::outcome_reason, "")));
  }
}

TEST(ReleaseRule, ForcedReleaseNamesTheFirstFewOrders) {
  EXPECT_EQ(ForcedReleaseReason("released by hand", {}), "released by hand");
  std::vector<BlockingOrder> orders(8);
  for (int i = 0; i < 8; ++i) {
    orders[i].order_id = i + 1;
    orders[i].status = "ON_HOLD";
  }
  const std::string reason = ForcedReleaseReason("released by hand", orders);
  EXPECT_THAT(reason, HasSubstr("order id 1 (ON_HOLD), order id 2 (ON_HOLD)"));
  EXPECT_THAT(reason, HasSubstr("order id 5 (ON_HOLD) and 3 more"));
}

TEST(ReleaseRule, EmptyFamilyDecidesNothing) {
  EXPECT_THAT(Decisions({}, kWait), IsEmpty());
}

}  // namespace
}  // namespace oms_connector::shipments
