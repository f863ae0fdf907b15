#include "server/ops/run_reporter.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/sync_run.h"
#include "server/ops/metrics.h"

namespace oms_connector::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RunReporterTest : public ::testing::Test {
 protected:
  std::string Report(model::SyncState state, int count = 1) {
    model::SyncRun run;
    run.run_id = "run-1";
    run.state = state;
    run.start_time = clock_.Now();
    run.end_time = clock_.Now() + absl::Seconds(2);
    run.counts.rows = 1200;
    if (state == model::SyncState::kFailed) {
      run.error = absl::UnavailableError("down");
    }
    ::testing::internal::CaptureStderr();
    for (int i = 0; i < count; ++i) {
      reporter_.RunEnded("acme", run, {}, absl::OkStatus());
    }
    return ::testing::internal::GetCapturedStderr();
  }
  static int Lines(const std::string& text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  base::ManualClock clock_;
  Metrics metrics_;
  RunReporter reporter_{&metrics_, &clock_};
};

TEST_F(RunReporterTest, SaysInOneLineWhatARunDid) {
  EXPECT_THAT(Report(model::SyncState::kSucceeded),
              AllOf(HasSubstr("info pull ended connection=acme"),
                    HasSubstr("state=SUCCEEDED"), HasSubstr("took=2s"),
                    HasSubstr("rows=1200")));
}

TEST_F(RunReporterTest, FailureIsAnErrorAndARepeatedOneIsToldOnceAMinute) {
  const std::string first = Report(model::SyncState::kFailed, 5);
  EXPECT_EQ(Lines(first), 1) << first;
  EXPECT_THAT(first, AllOf(HasSubstr("error pull ended"),
                           HasSubstr("UNAVAILABLE: down")));
  clock_.Advance(RunReporter::kRepeat);
  EXPECT_THAT(Report(model::SyncState::kFailed), HasSubstr("failed_before=4"));
}

TEST_F(RunReporterTest, SuccessTellsHowManyFailuresItEnded) {
  Report(model::SyncState::kFailed, 3);
  EXPECT_THAT(Report(model::SyncState::kSucceeded),
              HasSubstr("failed_before=2"));
  EXPECT_THAT(Report(model::SyncState::kSucceeded),
              HasSubstr("failed_before=0"));
}

TEST_F(RunReporterTest, KeepsTheLastErrorsNewestFirst) {
  for (size_t i = 0; i < RunReporter::kKeptErrors + 5; ++i) {
    Report(model::SyncState::kFailed);
    clock_.Advance(absl::Seconds(1));
  }
  const auto errors = reporter_.last_errors();
  ASSERT_EQ(errors.size(), RunReporter::kKeptErrors);
  EXPECT_GT(errors.front().time, errors.back().time);
  EXPECT_EQ(errors.front().connection, "acme");
}

TEST_F(RunReporterTest, CountsRejectedRowsByEndpoint) {
  model::SyncRun run;
  run.feed = model::Feed::kShipments;
  run.state = model::SyncState::kSucceeded;
  run.cart_errors = {{"shop", absl::NotFoundError("channel")}};
  reporter_.RunEnded("acme", run, {{"orders", 25}, {"shipments", 3}},
                     absl::OkStatus());
  EXPECT_THAT(
      metrics_.Text(),
      AllOf(HasSubstr("oms_connector_rows_rejected_total{endpoint=\"orders\","
                      "feed=\"shipments\"} 25"),
            HasSubstr("oms_connector_rows_rejected_total{endpoint="
                      "\"shipments\",feed=\"shipments\"} 3"),
            HasSubstr("oms_connector_rows_rejected_total{endpoint=\"listings\","
                      "feed=\"inventory\"} 0"),
            HasSubstr("oms_connector_cart_errors_total{feed=\"shipments\"} "
                      "1")));
}

}  // namespace
}  // namespace oms_connector::server
