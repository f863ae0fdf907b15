#include "domain/shipments/family_decision.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/shipments/delivery_decision.h"
#include "domain/shipments/shipment_view.h"

namespace oms_connector::shipments {
namespace {

using storage::StoredShipment;

FamilyMember MemberOf(const LoadedOrder& entry,
                      const std::vector<int64_t>& family,
                      const CartDirectory& directory, absl::Time now) {
  const storage::StoredOrder& stored = entry.order;
  FamilyMember member;
  member.order_id = stored.order.order_id;
  member.order_number = stored.order.order_number;
  member.status = stored.order.status;
  member.since_time = entry.stored ? stored.status_time : now;
  member.readable = stored.readable;
  member.released = stored.released;
  member.external = stored.order.external;
  member.suppress_channel_update = stored.order.suppress_channel_update;
  member.decided_here = entry.family == family;
  member.cart_id = stored.cart_id;
  const model::Cart* cart = directory.FindCart(stored.cart_id);
  if (cart != nullptr) member.max_hold = cart->max_hold;
  for (const StoredShipment& shipment : entry.shipments) {
    MemberShipment row;
    row.shipment_id = shipment.record.shipment_id;
    row.voided = shipment.record.voided;
    row.has_tracking_number = HasTrackingNumber(shipment.record);
    row.handed_out = shipment.last_event.has_value();
    // One that is decided for the first time is held from now on, if at all.
    row.hold_time = shipment.delivery.hold_time.value_or(now);
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
  shipment.family_order_ids = entry.family;
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
  }

  FamilyResult Decide() {
    decision_ =
        DecideRelease(members_, settings_.split_order_handling, time_.now);
    FindStale();
    for (const ShipmentVerdict& verdict : decision_.verdicts) Apply(verdict);
    for (const FamilyMember& member : members_) {
      if (member.decided_here) TellChanges(member);
    }
    AskForUnknown();
    FindHoldEnd();
    return std::move(result_);
  }

 private:
  bool Waits() const {
    return settings_.split_order_handling ==
           model::SplitOrderHandling::kWaitForAllRecords;
  }

  const FamilyMember& MemberWith(int64_t order_id) const {
    return *std::find_if(members_.begin(), members_.end(),
                         [&](const FamilyMember& member) {
                           return member.order_id == order_id;
                         });
  }

  StoredShipment& Row(const ShipmentVerdict& verdict) {
    for (StoredShipment& shipment : orders_.at(verdict.order_id).shipments) {
      if (shipment.record.shipment_id == verdict.shipment_id) return shipment;
    }
    return orders_.at(verdict.order_id).shipments.front();  // never reached
  }

  // Goes because the whole family is done, not by itself or by force.
  bool GoesWithFamily(const ShipmentVerdict& verdict) const {
    return Waits() && verdict.action == ReleaseAction::kRelease &&
           verdict.outcome_reason.empty() &&
           !MemberWith(verdict.order_id).released;
  }

  // Turns a release that rests on an old mirror into waiting for those members.
  void FindStale() {
    if (std::none_of(
            decision_.verdicts.begin(), decision_.verdicts.end(),
            [&](const auto& verdict) { return GoesWithFamily(verdict); })) {
      return;
    }
    for (const FamilyMember& member : members_) {
      const storage::StoredOrder& stored = orders_.at(member.order_id).order;
      if (member.released || stored.read_time >= time_.fresh_since) continue;
      result_.stale_orders.push_back(member.order_id);
      decision_.standing.blocking_orders.push_back(
          {member.order_id, member.order_number, member.status,
           member.since_time});
    }
    if (result_.stale_orders.empty()) return;
    for (ShipmentVerdict& verdict : decision_.verdicts) {
      if (!GoesWithFamily(verdict)) continue;
      verdict.action = ReleaseAction::kHold;
      verdict.hold_reason = model::HoldReason::kWaitingForFamily;
    }
  }

  void Apply(const ShipmentVerdict& verdict) {
    LoadedOrder& entry = orders_.at(verdict.order_id);
    StoredShipment& shipment = Row(verdict);
    RefreshView(entry, directory_, settings_, shipment);
    if (verdict.action != ReleaseAction::kRelease) {
      Settle(DeliveryAfter(shipment.delivery, verdict,
                           decision_.standing.blocking_orders, time_.now),
             time_.now, shipment);
      return;
    }
    NewEvent event;
    event.shipment = &shipment;
    event.inputs = InputsOf(shipment.record, entry.order.order,
                            directory_.FindCart(shipment.cart_id));
    event.reason = verdict.outcome_reason;
    if (GoesWithFamily(verdict) || !verdict.outcome_reason.empty()) {
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
    storage::LastEvent& told = *shipment.last_event;
    HandedOut now;
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
    const storage::CarrierInputs inputs =
        InputsOf(shipment.record, order, cart);
    if (now.inputs_changed && now.has_tracking_number) {
      shipment.carrier = CarrierOf(inputs, shipment.record, order, cart,
                                   settings_, directory_);
    }
    now.differs_from_told =
        shipment.record.tracking_number != told.tracking_number ||
        shipment.carrier.code != told.carrier_code;

    const std::optional<model::EventKind> due = EventDue(now);
    if (due.has_value()) {
      result_.events.push_back({&shipment, *due, inputs, "", ""});
    } else if (now.inputs_changed && now.has_tracking_number &&
               !now.differs_from_told) {
      // Looked at and found to make no difference; a later change of settings
      // must not make one of it.
      told.inputs = inputs;
    }
  }

  // Under Immediately Send nobody waits for them.
  void AskForUnknown() {
    if (!Waits() || decision_.verdicts.empty()) return;
    for (const FamilyMember& member : members_) {
      if (!orders_.at(member.order_id).stored) {
        result_.unknown_orders.push_back(member.order_id);
      }
    }
  }

  void FindHoldEnd() {
    std::map<std::string, absl::Time> first_held;
    std::map<std::string, absl::Duration> may_end;
    for (const ShipmentVerdict& verdict : decision_.verdicts) {
      if (verdict.action != ReleaseAction::kHold) continue;
      const FamilyMember& member = MemberWith(verdict.order_id);
      const StoredShipment& shipment = Row(verdict);
      const absl::Time held = shipment.delivery.hold_time.value_or(time_.now);
      const auto [first, is_new] = first_held.emplace(member.cart_id, held);
      first->second = std::min(first->second, held);
      if (HasTrackingNumber(shipment.record) && member.max_hold.has_value()) {
        may_end[member.cart_id] = *member.max_hold;
      }
    }
    for (const auto& [cart, max_hold] : may_end) {
      const absl::Time end = first_held[cart] + max_hold;
      result_.hold_end =
          std::min(result_.hold_end.value_or(absl::InfiniteFuture()), end);
    }
  }

  const std::vector<int64_t>& family_;
  const CartDirectory& directory_;
  const model::Settings& settings_;
  const DecisionTime time_;
  LoadedOrders& orders_;
  std::vector<FamilyMember> members_;
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
