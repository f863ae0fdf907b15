#include "domain/inventory/level_explanation.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text_fold.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_writer.h"
#include "domain/inventory/told_level.h"

namespace oms_connector::inventory {
namespace {

using model::LocationKind;
using model::WithheldReason;

// ---- Which levels -----------------------------------------------------------

// A listing SKU stands for the master SKUs of its listings.
absl::Status AddMasterKeys(storage::InventoryReader& reader,
                           const InventoryContext& context, int64_t asked,
                           std::vector<int64_t>* keys) {
  for (const int64_t channel :
       LocationIds(context, LocationKind::kSalesChannel)) {
    OMS_ASSIGN_OR_RETURN(
        const std::vector<model::StoredListing> listings,
        reader.FindListingsBySku(context.connection.id, channel, {asked}));
    for (const model::StoredListing& listing : listings) {
      if (listing.master.key != 0) keys->push_back(listing.master.key);
    }
  }
  return absl::OkStatus();
}

// A master SKU stands for the SKUs that its product has in the cart's channel.
absl::Status AddListingKeys(storage::InventoryReader& reader,
                            const InventoryContext& context, const View& view,
                            int64_t asked, std::vector<int64_t>* keys) {
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(
      std::vector<model::StoredListing> listings,
      reader.FindListingsByMasterSku(id, view.sales_channel_id, {asked}));
  OMS_ASSIGN_OR_RETURN(const auto stocked,
                       reader.FindStockProducts(id, {asked}));
  std::vector<int64_t> products;
  for (const auto& [key, product] : stocked) products.push_back(product);
  OMS_ASSIGN_OR_RETURN(const std::vector<model::StoredListing> of_products,
                       reader.FindListingsOfProducts(id, products));
  listings.insert(listings.end(), of_products.begin(), of_products.end());
  for (const model::StoredListing& listing : listings) {
    if (listing.sales_channel_id == view.sales_channel_id) {
      keys->push_back(listing.sku.key);
    }
  }
  return absl::OkStatus();
}

// The keys under which the view tells of a SKU; none for an unknown one.
absl::StatusOr<std::vector<int64_t>> KeysOf(storage::InventoryReader& reader,
                                            const InventoryContext& context,
                                            const View& view,
                                            const std::string& sku) {
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::Sku> found,
      reader.FindSkus(context.connection.id, {base::Trim(sku)}));
  const int64_t asked = found.front().key;
  std::vector<int64_t> keys;
  if (asked == 0) return keys;
  keys.push_back(asked);
  OMS_RETURN_IF_ERROR(
      view.sku_source == model::SkuSource::kMasterSku
          ? AddMasterKeys(reader, context, asked, &keys)
          : AddListingKeys(reader, context, view, asked, &keys));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// What the view tells under the keys, those of a mode that was left included.
absl::StatusOr<std::map<LevelKey, ToldLevel>> LevelsOf(
    storage::InventoryReader& reader, const InventoryContext& context,
    const View& view, const LevelScope& scope, const LevelMap& stored,
    absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const LevelOutcomes outcomes,
                       ComputeKeys(reader, context, view, scope, now));
  std::map<LevelKey, ToldLevel> levels;
  for (const LevelOutcome& outcome : outcomes.levels) {
    levels.emplace(outcome.key, LevelUnder(view, outcome));
  }
  for (const auto& [key, placed] : stored) {
    levels.emplace(key, TellLevel(view, placed.level));
  }
  return levels;
}

// ---- What claims them -------------------------------------------------------

absl::StatusOr<std::string> ListingSkuOf(storage::InventoryReader& reader,
                                         const InventoryContext& context,
                                         int64_t channel, int64_t listing) {
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::StoredListing> found,
      reader.FindListings(context.connection.id, channel, {listing}));
  if (found.empty()) return std::string();
  OMS_ASSIGN_OR_RETURN(
      std::vector<std::string> text,
      reader.GetSkuTexts(context.connection.id, {found.front().sku.number}));
  return std::move(text.front());
}

