// When the shipments of a family may be handed out: the setting Split Order
// Handling, and what holds a parcel back under either of its values.
//
// Pure: the caller brings the members of the family that the parcels wait for
// (order_family.h) as they stand now, and the time.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_RELEASE_RULE_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_RELEASE_RULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "model/settings.h"
#include "model/shipment.h"

namespace oms_connector::shipments {

// A shipment record of a member.
struct MemberShipment {
  int64_t shipment_id = 0;
  bool is_return = false;
  bool voided = false;
  bool has_tracking_number = false;
  // Handed out already: counts as a shipment, but is not decided again.
  bool delivered = false;
  std::optional<absl::Time> hold_time;  // when it was first held
};

// An order of the family.
struct FamilyMember {
  int64_t order_id = 0;
  std::string order_number;
  std::string status;     // as told; empty when never read
  absl::Time since_time;  // since when in that status, or unreadable
  // False: we have not been able to read it, so nothing is known for sure.
  bool readable = true;
  // Its shipments have gone, in whatever way: nobody waits for it any more, and
  // its later parcels go at once. A single parcel that was released by hand
  // while others stayed does not make it so.
  bool released = false;
  bool external = false;
  bool suppress_channel_update = false;
  // All that was ordered goes to the shopper without a parcel.
  bool nothing_to_send = false;
  // False: its own cart tells families by another rule, so its parcels are
  // decided in another family than this one, where it is only waited for.
  bool decided_here = true;
  std::string cart_id;
  std::optional<absl::Duration> max_hold;  // of its cart; unset = for ever
  std::vector<MemberShipment> shipments;
};

// Whether the cart is not to be told of this order's shipments: it is external,
// suppressed or processed outside.
bool CartIsNotTold(const FamilyMember& member);

// Where a family stands, released members left aside.
enum class FamilyState {
  kComplete,       // all shipments may go
  kWaiting,        // the blocking orders are not done
  kNothingToSend,  // every member is cancelled, or done without a parcel
};
struct FamilyStatus {
  FamilyState state = FamilyState::kWaiting;
  // What is waited for, by order id. Only where kWaiting.
  std::vector<model::BlockingOrder> blocking_orders;
};

// The member as what is waited for: its status is empty if it is unreadable.
model::BlockingOrder BlockingOrderOf(const FamilyMember& member);

// Complete: each unreleased member is SHIPPED with a non-void FULFILLMENT
// shipment that has a tracking number, or SHIPPED with nothing to send, or
// CANCELLED, or PROCESSED_OUTSIDE_OF_SKUBANA, and at least one has such a
// shipment. Any other status blocks, unknown ones and unreadable members too.
FamilyStatus StatusOf(absl::Span<const FamilyMember> family);

enum class ReleaseAction {
  kRelease,      // to be handed out now; all of one decision go together
  kHold,         // HELD, for `hold_reason`
  kNotRequired,  // NOT_REQUIRED: the cart is not to be told
  kNeverShown,   // a return, or voided before it was handed out
};

// What becomes of one shipment.
struct ShipmentDecision {
  int64_t order_id = 0;
  int64_t shipment_id = 0;
  ReleaseAction action = ReleaseAction::kHold;
  // Where kHold. Under kWaitForAllRecords the status's blocking orders are
  // what is waited for; under kImmediatelySend it is the order itself, if it
  // cannot be read.
  model::HoldReason hold_reason = model::HoldReason::kNone;
  // Why it goes although the family is not complete, or why it is not required;
  // else empty.
  std::string outcome_reason;
};

struct FamilyDecision {
  FamilyStatus status;
  // One for each shipment not handed out yet of a member decided here, in the
  // order given.
  std::vector<ShipmentDecision> shipments;
  // When a max_hold releases one of those that are held, the first of them.
  std::optional<absl::Time> hold_end;
};

// Decides on every shipment of the family that is not handed out yet.
//
// * Returns and voided ones are never shown.
// * Of an order that is external, suppressed or processed outside: not
//   required. Under kWaitForAllRecords also where there is nothing to send.
// * Without a tracking number: held, whatever else is due.
// * Of an order that cannot be read: held, for nobody knows its flags.
// * kImmediatelySend: goes. kWaitForAllRecords: goes with the complete family,
//   or at once where its order is released already; else it waits.
// * Held for its cart's `max_hold`, counted from when the first of that cart's
//   parcels in the family was held: goes all the same, with its tracking
//   number, and `outcome_reason` says so.
FamilyDecision DecideRelease(absl::Span<const FamilyMember> family,
                             model::SplitOrderHandling handling,
                             absl::Time now);

// The text for `outcome_reason`: "<cause>; not waited for 1002
// (AWAITING_SHIPMENT), 1003 (unreadable)". Names the first few orders only.
std::string ForcedReleaseReason(
    absl::string_view cause,
    absl::Span<const model::BlockingOrder> blocking_orders);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_RELEASE_RULE_H_
