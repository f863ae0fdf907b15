#include "domain/shipments/family_decision.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "domain/shipments/delivery_decision.h"
#include "domain/shipments/shipment_view.h"

namespace oms_connector::shipments {
namespace {

using model::StoredShipment;

FamilyMember MemberOf(const LoadedOrder& entry,
                      const std::vector<int64_t>& family,
                      const CartDirectory& directory, absl::Time now) {
  const model::StoredOrder& stored = entry.order;
  const bool gone = model::IsGone(stored);
  FamilyMember member;
  member.order_id = stored.order.order_id;
  member.order_number = stored.order.order_number;
  // One that is no longer there, or was merged into another, is as cancelled.
  member.status = gone ? "CANCELLED" : stored.order.status;
  member.since_time = entry.stored ? stored.status_time : now;
  member.readable = gone || entry.readable();
  member.released = stored.released;
  member.external = stored.order.external;
  member.suppress_channel_update = stored.order.suppress_channel_update;
  member.nothing_to_send = entry.nothing_to_send;
  member.decided_here = *entry.family == family;
  member.cart_id = stored.cart_id;
  const model::Cart* cart = directory.FindCart(stored.cart_id);
  if (cart != nullptr) member.max_hold = cart->max_hold;
  for (const StoredShipment& shipment : entry.shipments) {
    MemberShipment row;
    row.shipment_id = shipment.record.shipment_id;
    row.voided = shipment.record.voided;
    row.has_tracking_number = HasTrackingNumber(shipment.record);
    row.delivered = shipment.last_event.has_value();
    // One that is decided for the first time is held from now on, if at all.
    row.hold_time = std::min(now, shipment.delivery.hold_time.value_or(now));
    member.shipments.push_back(row);
  }
  return member;
}

void RefreshNames(const LoadedOrder& entry, const CartDirectory& directory,
                  StoredShipment& shipment) {
  const model::Order& order = entry.order.order;
  const model::Cart* cart = directory.FindCart(shipment.cart_id);
  if (shipment.record.order_number.empty()) {
    shipment.record.order_number = order.order_number;
  }
  shipment.family_order_ids = *entry.family;
  shipment.items = ItemsOf(
      order, shipment.record.shipment_id,
      cart == nullptr ? model::SkuSource::kMasterSku : cart->sku_source);
  shipment.warehouse_name =
      directory.WarehouseName(shipment.record.warehouse_id);
}

// Sets the state and since when it has been so.
void Settle(model::Delivery delivery, absl::Time now,
            StoredShipment& shipment) {
  if (delivery.state == model::DeliveryState::kHeld) {
    shipment.state_time = delivery.hold_time.value_or(now);
  } else if (shipment.delivery.state != delivery.state) {
    shipment.state_time = now;
  }
  shipment.delivery = std::move(delivery);
}

// One family at one moment.
class Decider {
 public:
  Decider(const std::vector<int64_t>& family, const CartDirectory& directory,
          const model::Settings& settings, DecisionTime time,
          LoadedOrders& orders)
      : family_(family),
        directory_(directory),
        settings_(settings),
        time_(time),
        orders_(orders) {
    for (const int64_t id : family_) {
      members_.push_back(
          MemberOf(orders_.at(id), family_, directory_, time_.now));
    }
    NoteNewNumbers();
  }

  FamilyResult Decide() {
    decision_ =
        DecideRelease(members_, settings_.split_order_handling, time_.now);
    FindStale();
    for (const ShipmentDecision& decision : decision_.shipments)
      Apply(decision);
    for (const FamilyMember& member : members_) {
      if (member.decided_here) TellChanges(member);
    }
    AskForUnknown();
    FindBlocking();
    result_.hold_end = decision_.hold_end;
    FindDuplicates();
    return std::move(result_);
  }

 private:
  bool Waits() const {
    return settings_.split_order_handling ==
           model::SplitOrderHandling::kWaitForAllRecords;
  }

  const FamilyMember& MemberWith(int64_t order_id) const {
    // Families are lists of ascending ids.
    return *std::lower_bound(members_.begin(), members_.end(), order_id,
                             [](const FamilyMember& member, int64_t id) {
                               return member.order_id < id;
                             });
  }