absl::StatusOr<std::vector<ExplainedClaim>> ClaimsOf(
    storage::InventoryReader& reader, const InventoryContext& context,
    const View& view, const LevelKey& key, std::vector<Claim> claims) {
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
    return std::tie(a.product_id, a.listing_id) <
           std::tie(b.product_id, b.listing_id);
  });
  if (claims.size() > kMaxClaimsOfALevel) claims.resize(kMaxClaimsOfALevel);
  const bool in_warehouse = key.kind == LocationKind::kWarehouse;
  const int64_t channel =
      in_warehouse ? view.sales_channel_id : key.location_id;
  std::vector<ExplainedClaim> explained;
  for (const Claim& claim : claims) {
    ExplainedClaim& one = explained.emplace_back();
    one.product_id = claim.product_id;
    one.listing_id = claim.listing_id;
    OMS_ASSIGN_OR_RETURN(
        std::vector<std::string> master,
        reader.GetSkuTexts(context.connection.id, {claim.master_sku}));
    one.master_sku = std::move(master.front());
    if (claim.listing_id != 0) {
      OMS_ASSIGN_OR_RETURN(
          one.listing_sku,
          ListingSkuOf(reader, context, channel, claim.listing_id));
    }
    one.product_active = claim.product_active;
    one.listing_active = claim.listing_active;
    one.push_inventory = claim.push_inventory;
    one.gone = claim.gone;
    (in_warehouse ? one.on_hand : one.quantity) = claim.quantity;
    one.locked = claim.locked;
    one.value_time = claim.value_time;
  }
  return explained;
}

// ---- In words ---------------------------------------------------------------

std::string NameOf(const ExplainedClaim& claim) {
  std::vector<std::string> parts;
  if (claim.product_id != 0) {
    parts.push_back(absl::StrCat("product ", claim.product_id));
  }
  if (claim.listing_id != 0) {
    parts.push_back(absl::StrCat("listing ", claim.listing_id));
  }
  return absl::StrJoin(parts, ", ");
}

// The names of those claims that `matches`, as far as a sentence bears them.
template <typename Matches>
std::string Names(const LevelExplanation& one, Matches matches) {
  constexpr size_t kNames = 5;
  std::vector<std::string> names;
  for (const ExplainedClaim& claim : one.claims) {
    if (matches(claim)) names.push_back(NameOf(claim));
  }
  const size_t all = names.size();
  if (all > kNames) names.resize(kNames);
  return absl::StrCat(
      names.empty() ? "the row that claims it" : absl::StrJoin(names, "; "),
      all > kNames ? absl::StrCat(" and ", all - kNames, " more") : "");
}

std::string PublishedText(const LevelExplanation& one) {
  const model::Derivation& derivation = one.level.derivation;
  const std::string number = absl::StrCat(*one.level.available);
  if (derivation.source == model::LevelSource::kChannelAllocation) {
    return absl::StrCat("Published: ", number,
                        ", the Order Manager's own number for ",
                        Names(one, [](const auto&) { return true; }), ".",
                        derivation.clamped_at_zero
                            ? " It told a negative one; 0 stands in its place."
                            : "");
  }
  std::string text = absl::StrCat("Published: ", number);
  if (derivation.stock.has_value()) {
    const std::optional<int64_t> locked = derivation.stock->locked;
    absl::StrAppend(&text, ", from ", derivation.stock->on_hand, " on hand");
    if (derivation.locked_subtracted && locked.has_value()) {
      absl::StrAppend(&text, " less ", *locked, " locked");
    } else if (locked.value_or(0) != 0) {
      absl::StrAppend(&text, "; ", *locked,
                      " locked are not subtracted, as Subtract Locked Quantity "
                      "is off");
    }
  }
  absl::StrAppend(&text, ".");
  if (derivation.clamped_at_zero) {
    absl::StrAppend(&text, " That is negative; 0 stands in its place.");
  }
  return text;
}

