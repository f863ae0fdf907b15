#include "domain/inventory/level_calculator.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

using model::InventorySyncMode;
using model::LocationKind;
using model::WithheldReason;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
const absl::Time kNow = absl::FromUnixSeconds(2000);
const absl::Time kRead = absl::FromUnixSeconds(1000);

LevelTerms PerWarehouse() {
  LevelTerms terms;
  terms.settings.inventory_sync_mode = InventorySyncMode::kPerWarehouse;
  terms.location_kind = LocationKind::kWarehouse;
  terms.now = kNow;
  return terms;
}

LevelTerms PerChannel() {
  LevelTerms terms;
  terms.now = kNow;
  return terms;
}

Claim Stock(int64_t product, int64_t on_hand,
            std::optional<int64_t> locked = 0) {
  Claim claim;
  claim.product_id = product;
  claim.sku = 100 + product;
  claim.master_sku = claim.sku;
  claim.quantity = on_hand;
  claim.locked = locked;
  claim.value_time = kRead;
  return claim;
}

EarlierLevel Earlier(WithheldReason reason = WithheldReason::kNone) {
  return {50, 51, 9, reason};
}

// "7", "7!" when clamped, "W4" when withheld, "-" when there is no level.
std::string Brief(const std::optional<ComputedLevel>& level) {
  if (!level.has_value()) return "-";
  if (!level->available.has_value()) {
    return absl::StrCat("W", static_cast<int>(level->reason));
  }
  return absl::StrCat(*level->available, level->clamped_at_zero ? "!" : "");
}

std::string Compute(const LevelTerms& terms, const std::vector<Claim>& claims,
                    const std::optional<EarlierLevel>& earlier = {}) {
  return Brief(ComputeLevel(terms, claims, earlier));
}

TEST(LevelCalculator, PublishesOnHandUnlessLockedIsSubtracted) {
  struct Case {
    int64_t on_hand;
    std::optional<int64_t> locked;
    const char* plain;
    const char* subtracted;
  };
  // Rule 6, and the setting Subtract Locked Quantity.
  const std::vector<Case> cases = {
      {7, 2, "7", "5"},
      {7, 7, "7", "0"},
      {2, 5, "2", "0!"},
      {0, 0, "0", "0"},
      {-4, 0, "0!", "0!"},
      {7, std::nullopt, "7", "W9"},
      {7, -3, "7", "7"},
      {kMax, kMin, "9223372036854775807", "9223372036854775807"},
      {kMin, kMax, "0!", "0!"},
      {-4, std::nullopt, "0!", "W9"},
  };
  for (const Case& c : cases) {
    LevelTerms terms = PerWarehouse();
    EXPECT_EQ(Compute(terms, {Stock(1, c.on_hand, c.locked)}), c.plain);
    terms.settings.subtract_locked_quantity = true;
    EXPECT_EQ(Compute(terms, {Stock(1, c.on_hand, c.locked)}), c.subtracted);
  }
}

// What is told of a quantity, and what is published of it with and without
// Subtract Locked, written down by hand.
struct Told {
  std::optional<int64_t> quantity;
  std::optional<int64_t> locked;
  const char* plain;
  const char* subtracted;
};

// Every mode x subtract x ignore x product active x listing active x push x
// quantity, against domain.md in its own words: the reasons that hold, by the
// number that goes first.
TEST(LevelCalculator, HoldsInEveryCombination) {
  const std::vector<Told> quantities = {
      {7, 2, "7", "5"},
      {7, 9, "7", "0!"},
      {-3, 0, "0!", "0!"},
      {0, 0, "0", "0"},
      {7, std::nullopt, "7", "W9"},
      {std::nullopt, 2, "W9", "W9"},
  };
  int combinations = 0;
  for (int bits = 0; bits < 64; ++bits) {
    const bool per_warehouse = (bits & 1) != 0;
    const bool subtract = (bits & 2) != 0;
    const bool ignore = (bits & 4) != 0;
    const bool product_active = (bits & 8) != 0;
    const bool listing_active = (bits & 16) != 0;
    const bool push = (bits & 32) != 0;
    for (const Told& told : quantities) {
      LevelTerms terms = per_warehouse ? PerWarehouse() : PerChannel();
      terms.settings.subtract_locked_quantity = subtract;
      terms.settings.ignore_inactive_products = ignore;
      Claim claim = Stock(1, 0, told.locked);
      claim.quantity = told.quantity;
      claim.product_active = product_active;
      claim.listing_active = listing_active;
      claim.push_inventory = push;

      // Only per warehouse there is something to subtract.
      std::vector<std::string> holds = {
          per_warehouse && subtract ? told.subtracted : told.plain};
      if (!push) holds.push_back("W7");
      if (!listing_active) holds.push_back("W6");
      if (ignore && !product_active) holds.push_back("W5");
      EXPECT_EQ(Compute(terms, {claim}), holds.back())
          << bits << " " << told.plain << " " << told.subtracted;
      ++combinations;
    }
  }
  EXPECT_EQ(combinations, 384);
}

// Rule 4.
TEST(LevelCalculator, WithholdsByListingFlags) {
  Claim claim = Stock(1, 7);
  claim.push_inventory = false;
  EXPECT_EQ(Compute(PerChannel(), {claim}), "W7");
  claim.listing_active = false;
  EXPECT_EQ(Compute(PerChannel(), {claim}), "W6");
  claim.product_active = false;
  EXPECT_EQ(Compute(PerChannel(), {claim}), "W5");
}