  StoredShipment& Row(const ShipmentDecision& decision) {
    for (StoredShipment& shipment : orders_.at(decision.order_id).shipments) {
      if (shipment.record.shipment_id == decision.shipment_id) return shipment;
    }
    return orders_.at(decision.order_id).shipments.front();  // never reached
  }

  // Goes because the whole family is done, not by itself or by force.
  bool GoesWithFamily(const ShipmentDecision& decision) const {
    return Waits() && decision.action == ReleaseAction::kRelease &&
           decision.outcome_reason.empty() &&
           !MemberWith(decision.order_id).released;
  }

  // Turns a release that rests on old reading into waiting for those members.
  void FindStale() {
    if (std::none_of(
            decision_.shipments.begin(), decision_.shipments.end(),
            [&](const auto& decision) { return GoesWithFamily(decision); })) {
      return;
    }
    for (const FamilyMember& member : members_) {
      const model::StoredOrder& stored = orders_.at(member.order_id).order;
      // A time in the future was noted while the clock was wrong.
      const bool fresh = stored.read_time >= time_.fresh_since &&
                         stored.read_time <= time_.now;
      if (member.released || fresh) continue;
      result_.stale_orders.push_back(member.order_id);
      decision_.status.blocking_orders.push_back(
          {member.order_id, member.order_number, member.status,
           member.since_time});
    }
    if (result_.stale_orders.empty()) return;
    for (ShipmentDecision& decision : decision_.shipments) {
      if (!GoesWithFamily(decision)) continue;
      decision.action = ReleaseAction::kHold;
      decision.hold_reason = model::HoldReason::kWaitingForFamily;
    }
  }

  void Apply(const ShipmentDecision& decision) {
    LoadedOrder& entry = orders_.at(decision.order_id);
    StoredShipment& shipment = Row(decision);
    RefreshView(entry, directory_, settings_, shipment);
    if (decision.action != ReleaseAction::kRelease) {
      Settle(DeliveryAfter(shipment.delivery, decision,
                           decision_.status.blocking_orders, time_.now),
             time_.now, shipment);
      return;
    }
    NewEvent event;
    event.shipment = &shipment;
    event.inputs = InputsOf(shipment.record, entry.order.order,
                            directory_.FindCart(shipment.cart_id));
    event.reason = decision.outcome_reason;
    if (GoesWithFamily(decision) || !decision.outcome_reason.empty()) {
      event.group = absl::StrCat(family_.front());
    }
    result_.events.push_back(std::move(event));
    entry.order.released = true;
  }

  // Corrections, voids, and voids taken back of what was handed out.
  void TellChanges(const FamilyMember& member) {
    LoadedOrder& entry = orders_.at(member.order_id);
    for (StoredShipment& shipment : entry.shipments) {
      if (!shipment.last_event.has_value()) continue;
      RefreshNames(entry, directory_, shipment);
      TellChange(CartIsNotTold(member), entry, shipment);
    }
  }

  void TellChange(bool cart_is_not_told, const LoadedOrder& entry,
                  StoredShipment& shipment) {
    const model::Order& order = entry.order.order;
    const model::Cart* cart = directory_.FindCart(shipment.cart_id);
    model::LastEvent& told = *shipment.last_event;
    DeliveredShipment now;
    now.last_kind = told.kind;
    now.voided = shipment.record.voided;
    now.has_tracking_number = HasTrackingNumber(shipment.record);
    now.cart_is_not_told = cart_is_not_told;
    now.inputs_changed = InputsChanged(told.inputs, shipment.record, order);
    // While nothing can be told nothing is looked at: what changes back before
    // the cart hears of it is no change.
    if (cart_is_not_told ||
        (now.voided && told.kind == model::EventKind::kVoided)) {
      return;
    }
    const model::CarrierInputs inputs = InputsOf(shipment.record, order, cart);
    if (now.inputs_changed && now.has_tracking_number) {
      shipment.carrier = CarrierOf(inputs, shipment.record, order, cart,
                                   settings_, directory_);
    }
    now.differs_from_reported =
        shipment.record.tracking_number != told.tracking_number ||
        shipment.carrier.code != told.carrier_code;

    const std::optional<model::EventKind> due = EventDue(now);
    if (due.has_value()) {
      result_.events.push_back({&shipment, *due, inputs, "", ""});
    } else if (now.inputs_changed && now.has_tracking_number &&
               !now.differs_from_reported) {
      // Looked at and found to make no difference; a later change of settings
      // must not make one of it.
      told.inputs = inputs;
    }
  }