std::string WithheldText(const View& view, const LevelExplanation& one) {
  const auto there = [](const ExplainedClaim& c) { return !c.gone; };
  switch (one.level.withheld_reason) {
    case WithheldReason::kNone:
      return "";
    case WithheldReason::kModeChanged:
      return "it belongs to the inventory sync mode that was left.";
    case WithheldReason::kAbsentFromFullPull:
      return "a complete full pull did not find it, nor did asking for its "
             "SKU.";
    case WithheldReason::kInactiveLocation:
      return absl::StrCat(
          one.level.location.name.empty() ? "its location"
                                          : one.level.location.name,
          " is inactive in the Order Manager, gone from its list, or not ",
          view.is_own() ? "one that a cart sells from." : "the cart's.");
    case WithheldReason::kAmbiguousSku:
      return absl::StrCat(
          "more than one row claims the SKU: ", Names(one, there),
          ". Give each a SKU of its own in the Order Manager.");
    case WithheldReason::kInactiveProduct:
      return absl::StrCat(
          Names(one, [](const auto& c) { return !c.product_active; }),
          " is inactive in the Order Manager, and Ignore Inactive Products is "
          "on.");
    case WithheldReason::kInactiveListing:
      return absl::StrCat(
          Names(one, [](const auto& c) { return !c.listing_active; }),
          " is inactive in the Order Manager.");
    case WithheldReason::kPushDisabled:
      return absl::StrCat(
          Names(one, [](const auto& c) { return !c.push_inventory; }),
          " is marked in the Order Manager as one whose inventory is not "
          "pushed.");
    case WithheldReason::kNoListing:
      return "the cart uses listing SKUs, and its channel has no listing for "
             "this product (any more).";
    case WithheldReason::kQuantityUnknown:
      return one.level.location.kind == LocationKind::kWarehouse
                 ? absl::StrCat(
                       "the Order Manager tells no locked quantity "
                       "for ",
                       Names(one, there), ", which is to be subtracted.")
                 : absl::StrCat("the Order Manager has not told the number of ",
                                Names(one, there),
                                " yet; it tells one when it changes there.");
  }
  return "";
}

std::string TextOf(const View& view, const LevelExplanation& one,
                   const model::StoredLevel* stored) {
  const model::InventoryLevel& level = one.level;
  std::string text = level.state == model::LevelState::kPublished
                         ? PublishedText(one)
                         : absl::StrCat("Withheld: ", WithheldText(view, one));
  const bool told = stored != nullptr &&
                    stored->value.reason == level.withheld_reason &&
                    stored->value.available == level.available;
  if (!told) {
    absl::StrAppend(&text, " The feed tells this from the next sync on.");
  }
  return text;
}

absl::StatusOr<LevelExplanations> Explain(storage::InventoryReader& reader,
                                          const InventoryContext& context,
                                          const View& view,
                                          const std::string& sku,
                                          absl::Time now) {
  LevelExplanations explained;
  LevelScope scope;
  scope.all_kinds = true;
  OMS_ASSIGN_OR_RETURN(scope.keys, KeysOf(reader, context, view, sku));
  if (scope.keys.empty()) return explained;
  // A flag is worth showing whether or not the settings look at it.
  View with_flags = view;
  with_flags.settings.ignore_inactive_products = true;
  OMS_ASSIGN_OR_RETURN(LevelFacts facts,
                       FindFacts(reader, context, with_flags, scope));
  OMS_ASSIGN_OR_RETURN(const auto levels, LevelsOf(reader, context, view, scope,
                                                   facts.stored, now));
  for (const auto& [key, told] : levels) {
    if (explained.levels.size() == kMaxExplainedLevels) {
      explained.cut = true;
      break;
    }
    LevelExplanation& one = explained.levels.emplace_back();
    OMS_ASSIGN_OR_RETURN(one.level,
                         DescribeLevel(reader, context, view.id, told));
    std::vector<Claim>& claims = facts.claims[key];
    explained.cut = explained.cut || claims.size() > kMaxClaimsOfALevel;
    OMS_ASSIGN_OR_RETURN(
        one.claims, ClaimsOf(reader, context, view, key, std::move(claims)));
    one.change_time = told.stored.value.as_of_time;
    const auto stored = facts.stored.find(key);
    one.text =
        TextOf(view, one,
               stored == facts.stored.end() ? nullptr : &stored->second.level);
  }
  return explained;
}

}  // namespace

absl::StatusOr<LevelExplanations> ExplainLevel(storage::Store& store,
                                               const base::CallContext& context,
                                               const LevelQuestion& question,
                                               absl::Time now) {
  LevelExplanations explained;
  OMS_RETURN_IF_ERROR(
      store.Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const InventoryContext stored,
                             ReadContext(txn, question.connection));
        OMS_ASSIGN_OR_RETURN(const View view,
                             ViewUnder(stored, stored.settings, question.cart));
        OMS_ASSIGN_OR_RETURN(explained, Explain(txn.inventory(), stored, view,
                                                question.sku, now));
        return absl::OkStatus();
      }));
  return explained;
}

}  // namespace oms_connector::inventory
