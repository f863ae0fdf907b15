#include "omsctl/inventory_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"

namespace oms_connector::omsctl {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

v1::InventoryLevel InWarehouse(std::optional<int64_t> available,
                               std::optional<int64_t> on_hand,
                               std::optional<int64_t> locked, bool subtracted,
                               bool clamped) {
  v1::InventoryLevel level;
  level.set_sku("NWD-TEE-NVY-S");
  level.mutable_warehouse()->set_id(1);
  level.mutable_warehouse()->set_name("Reno");
  level.set_state(v1::InventoryLevel::STATE_PUBLISHED);
  if (available.has_value()) level.set_available(*available);
  v1::Derivation& derivation = *level.mutable_derivation();
  derivation.set_source(v1::Derivation::SOURCE_WAREHOUSE_STOCK);
  if (on_hand.has_value()) derivation.set_on_hand(*on_hand);
  if (locked.has_value()) derivation.set_locked(*locked);
  derivation.set_locked_subtracted(subtracted);
  derivation.set_clamped_at_zero(clamped);
  return level;
}

v1::InventoryLevel Withheld(v1::InventoryLevel::WithheldReason reason) {
  v1::InventoryLevel level = InWarehouse({}, 12, 5, true, false);
  level.set_state(v1::InventoryLevel::STATE_WITHHELD);
  level.set_withheld_reason(reason);
  return level;
}

TEST(LevelText, ShowsTheCalculation) {
  const struct {
    v1::InventoryLevel level;
    const char* want;
  } cases[] = {
      {InWarehouse(7, 12, 5, true, false), "on hand 12 − locked 5 = 7"},
      {InWarehouse(0, 3, 5, true, true),
       "on hand 3 − locked 5 = −2: published as 0"},
      {InWarehouse(12, 12, 5, false, false),
       "on hand 12 (5 locked, not subtracted)"},
      {InWarehouse(12, 12, 0, false, false), "on hand 12"},
      {InWarehouse(12, 12, {}, false, false), "on hand 12"},
      {InWarehouse(0, -4, {}, false, true), "on hand −4: published as 0"},
      {InWarehouse(7, 7, -3, true, false),
       "on hand 7 (locked −3, counted as 0)"},
      {InWarehouse(0, kLowest, kHighest, true, true),
       "on hand −9223372036854775808 − locked 9223372036854775807 = "
       "−18446744073709551615: published as 0"},
      {InWarehouse(3, {}, {}, false, false), "stock in the warehouse"},
  };
  for (const auto& c : cases) EXPECT_EQ(WhyText(c.level), c.want);
}

TEST(LevelText, ChannelNumbersAreTheOrderManagers) {
  v1::InventoryLevel level;
  level.set_state(v1::InventoryLevel::STATE_PUBLISHED);
  level.set_available(4);
  level.mutable_derivation()->set_source(
      v1::Derivation::SOURCE_CHANNEL_ALLOCATION);
  EXPECT_EQ(WhyText(level), "the Order Manager's number");
  level.mutable_derivation()->set_clamped_at_zero(true);
  EXPECT_EQ(WhyText(level), "the Order Manager's number: published as 0");
}

TEST(LevelText, EveryReasonIsExplained) {
  const auto* reasons = v1::InventoryLevel::WithheldReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::InventoryLevel::WithheldReason>(
        reasons->value(i)->number());
    const std::string name = reasons->value(i)->name().substr(
        std::string("WITHHELD_REASON_").size());
    EXPECT_THAT(WhyText(Withheld(reason)), StartsWith(name + ": "));
  }
  EXPECT_EQ(WhyText(Withheld(v1::InventoryLevel::WITHHELD_REASON_UNSPECIFIED)),
            "for an unknown reason");
}

TEST(LevelText, PlacesWithoutNamesAreShownById) {
  v1::InventoryLevel level;
  level.mutable_sales_channel()->set_id(8);
  EXPECT_EQ(LocationText(level), "8");
  level.mutable_sales_channel()->set_name("Amazon.ca");
  EXPECT_EQ(LocationText(level), "Amazon.ca");
}

