#include "tests/shipments/delivery_model.h"

#include <algorithm>
#include <vector>

namespace oms_connector::shipments {

const ModelOrder& DeliveryModel::OrderOf(int64_t id) const {
  static const ModelOrder* const kUnknown = new ModelOrder();
  const auto found = orders.find(id);
  return found == orders.end() ? *kUnknown : found->second;
}

bool DeliveryModel::HasCart(int64_t order) const {
  return settings.cart_has_channel && OrderOf(order).readable;
}

std::set<int64_t> DeliveryModel::FamilyOf(int64_t order) const {
  if (!settings.family_by_text || !HasCart(order)) return RelativesOf(order);
  std::set<int64_t> family = {order};
  const std::string& text = OrderOf(order).family_text;
  for (const auto& [id, other] : orders) {
    if (!text.empty() && HasCart(id) && other.family_text == text) {
      family.insert(id);
    }
  }
  return family;
}

// Again and again, until nothing is added.
std::set<int64_t> DeliveryModel::RelativesOf(int64_t order) const {
  std::set<int64_t> family = {order};
  for (size_t before = 0; before != family.size();) {
    before = family.size();
    for (const auto& [id, other] : orders) {
      if (!other.readable) continue;  // its links were never read
      bool joins = family.count(id) > 0;
      for (const int64_t related : other.related) {
        joins = joins || family.count(related) > 0;
      }
      if (!joins) continue;
      family.insert(id);
      family.insert(other.related.begin(), other.related.end());
    }
  }
  return family;
}

DeliveryModel::Standing DeliveryModel::StandingOf(
    const std::set<int64_t>& family) const {
  bool any_parcel = false;
  bool all_cancelled = true;
  for (const int64_t id : family) {
    const ModelOrder& order = OrderOf(id);
    const bool released = released_.count(id) > 0;
    bool tracked = false;
    for (const auto& [parcel_id, parcel] : parcels) {
      tracked = tracked || (parcel.order_id == id && !parcel.voided &&
                            !parcel.tracking_number.empty());
    }
    any_parcel = any_parcel || released || tracked;
    const bool cancelled = order.readable && order.status == "CANCELLED";
    all_cancelled = all_cancelled && cancelled && !released;
    const bool done = order.readable &&
                      ((order.status == "SHIPPED" && tracked) || cancelled ||
                       order.status == "PROCESSED_OUTSIDE_OF_SKUBANA");
    if (!released && !done) return Standing::kWaiting;
  }
  return all_cancelled || !any_parcel ? Standing::kNothing
                                      : Standing::kComplete;
}

bool DeliveryModel::IsTold(int64_t id) const {
  const ModelOrder& order = OrderOf(id);
  return !order.readable || (!order.external && !order.suppressed &&
                             order.status != "PROCESSED_OUTSIDE_OF_SKUBANA");
}

bool DeliveryModel::FamilyIsComplete(int64_t order) const {
  return StandingOf(FamilyOf(order)) == Standing::kComplete;
}

size_t DeliveryModel::FieldOf(int64_t id) const {
  const auto told = told_.find(id);
  const bool cart = told == told_.end() ? HasCart(parcels.at(id).order_id)
                                        : !told->second.without_cart;
  return cart ? settings.carrier_field : 0;
}

const std::string& DeliveryModel::TextOf(int64_t id, size_t field) const {
  return OrderOf(parcels.at(id).order_id).carrier_texts[field];
}

std::string DeliveryModel::CodeOf(int64_t id) const {
  const ModelParcel& parcel = parcels.at(id);
  const std::string& text = TextOf(id, FieldOf(id));
  if (parcel.carrier != "OTHER_CARRIER" || !settings.fallback || text.empty()) {
    return parcel.carrier;
  }
  return text;
}

bool DeliveryModel::SeenOtherwise(int64_t id) const {
  const ModelParcel& parcel = parcels.at(id);
  const Told& told = told_.at(id);
  return told.seen_carrier != parcel.carrier ||
         told.seen_number != parcel.tracking_number ||
         told.seen_text != TextOf(id, told.seen_field);
}

void DeliveryModel::See(int64_t id) {
  Told& told = told_.at(id);
  told.seen_carrier = parcels.at(id).carrier;
  told.seen_number = parcels.at(id).tracking_number;
  told.seen_field = FieldOf(id);
  told.seen_text = TextOf(id, told.seen_field);
}

Expected DeliveryModel::Tell(char kind, int64_t id) {
  const ModelParcel& parcel = parcels.at(id);
  const bool first = told_.count(id) == 0;
  Told& told = told_[id];
  if (first) told.without_cart = !HasCart(parcel.order_id);
  // A void tells what was told; nothing is looked at anew but the inputs.
  if (kind != 'V' || (SeenOtherwise(id) && !parcel.tracking_number.empty())) {
    told.code = CodeOf(id);
  }
  told.kind = kind;
  told.tracking_number = parcel.tracking_number;
  See(id);
  return {kind, id, told.tracking_number, told.code};
}

std::optional<Expected> DeliveryModel::Change(int64_t id) {
  const ModelParcel& parcel = parcels.at(id);
  if (!IsTold(parcel.order_id)) return std::nullopt;
  Told& told = told_.at(id);
  const bool has_number = !parcel.tracking_number.empty();
  const bool changed = SeenOtherwise(id);
  if (told.kind == 'V') {
    if (parcel.voided || !has_number) return std::nullopt;
    // With nothing changed, the carrier is the one that was told.
    const std::string code = changed ? CodeOf(id) : told.code;
    Expected event = Tell('S', id);
    told_.at(id).code = code;
    std::get<3>(event) = code;
    return event;
  }
  if (parcel.voided) return Tell('V', id);
  if (!has_number || !changed) return std::nullopt;
  if (parcel.tracking_number != told.tracking_number ||
      CodeOf(id) != told.code) {
    return Tell('C', id);
  }
  See(id);
  return std::nullopt;
}

absl::Time DeliveryModel::FirstHold(const std::set<int64_t>& family,
                                    absl::Time now) const {
  absl::Time first = now;
  for (const auto& [id, parcel] : parcels) {
    if (family.count(parcel.order_id) == 0 || parcel.voided || HandedOut(id)) {
      continue;
    }
    if (!HasCart(parcel.order_id)) continue;
    const auto held = held_since_.find(id);
    if (held != held_since_.end()) first = std::min(first, held->second);
  }
  return first;
}

bool DeliveryModel::IsHeldBack(int64_t id) const {
  const ModelParcel& parcel = parcels.at(id);
  if (HandedOut(id) || parcel.voided || !IsTold(parcel.order_id)) return false;
  return !settings.wait_for_all || released_.count(parcel.order_id) > 0 ||
         StandingOf(FamilyOf(parcel.order_id)) != Standing::kNothing;
}

Expected DeliveryModel::Release(int64_t parcel, bool last) {
  const Expected event = Tell('S', parcel);
  if (last) released_.insert(parcels.at(parcel).order_id);
  return event;
}

void DeliveryModel::Adopt(const std::vector<Expected>& events) {
  for (const auto& [kind, id, number, code] : events) {
    // What was handed out before may have been alone, by hand.
    if (!HandedOut(id)) released_.insert(parcels.at(id).order_id);
    Tell(kind, id);
    told_[id].tracking_number = number;
    told_[id].code = code;
  }
}

std::set<Expected> DeliveryModel::Pull(absl::Time now) {
  std::set<Expected> events;
  std::vector<int64_t> go;
  for (const auto& [id, parcel] : parcels) {
    if (HandedOut(id)) {
      if (const auto event = Change(id)) events.insert(*event);
      continue;
    }
    if (parcel.voided || !IsTold(parcel.order_id)) continue;
    const std::set<int64_t> family = FamilyOf(parcel.order_id);
    const Standing standing = StandingOf(family);
    const bool waits =
        settings.wait_for_all && released_.count(parcel.order_id) == 0;
    if (waits && standing == Standing::kNothing) continue;
    const bool readable = OrderOf(parcel.order_id).readable;
    const bool numbered = !parcel.tracking_number.empty();
    bool goes =
        numbered && readable && (!waits || standing == Standing::kComplete);
    if (!goes && numbered && HasCart(parcel.order_id) &&
        settings.max_hold.has_value()) {
      goes = now - FirstHold(family, now) >= *settings.max_hold;
    }
    if (goes) {
      go.push_back(id);
    } else {
      // A hold that began in the future begins now.
      absl::Time& since = held_since_.try_emplace(id, now).first->second;
      since = std::min(since, now);
    }
  }
  for (const int64_t id : go) {
    events.insert(Tell('S', id));
    released_.insert(parcels.at(id).order_id);
  }
  return events;
}

}  // namespace oms_connector::shipments
