#include "tests/shipments/history_checker.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace oms_connector::shipments {

std::string TextOf(const std::set<Expected>& events) {
  std::string text;
  for (const auto& [kind, id, number, code] : events) {
    absl::StrAppend(&text, "  ", std::string(1, kind), " ", id, " ", number,
                    " ", code, "\n");
  }
  return text;
}

std::vector<Expected> InOrder(const std::vector<model::ShipmentEvent>& events) {
  std::vector<Expected> seen;
  for (const model::ShipmentEvent& event : events) {
    seen.emplace_back(
        "?SCV"[static_cast<int>(event.kind)], event.shipment.shipment_id,
        event.shipment.tracking_number, event.shipment.carrier.code);
  }
  return seen;
}

std::set<Expected> Seen(const std::vector<model::ShipmentEvent>& events) {
  const std::vector<Expected> seen = InOrder(events);
  return {seen.begin(), seen.end()};
}

void HistoryChecker::SeeEvents(const std::vector<model::ShipmentEvent>& events,
                               bool whole) {
  for (const model::ShipmentEvent& event : events) {
    if (!events_.empty()) {
      EXPECT_GT(event.sequence, events_.back().sequence);
    }
    const auto [last, first] =
        last_.insert({event.shipment.shipment_id, events_.size()});
    last->second = events_.size();
    if (first && whole) CheckFirstEvent(event);
    events_.push_back(event);
  }
}

void HistoryChecker::CheckFirstEvent(const model::ShipmentEvent& event) const {
  const int64_t id = event.shipment.shipment_id;
  EXPECT_EQ(event.kind, model::EventKind::kShipped) << id;
  const int64_t order = world_.parcels.at(id).order_id;
  if (!world_.settings.wait_for_all || world_.IsReleased(order)) return;
  const std::string& reason = event.shipment.delivery.outcome_reason;
  if (absl::StartsWith(reason, "held for the cart's max_hold") ||
      absl::StartsWith(reason, "released by hand")) {
    return;
  }
  EXPECT_TRUE(world_.FamilyIsComplete(order))
      << "parcel " << id << " of order " << order << " went too early";
}

void HistoryChecker::CheckLastEvents() const {
  for (const auto& [id, index] : last_) {
    const model::ShipmentEvent& event = events_[index];
    const ModelParcel& parcel = world_.parcels.at(id);
    // What the cart is not to be told, or cannot use, waits.
    if (!world_.IsTold(parcel.order_id)) continue;
    const bool voided = event.kind == model::EventKind::kVoided;
    if (parcel.tracking_number.empty()) {
      EXPECT_TRUE(voided || !parcel.voided) << id;
      continue;
    }
    EXPECT_EQ(voided, parcel.voided) << id;
    if (parcel.voided) continue;
    EXPECT_EQ(event.shipment.tracking_number, parcel.tracking_number) << id;
    if (parcel.carrier != "OTHER_CARRIER") {
      EXPECT_EQ(event.shipment.carrier.code, parcel.carrier) << id;
    }
  }
}

void HistoryChecker::CheckHeld(const std::vector<model::Shipment>& held) const {
  for (const model::Shipment& shipment : held) {
    const int64_t id = shipment.shipment_id;
    const ModelParcel& parcel = world_.parcels.at(id);
    EXPECT_EQ(last_.count(id), 0u) << id;
    EXPECT_FALSE(parcel.voided) << id;
    EXPECT_TRUE(world_.IsTold(parcel.order_id)) << id;
    if (shipment.delivery.hold_reason == model::HoldReason::kNoTrackingNumber) {
      EXPECT_EQ(parcel.tracking_number, "") << id;
      continue;
    }
    if (shipment.delivery.hold_reason == model::HoldReason::kOrderUnreadable) {
      EXPECT_FALSE(world_.IsReadable(parcel.order_id)) << id;
      continue;
    }
    EXPECT_TRUE(world_.settings.wait_for_all) << id;
    EXPECT_FALSE(world_.IsReleased(parcel.order_id)) << id;
    EXPECT_FALSE(world_.FamilyIsComplete(parcel.order_id)) << id;
    EXPECT_FALSE(shipment.delivery.blocking_orders.empty()) << id;
  }
}

std::vector<int64_t> HistoryChecker::SequencesOf(
    const std::string& cart) const {
  std::vector<int64_t> sequences;
  for (const model::ShipmentEvent& event : events_) {
    if (!cart.empty() && event.shipment.cart_id != cart) continue;
    sequences.push_back(event.sequence);
  }
  return sequences;
}

}  // namespace oms_connector::shipments