TEST(LevelText, TablesTellHowMuchWhereAndWhy) {
  EXPECT_EQ(
      LevelsText(
          {InWarehouse(7, 12, 5, true, false),
           Withheld(v1::InventoryLevel::WITHHELD_REASON_INACTIVE_PRODUCT)}),
      "SKU            LOCATION  AVAILABLE  WHY\n"
      "NWD-TEE-NVY-S  Reno              7  on hand 12 − locked 5 = 7\n"
      "NWD-TEE-NVY-S  Reno       withheld  INACTIVE_PRODUCT: the product is "
      "inactive\n");
}

TEST(LevelText, ProductsShowExactPrices) {
  v1::Product product;
  product.set_master_sku("NWD-TEE-NVY-S");
  product.set_name("T-Shirt");
  product.mutable_map_price()->set_amount("10.90");
  product.mutable_map_price()->set_currency_code("USD");
  EXPECT_THAT(ProductsText({product}), HasSubstr("10.90 USD"));
}

TEST(LevelText, APreviewTellsNowAndThen) {
  v1::PreviewSettingsResponse preview;
  preview.mutable_counts()->set_levels(40);
  preview.mutable_counts()->set_changed(2);
  preview.mutable_counts()->set_newly_published(1);
  preview.mutable_counts()->set_newly_withheld(0);
  v1::SettingsPreviewRow& row = *preview.add_rows();
  *row.mutable_before() = InWarehouse(12, 12, 5, false, false);
  *row.mutable_after() = InWarehouse(7, 12, 5, true, false);
  *preview.add_rows()->mutable_after() = InWarehouse(1, {}, {}, false, false);
  EXPECT_EQ(PreviewText(preview),
            "Of 40 levels, 2 would change: 1 newly published, 0 newly "
            "withheld.\n"
            "SKU            LOCATION  NOW  THEN  WHY\n"
            "NWD-TEE-NVY-S  Reno       12     7  on hand 12 − locked 5 = 7\n"
            "NWD-TEE-NVY-S  Reno        –     1  stock in the warehouse\n");
}

using ::testing::HasSubstr;

constexpr int64_t kTen = 1'786'960'800;  // 2026-08-17T10:00:00Z

google::rpc::Status Unavailable() {
  google::rpc::Status status;
  status.set_code(14);
  status.set_message("the Order Manager answers 503");
  google::rpc::ErrorInfo info;
  info.set_domain("oms-connector");
  info.set_reason("ORDER_MANAGER_UNAVAILABLE");
  status.add_details()->PackFrom(info);
  return status;
}

v1::SyncRun Succeeded() {
  v1::SyncRun run;
  run.set_name("connections/acme/syncRuns/r1");
  run.set_state(v1::SyncRun::STATE_SUCCEEDED);
  run.set_kind(v1::SYNC_KIND_FULL);
  run.set_trigger(v1::SyncRun::TRIGGER_CALL);
  run.mutable_start_time()->set_seconds(kTen);
  run.mutable_end_time()->set_seconds(kTen + 3);
  v1::SyncCounts& counts = *run.mutable_counts();
  counts.set_requests(12);
  counts.set_rows(240);
  counts.set_levels_changed(43);
  counts.set_levels_unchanged(1);
  counts.set_levels_withheld(5);
  return run;
}

TEST(RunText, SummarisesInOneLine) {
  EXPECT_EQ(RunSummary(Succeeded()),
            "run r1 (full) succeeded in 3 s: 12 requests, 240 rows; 43 levels "
            "changed, 1 unchanged, 5 withheld\n");
  EXPECT_EQ(RunSummary(v1::SyncRun()), "");
}

