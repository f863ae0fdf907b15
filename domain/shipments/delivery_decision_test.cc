#include "domain/shipments/delivery_decision.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

using model::DeliveryState;
using model::EventKind;
using model::HoldReason;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

struct Case {
  const char* name;
  DeliveredShipment shipment;
  std::optional<EventKind> due;
};

// last_kind, voided, has_tracking_number, cart_is_not_told, inputs_changed,
// differs_from_reported. Rules 2, 3, 4 and 8.
const Case kCases[] = {
    {"nothing new",
     {EventKind::kShipped, false, true, false, false, false},
     std::nullopt},
    {"another tracking number",
     {EventKind::kShipped, false, true, false, true, true},
     EventKind::kCorrected},
    {"corrected once more",
     {EventKind::kCorrected, false, true, false, true, true},
     EventKind::kCorrected},
    {"other inputs, same result",
     {EventKind::kShipped, false, true, false, true, false},
     std::nullopt},
    {"same inputs, other result: a setting has changed",
     {EventKind::kShipped, false, true, false, false, true},
     std::nullopt},
    {"tracking number taken away",
     {EventKind::kShipped, false, false, false, true, true},
     std::nullopt},
    {"voided",
     {EventKind::kShipped, true, true, false, false, false},
     EventKind::kVoided},
    {"voided after a correction",
     {EventKind::kCorrected, true, true, false, false, false},
     EventKind::kVoided},
    {"voided without a tracking number",
     {EventKind::kShipped, true, false, false, true, true},
     EventKind::kVoided},
    {"still voided",
     {EventKind::kVoided, true, true, false, true, true},
     std::nullopt},
    {"void taken back",
     {EventKind::kVoided, false, true, false, false, false},
     EventKind::kShipped},
    {"void taken back with another number",
     {EventKind::kVoided, false, true, false, true, true},
     EventKind::kShipped},
    {"void taken back without a number",
     {EventKind::kVoided, false, false, false, true, true},
     std::nullopt},
    {"corrected while suppressed",
     {EventKind::kShipped, false, true, true, true, true},
     std::nullopt},
    {"voided while suppressed",
     {EventKind::kShipped, true, true, true, false, false},
     std::nullopt},
    {"void taken back while suppressed",
     {EventKind::kVoided, false, true, true, false, false},
     std::nullopt},
};

TEST(DeliveryDecision, TellsWhatTheCartDoesNotKnowYet) {
  for (const Case& c : kCases) {
    EXPECT_EQ(EventDue(c.shipment), c.due) << c.name;
  }
}

ShipmentDecision Hold(HoldReason reason) {
  ShipmentDecision decision;
  decision.action = ReleaseAction::kHold;
  decision.hold_reason = reason;
  return decision;
}

// Rule 7.
TEST(DeliveryDecision, NamesWhoBlocksWhileItWaitsForTheFamily) {
  const model::Delivery held =
      DeliveryAfter({}, Hold(HoldReason::kWaitingForFamily),
                    {{7, "N-7", "ON_HOLD", kNow}}, kNow);
  EXPECT_EQ(held.state, DeliveryState::kHeld);
  EXPECT_EQ(held.hold_reason, HoldReason::kWaitingForFamily);
  EXPECT_EQ(held.hold_time, kNow);
  EXPECT_THAT(held.blocking_orders, SizeIs(1));

  const model::Delivery untracked =
      DeliveryAfter(held, Hold(HoldReason::kNoTrackingNumber),
                    {{7, "N-7", "ON_HOLD", kNow}}, kNow + absl::Hours(1));
  EXPECT_EQ(untracked.hold_time, kNow) << "counted from when it was first held";
  EXPECT_THAT(untracked.blocking_orders, IsEmpty());
}

// Rule 2.
TEST(DeliveryDecision, VoidedBeforeHandOutIsNotRequired) {
  ShipmentDecision decision;
  decision.action = ReleaseAction::kNeverShown;
  const model::Delivery delivery = DeliveryAfter({}, decision, {}, kNow);
  EXPECT_EQ(delivery.state, DeliveryState::kNotRequired);
  EXPECT_EQ(delivery.outcome_reason, "voided before it was handed out");
  EXPECT_EQ(delivery.hold_time, std::nullopt);
}

TEST(DeliveryDecision, NotRequiredSaysWhy) {
  ShipmentDecision decision;
  decision.action = ReleaseAction::kNotRequired;
  decision.outcome_reason = "its order is external";
  EXPECT_EQ(DeliveryAfter({}, decision, {}, kNow).outcome_reason,
            "its order is external");
}

TEST(DeliveryDecision, EventMakesItReadyAgain) {
  model::Delivery before;
  before.state = DeliveryState::kRejected;
  before.hold_time = kNow;
  before.outcome_reason = "unknown order";
  before.outcome_time = kNow;
  const model::Delivery after = DeliveryAfterEvent(before, "max_hold");
  EXPECT_EQ(after.state, DeliveryState::kReady);
  EXPECT_EQ(after.hold_time, kNow);
  EXPECT_EQ(after.outcome_reason, "max_hold");
  EXPECT_EQ(after.outcome_time, kNow);
}

}  // namespace
}  // namespace oms_connector::shipments
