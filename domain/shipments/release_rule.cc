#include "domain/shipments/release_rule.h"

#include <algorithm>
#include <cstddef>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::shipments {
namespace {

constexpr absl::string_view kShipped = "SHIPPED";
constexpr absl::string_view kCancelled = "CANCELLED";
constexpr absl::string_view kProcessedOutside = "PROCESSED_OUTSIDE_OF_SKUBANA";

// A reason is read by people; a family can have hundreds of orders.
constexpr size_t kMaxNamedOrders = 5;

bool HasStatus(const FamilyMember& member, absl::string_view status) {
  return member.readable &&
         absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(member.status),
                                status);
}

bool IsParcel(const MemberShipment& shipment) {
  return !shipment.is_return && !shipment.voided;
}

bool HasTrackedParcel(const FamilyMember& member) {
  return std::any_of(member.shipments.begin(), member.shipments.end(),
                     [](const MemberShipment& shipment) {
                       return IsParcel(shipment) &&
                              shipment.has_tracking_number;
                     });
}

bool IsDone(const FamilyMember& member) {
  return (HasStatus(member, kShipped) &&
          (member.nothing_to_send || HasTrackedParcel(member))) ||
         HasStatus(member, kCancelled) || HasStatus(member, kProcessedOutside);
}

std::string NotRequiredReason(const FamilyMember& member) {
  if (member.external) return "its order is external";
  if (member.suppress_channel_update) {
    return "its order is kept from its channel (suppressChannelUpdate)";
  }
  if (HasStatus(member, kProcessedOutside)) {
    return "its order was processed outside of the Order Manager";
  }
  return "every order of its family is cancelled or was processed outside";
}

// When the first parcel of each cart was held, of those that still are.
using FirstHolds = absl::flat_hash_map<absl::string_view, absl::Time>;

FirstHolds FirstHoldsOf(absl::Span<const FamilyMember> family, absl::Time now) {
  FirstHolds holds;
  for (const FamilyMember& member : family) {
    if (!member.decided_here) continue;
    for (const MemberShipment& shipment : member.shipments) {
      if (!IsParcel(shipment) || shipment.delivered) continue;
      absl::Time& first = holds.try_emplace(member.cart_id, now).first->second;
      // One in the future was noted while the clock was wrong.
      first = std::min(first, shipment.hold_time.value_or(now));
    }
  }
  return holds;
}

// One family at one moment, for the decisions on its shipments.
class Classifier {
 public:
  Classifier(absl::Span<const FamilyMember> family, const FamilyStatus& status,
             model::SplitOrderHandling handling, absl::Time now)
      : status_(status),
        waits_(handling == model::SplitOrderHandling::kWaitForAllRecords),
        now_(now),
        first_holds_(FirstHoldsOf(family, now)) {}

  ShipmentDecision Classify(const FamilyMember& member,
                            const MemberShipment& shipment) const {
    ShipmentDecision decision;
    decision.order_id = member.order_id;
    decision.shipment_id = shipment.shipment_id;
    decision.action = ActionOn(member, shipment);
    if (decision.action == ReleaseAction::kNotRequired) {
      decision.outcome_reason = NotRequiredReason(member);
    }
    if (decision.action != ReleaseAction::kHold) return decision;
    if (!shipment.has_tracking_number) {
      decision.hold_reason = model::HoldReason::kNoTrackingNumber;
    } else if (HeldTooLong(member)) {
      decision.action = ReleaseAction::kRelease;
      decision.outcome_reason = HeldTooLongReason(member);
    } else {
      decision.hold_reason = member.readable
                                 ? model::HoldReason::kWaitingForFamily
                                 : model::HoldReason::kOrderUnreadable;
    }
    return decision;
  }

  // When the member's max_hold releases what this decision holds, if it does.
  std::optional<absl::Time> HoldEnd(const FamilyMember& member,
                                    const ShipmentDecision& decision) const {
    if (decision.action != ReleaseAction::kHold ||
        decision.hold_reason == model::HoldReason::kNoTrackingNumber ||
        !member.max_hold.has_value()) {
      return std::nullopt;
    }
    return first_holds_.at(member.cart_id) + *member.max_hold;
  }