  // Under Immediately Send nobody waits for them.
  void AskForUnknown() {
    if (!Waits() || decision_.shipments.empty()) return;
    for (const FamilyMember& member : members_) {
      if (!orders_.at(member.order_id).stored) {
        result_.unknown_orders.push_back(member.order_id);
      }
    }
  }

  // Who is asked for again by id at the next pull.
  void FindBlocking() {
    const bool any_waits = std::any_of(
        decision_.shipments.begin(), decision_.shipments.end(),
        [](const ShipmentDecision& decision) {
          return decision.action == ReleaseAction::kHold &&
                 decision.hold_reason == model::HoldReason::kWaitingForFamily;
        });
    if (!any_waits) return;
    for (const model::BlockingOrder& order : decision_.status.blocking_orders) {
      result_.blocking_orders.push_back(order.order_id);
    }
  }

  // Looked for where a parcel has got its number since it was looked at last.
  void FindDuplicates() {
    for (const int64_t order_id : family_) {
      const std::vector<StoredShipment>& shipments =
          orders_.at(order_id).shipments;
      for (size_t i = 1; i < shipments.size(); ++i) {
        if (!has_new_number_.contains(shipments[i].record.shipment_id)) {
          continue;
        }
        for (size_t j = 0; j < i; ++j) {
          if (shipments[j].record.voided ||
              shipments[j].tracking_key != shipments[i].tracking_key) {
            continue;
          }
          result_.duplicates.push_back({order_id,
                                        shipments[i].record.shipment_id,
                                        shipments[j].record.shipment_id,
                                        shipments[i].record.tracking_number});
          break;
        }
      }
    }
  }

  void NoteNewNumbers() {
    for (const FamilyMember& member : members_) {
      const std::vector<StoredShipment>& shipments =
          orders_.at(member.order_id).shipments;
      if (!member.decided_here || shipments.size() < 2) continue;
      for (const StoredShipment& shipment : shipments) {
        if (shipment.tracking_key.empty() || shipment.record.voided) continue;
        const bool is_new = shipment.last_event.has_value()
                                ? shipment.last_event->tracking_number !=
                                      shipment.record.tracking_number
                                : !shipment.delivery.hold_time.has_value() ||
                                      shipment.delivery.hold_reason ==
                                          model::HoldReason::kNoTrackingNumber;
        if (is_new) has_new_number_.insert(shipment.record.shipment_id);
      }
    }
  }

  const std::vector<int64_t>& family_;
  const CartDirectory& directory_;
  const model::Settings& settings_;
  const DecisionTime time_;
  LoadedOrders& orders_;
  std::vector<FamilyMember> members_;
  absl::flat_hash_set<int64_t> has_new_number_;  // shipments
  FamilyDecision decision_;
  FamilyResult result_;
};

}  // namespace

void RefreshView(const LoadedOrder& entry, const CartDirectory& directory,
                 const model::Settings& settings, StoredShipment& shipment) {
  const model::Order& order = entry.order.order;
  shipment.cart_id = entry.order.cart_id;
  const model::Cart* cart = directory.FindCart(shipment.cart_id);
  shipment.carrier =
      CarrierOf(InputsOf(shipment.record, order, cart), shipment.record, order,
                cart, settings, directory);
  RefreshNames(entry, directory, shipment);
}

FamilyResult DecideFamily(const std::vector<int64_t>& family,
                          const CartDirectory& directory,
                          const model::Settings& settings, DecisionTime time,
                          LoadedOrders& orders) {
  return Decider(family, directory, settings, time, orders).Decide();
}

}  // namespace oms_connector::shipments