TEST(RunText, ARunThatIsUnderWayHasNoEnd) {
  v1::SyncRun run = Succeeded();
  run.set_state(v1::SyncRun::STATE_RUNNING);
  run.clear_end_time();
  run.mutable_counts()->set_products_changed(7);
  EXPECT_EQ(RunSummary(run),
            "run r1 (full) running: 12 requests, 240 rows; 43 levels changed, "
            "1 unchanged, 5 withheld; 7 products changed\n");
}

TEST(RunText, TellsEverythingThatWentWrong) {
  v1::SyncRun run = Succeeded();
  run.set_state(v1::SyncRun::STATE_PARTIAL);
  *run.mutable_error() = Unavailable();
  run.mutable_resume_time()->set_seconds(kTen + 60);
  v1::CartError& cart = *run.add_cart_errors();
  cart.set_cart("shop");
  *cart.mutable_status() = Unavailable();
  run.mutable_counts()->set_rows_rejected(2);
  run.mutable_counts()->set_skus_ambiguous(1);
  run.set_delta_gap_suspected(true);
  const std::string text = RunSummary(run);
  EXPECT_THAT(text, HasSubstr("  ended by UNAVAILABLE "
                              "ORDER_MANAGER_UNAVAILABLE: the Order Manager "
                              "answers 503\n"));
  EXPECT_THAT(text,
              HasSubstr("  goes on when asked after 2026-08-17 10:01:00Z\n"));
  EXPECT_THAT(text, HasSubstr("  cart shop was left out: UNAVAILABLE"));
  EXPECT_THAT(text, HasSubstr("  2 rows could not be read\n"));
  EXPECT_THAT(text, HasSubstr("  1 SKU claimed more than once\n"));
  EXPECT_THAT(text, HasSubstr("may be lost"));
}

TEST(RunText, ShowsRejectedRowsAndAmbiguousSkus) {
  v1::SyncRun run = Succeeded();
  v1::RejectedRow& row = *run.add_rejected_rows();
  row.set_endpoint("/v1/productstocks/total");
  row.set_page(2);
  row.set_reason("onHandQuantity is no number");
  run.add_ambiguous_skus("NWD-TEE-NVY-S");
  const std::string text = RunText(run);
  EXPECT_THAT(text, HasSubstr("  started 2026-08-17 10:00:00Z by call\n"));
  EXPECT_THAT(text, HasSubstr("(unknown)     /v1/productstocks/total     2  "
                              "onHandQuantity is no number\n"));
  EXPECT_THAT(text, HasSubstr("AMBIGUOUS SKU\nNWD-TEE-NVY-S\n"));
}

TEST(RunText, ListsRuns) {
  EXPECT_EQ(RunsText({Succeeded()}),
            "RUN  KIND  STATE      STARTED               TOOK  ROWS  CHANGED  "
            "WITHHELD  REJECTED\n"
            "r1   full  succeeded  2026-08-17 10:00:00Z   3 s   240       43  "
            "       5         0\n");
}

TEST(RunText, SaysHowFreshTheDataIs) {
  v1::PullStatus pull;
  const absl::Time now = absl::FromUnixSeconds(kTen + 120);
  EXPECT_EQ(FreshnessText(pull, now), "never pulled yet");
  pull.mutable_last_success_time()->set_seconds(kTen);
  EXPECT_EQ(FreshnessText(pull, now),
            "fresh as of 2026-08-17 10:00:00Z (2 min ago)");
  *pull.mutable_last_error() = Unavailable();
  EXPECT_THAT(FreshnessText(pull, now),
              HasSubstr("; the last pull failed: UNAVAILABLE "
                        "ORDER_MANAGER_UNAVAILABLE: the Order Manager"));
}

TEST(RunText, ErrorsOfOthersHaveNoReason) {
  google::rpc::Status status;
  status.set_code(5);
  status.set_message("not here");
  EXPECT_EQ(ErrorLine(status), "NOT_FOUND not here");
}

}  // namespace
}  // namespace oms_connector::omsctl
