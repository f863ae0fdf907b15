#include "omsctl/run_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"

namespace oms_connector::omsctl {
namespace {

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