 private:
  // What is due as things stand, however long they have.
  ReleaseAction ActionOn(const FamilyMember& member,
                         const MemberShipment& shipment) const {
    if (!IsParcel(shipment)) return ReleaseAction::kNeverShown;
    if (CartIsNotTold(member)) return ReleaseAction::kNotRequired;
    if (waits_ && !member.released &&
        status_.state == FamilyState::kNothingToSend) {
      return ReleaseAction::kNotRequired;
    }
    if (!shipment.has_tracking_number || !member.readable) {
      return ReleaseAction::kHold;
    }
    const bool may_go =
        !waits_ || member.released || status_.state == FamilyState::kComplete;
    return may_go ? ReleaseAction::kRelease : ReleaseAction::kHold;
  }

  bool HeldTooLong(const FamilyMember& member) const {
    return member.max_hold.has_value() &&
           now_ - first_holds_.at(member.cart_id) >= *member.max_hold;
  }

  std::string HeldTooLongReason(const FamilyMember& member) const {
    const std::string cause =
        absl::StrCat("held for the cart's max_hold of ",
                     absl::FormatDuration(*member.max_hold));
    if (waits_) return ForcedReleaseReason(cause, status_.blocking_orders);
    return ForcedReleaseReason(cause, {BlockingOrderOf(member)});
  }

  const FamilyStatus& status_;
  const bool waits_;
  const absl::Time now_;
  const FirstHolds first_holds_;
};

}  // namespace

model::BlockingOrder BlockingOrderOf(const FamilyMember& member) {
  model::BlockingOrder order;
  order.order_id = member.order_id;
  order.order_number = member.order_number;
  if (member.readable) order.status = member.status;
  order.since_time = member.since_time;
  return order;
}

bool CartIsNotTold(const FamilyMember& member) {
  return member.readable &&
         (member.external || member.suppress_channel_update ||
          HasStatus(member, kProcessedOutside));
}

FamilyStatus StatusOf(absl::Span<const FamilyMember> family) {
  FamilyStatus status;
  bool any_parcel = false;
  bool all_cancelled = true;
  for (const FamilyMember& member : family) {
    all_cancelled =
        all_cancelled && !member.released && HasStatus(member, kCancelled);
    any_parcel = any_parcel || member.released || HasTrackedParcel(member);
    if (!member.released && !IsDone(member)) {
      status.blocking_orders.push_back(BlockingOrderOf(member));
    }
  }
  std::sort(status.blocking_orders.begin(), status.blocking_orders.end(),
            [](const model::BlockingOrder& a, const model::BlockingOrder& b) {
              return a.order_id < b.order_id;
            });
  if (!status.blocking_orders.empty()) {
    status.state = FamilyState::kWaiting;
  } else if (all_cancelled || !any_parcel) {
    status.state = FamilyState::kNothingToSend;
  } else {
    status.state = FamilyState::kComplete;
  }
  return status;
}

FamilyDecision DecideRelease(absl::Span<const FamilyMember> family,
                             model::SplitOrderHandling handling,
                             absl::Time now) {
  FamilyDecision decision;
  decision.status = StatusOf(family);
  const Classifier classifier(family, decision.status, handling, now);
  for (const FamilyMember& member : family) {
    if (!member.decided_here) continue;
    for (const MemberShipment& shipment : member.shipments) {
      if (shipment.delivered) continue;
      decision.shipments.push_back(classifier.Classify(member, shipment));
      const std::optional<absl::Time> end =
          classifier.HoldEnd(member, decision.shipments.back());
      if (end.has_value()) {
        decision.hold_end = std::min(decision.hold_end.value_or(*end), *end);
      }
    }
  }
  return decision;
}

std::string ForcedReleaseReason(
    absl::string_view cause,
    absl::Span<const model::BlockingOrder> blocking_orders) {
  std::string reason(cause);
  for (size_t i = 0; i < blocking_orders.size(); ++i) {
    if (i == kMaxNamedOrders) {
      absl::StrAppend(&reason, " and ", blocking_orders.size() - i, " more");
      break;
    }
    const model::BlockingOrder& order = blocking_orders[i];
    absl::StrAppend(&reason, i == 0 ? "; not waited for " : ", ");
    if (order.order_number.empty()) {
      absl::StrAppend(&reason, "order id ", order.order_id);
    } else {
      absl::StrAppend(&reason, order.order_number);
    }
    absl::StrAppend(&reason, " (",
                    order.status.empty() ? "unreadable" : order.status, ")");
  }
  return reason;
}

}  // namespace oms_connector::shipments