// Rules 2 and 6.
TEST(LevelCalculator, NeverPublishesAnUnknownNumberAsZero) {
  Claim claim = Stock(1, 0);
  claim.quantity.reset();
  EXPECT_EQ(Compute(PerChannel(), {claim}), "W9");
}

// Rule 6.
TEST(LevelCalculator, StockWithoutAListingHasNoListing) {
  Claim claim = Stock(1, 7);
  claim.without_listing = true;
  EXPECT_EQ(Compute(PerWarehouse(), {claim}), "W8");
  EXPECT_EQ(Compute(PerWarehouse(), {claim, Stock(2, 3)}), "3");
}

// Rule 5.
TEST(LevelCalculator, TwoClaimsAreAmbiguous) {
  const auto level =
      ComputeLevel(PerWarehouse(), {Stock(2, 3), Stock(1, 7)}, {});
  EXPECT_EQ(Brief(level), "W4");
  EXPECT_EQ(level->sku, 101);  // as the lowest product id spells it
}

// Rule 5.
TEST(LevelCalculator, InactiveClaimsDoNotMakeAnActiveOneAmbiguous) {
  Claim inactive_product = Stock(1, 7);
  inactive_product.product_active = false;
  Claim inactive_listing = Stock(2, 7);
  inactive_listing.listing_active = false;
  EXPECT_EQ(
      Compute(PerChannel(), {inactive_product, inactive_listing, Stock(3, 4)}),
      "4");
  LevelTerms all_count = PerChannel();
  all_count.settings.ignore_inactive_products = false;
  EXPECT_EQ(Compute(all_count, {inactive_product, Stock(3, 4)}), "W4");
  EXPECT_EQ(Compute(PerChannel(), {inactive_listing, inactive_listing}), "W6");
}

TEST(LevelCalculator, TwoInactiveProductsAreAmbiguousBeforeInactive) {
  Claim a = Stock(1, 7);
  a.product_active = false;
  Claim b = Stock(2, 7);
  b.product_active = false;
  EXPECT_EQ(Compute(PerWarehouse(), {a, b}), "W4");
}

// Rule 1.
TEST(LevelCalculator, AbsentStockIsWithheldWhereALevelWasHandedOut) {
  Claim gone = Stock(1, 7);
  gone.gone = true;
  EXPECT_EQ(Compute(PerWarehouse(), {gone}), "-");
  EXPECT_EQ(Compute(PerWarehouse(), {gone}, Earlier()), "W2");
  EXPECT_EQ(Compute(PerWarehouse(), {gone, Stock(2, 3)}, Earlier()), "3");
}

// Rule 3.
TEST(LevelCalculator, ADeadLocationWithholdsWhatExists) {
  LevelTerms dead = PerWarehouse();
  dead.location_live = false;
  EXPECT_EQ(Compute(dead, {Stock(1, 7)}), "-");
  EXPECT_EQ(Compute(dead, {Stock(1, 7)}, Earlier()), "W3");
  EXPECT_EQ(Compute(dead, {}, Earlier()), "W3");
}

// Rule 9.
TEST(LevelCalculator, LevelsOfTheModeThatWasLeftAreWithheld) {
  LevelTerms left = PerChannel();
  left.location_kind = LocationKind::kWarehouse;
  EXPECT_EQ(Compute(left, {}), "-");
  const auto level = ComputeLevel(left, {}, Earlier());
  EXPECT_EQ(Brief(level), "W1");
  EXPECT_EQ(level->sku, 50);
  EXPECT_EQ(level->product_id, 9);
}

TEST(LevelCalculator, ASkuThatNothingClaimsAnyMoreHasNoListing) {
  EXPECT_EQ(Compute(PerWarehouse(), {}), "-");
  EXPECT_EQ(Compute(PerWarehouse(), {}, Earlier()), "W8");
}

// api.md, "Several at once": each reason holds with all that come after it.
TEST(LevelCalculator, TellsTheFirstOfSeveralReasons) {
  Claim claim = Stock(1, 7);
  claim.quantity.reset();
  claim.without_listing = true;
  claim.push_inventory = false;
  claim.listing_active = true;
  claim.product_active = false;
  Claim second = claim;
  second.product_id = 2;
  LevelTerms terms = PerWarehouse();
  EXPECT_EQ(Compute(terms, {claim, second}, Earlier()), "W4");
  terms.location_live = false;
  EXPECT_EQ(Compute(terms, {claim, second}, Earlier()), "W3");
  claim.gone = second.gone = true;
  EXPECT_EQ(Compute(terms, {claim, second}, Earlier()), "W2");
  EXPECT_EQ(Compute(terms, {}, Earlier(WithheldReason::kAbsentFromFullPull)),
            "W2");
  terms.settings.inventory_sync_mode = InventorySyncMode::kPerSalesChannel;
  EXPECT_EQ(Compute(terms, {claim, second}, Earlier()), "W1");
}

// Rule 8.
TEST(LevelCalculator, AsOfIsTheTimeOfTheNumberOrOfWithholding) {
  EXPECT_EQ(ComputeLevel(PerWarehouse(), {Stock(1, 7)}, {})->as_of_time, kRead);
  Claim inactive = Stock(1, 7);
  inactive.product_active = false;
  EXPECT_EQ(ComputeLevel(PerWarehouse(), {inactive}, {})->as_of_time, kNow);
}

}  // namespace
}  // namespace oms_connector::inventory
