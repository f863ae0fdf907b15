#include "domain/inventory/level_calculator.h"

#include <algorithm>
#include <tuple>

namespace oms_connector::inventory {
namespace {

using model::WithheldReason;
using Claims = std::vector<const Claim*>;

bool IsPerWarehouse(const LevelTerms& terms) {
  return terms.settings.inventory_sync_mode ==
         model::InventorySyncMode::kPerWarehouse;
}

bool KindFits(const LevelTerms& terms) {
  return IsPerWarehouse(terms) ==
         (terms.location_kind == model::LocationKind::kWarehouse);
}

bool IsInactiveProduct(const LevelTerms& terms, const Claim& claim) {
  return terms.settings.ignore_inactive_products && !claim.product_active;
}

const Claim* Lowest(const Claims& claims) {
  return *std::min_element(claims.begin(), claims.end(),
                           [](const Claim* a, const Claim* b) {
                             return std::tie(a->product_id, a->listing_id) <
                                    std::tie(b->product_id, b->listing_id);
                           });
}

template <typename Predicate>
Claims Select(const Claims& claims, Predicate predicate) {
  Claims selected;
  std::copy_if(claims.begin(), claims.end(), std::back_inserter(selected),
               [&](const Claim* claim) { return predicate(*claim); });
  return selected;
}

// Those of `claims` that satisfy `predicate`, or all when none does.
template <typename Predicate>
Claims Prefer(const Claims& claims, Predicate predicate) {
  Claims preferred = Select(claims, predicate);
  return preferred.empty() ? claims : preferred;
}

ComputedLevel Withheld(const LevelTerms& terms, const Claim& claim,
                       WithheldReason reason) {
  ComputedLevel level;
  level.sku = claim.sku;
  level.master_sku = claim.master_sku;
  level.product_id = claim.product_id;
  level.reason = reason;
  level.as_of_time = terms.now;
  return level;
}

std::optional<ComputedLevel> WithholdEarlier(
    const LevelTerms& terms, const std::optional<EarlierLevel>& earlier,
    WithheldReason reason) {
  if (!earlier.has_value()) return std::nullopt;
  ComputedLevel level;
  level.sku = earlier->sku;
  level.master_sku = earlier->master_sku;
  level.product_id = earlier->product_id;
  level.reason = reason;
  level.as_of_time = terms.now;
  return level;
}

// Why this one claim is not published; kNone when it is.
WithheldReason ReasonOf(const LevelTerms& terms, const Claim& claim) {
  if (IsInactiveProduct(terms, claim)) return WithheldReason::kInactiveProduct;
  if (!claim.listing_active) return WithheldReason::kInactiveListing;
  if (!claim.push_inventory) return WithheldReason::kPushDisabled;
  if (claim.without_listing) return WithheldReason::kNoListing;
  const bool locked_missing = IsPerWarehouse(terms) &&
                              terms.settings.subtract_locked_quantity &&
                              !claim.locked.has_value();
  if (!claim.quantity.has_value() || locked_missing) {
    return WithheldReason::kQuantityUnknown;
  }
  return WithheldReason::kNone;
}

ComputedLevel Publish(const LevelTerms& terms, const Claim& claim) {
  ComputedLevel level = Withheld(terms, claim, WithheldReason::kNone);
  level.as_of_time = claim.value_time;
  int64_t number = *claim.quantity;
  if (IsPerWarehouse(terms) && terms.settings.subtract_locked_quantity) {
    // A negative locked quantity must not add to what is on hand. The clamp is
    // decided before the subtraction, so that nothing can overflow.
    const int64_t locked = std::max<int64_t>(*claim.locked, 0);
    level.clamped_at_zero = number < locked;
    number = level.clamped_at_zero ? 0 : number - locked;
  }
  if (number < 0) {
    level.clamped_at_zero = true;
    number = 0;
  }
  level.available = number;
  return level;
}

}  // namespace

std::optional<ComputedLevel> ComputeLevel(
    const LevelTerms& terms, const std::vector<Claim>& claims,
    const std::optional<EarlierLevel>& earlier) {
  if (!KindFits(terms)) {
    return WithholdEarlier(terms, earlier, WithheldReason::kModeChanged);
  }
  // Nearly all levels have one claim; the rules below say the same of it.
  if (claims.size() == 1 && !claims.front().gone && terms.location_live) {
    const Claim& only = claims.front();
    const WithheldReason reason = ReasonOf(terms, only);
    return reason == WithheldReason::kNone ? Publish(terms, only)
                                           : Withheld(terms, only, reason);
  }
  Claims all;
  for (const Claim& claim : claims) all.push_back(&claim);
  Claims there = Select(all, [](const Claim& c) { return !c.gone; });
  const bool was_absent =
      earlier.has_value() &&
      earlier->reason == WithheldReason::kAbsentFromFullPull;
  if (there.empty() && (!all.empty() || (!terms.location_live && was_absent))) {
    return WithholdEarlier(terms, earlier, WithheldReason::kAbsentFromFullPull);
  }
  if (!terms.location_live) {
    return WithholdEarlier(terms, earlier, WithheldReason::kInactiveLocation);
  }
  if (there.empty()) {
    return WithholdEarlier(terms, earlier, WithheldReason::kNoListing);
  }
  there = Prefer(there, [](const Claim& c) { return !c.without_listing; });
  const Claims listed =
      Prefer(there, [](const Claim& c) { return c.listing_active; });
  const Claims counted = Prefer(
      listed, [&](const Claim& c) { return !IsInactiveProduct(terms, c); });
  const Claim& claim = *Lowest(counted);
  if (counted.size() > 1 && claim.listing_active) {
    return Withheld(terms, claim, WithheldReason::kAmbiguousSku);
  }
  const WithheldReason reason = ReasonOf(terms, claim);
  if (reason != WithheldReason::kNone) return Withheld(terms, claim, reason);
  return Publish(terms, claim);
}

}  // namespace oms_connector::inventory
