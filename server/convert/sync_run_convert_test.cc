#include "server/convert/sync_run_convert.h"

#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1700000000);

model::SyncRun PlainRun() {
  model::SyncRun run;
  run.run_id = "r-1";
  run.start_time = kStart;
  return run;
}

std::string ReasonOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

TEST(SyncRunConvert, RunningRunHasNoEndAndNoError) {
  const v1::SyncRun proto = ToProto(PlainRun(), "acme");
  EXPECT_EQ(proto.name(), "connections/acme/syncRuns/r-1");
  EXPECT_EQ(proto.state(), v1::SyncRun::STATE_RUNNING);
  EXPECT_EQ(proto.kind(), v1::SYNC_KIND_INCREMENTAL);
  EXPECT_EQ(proto.trigger(), v1::SyncRun::TRIGGER_CALL);
  EXPECT_EQ(proto.start_time().seconds(), 1700000000);
  EXPECT_TRUE(proto.has_counts());
  EXPECT_FALSE(proto.has_end_time());
  EXPECT_FALSE(proto.has_resume_time());
  EXPECT_FALSE(proto.has_error());
  EXPECT_FALSE(proto.delta_gap_suspected());
}

TEST(SyncRunConvert, PartialRunSaysWhyAndUntilWhen) {
  model::SyncRun run = PlainRun();
  run.state = model::SyncState::kPartial;
  run.kind = model::SyncKind::kFull;
  run.trigger = model::SyncTrigger::kSchedule;
  run.end_time = kStart + absl::Seconds(3);
  run.resume_time = kStart + absl::Seconds(60);
  run.error = model::OrderManagerQuota(*run.resume_time, absl::Seconds(57));
  run.delta_gap_suspected = true;
  const v1::SyncRun proto = ToProto(run, "acme");
  EXPECT_EQ(proto.state(), v1::SyncRun::STATE_PARTIAL);
  EXPECT_EQ(proto.kind(), v1::SYNC_KIND_FULL);
  EXPECT_EQ(proto.trigger(), v1::SyncRun::TRIGGER_SCHEDULE);
  EXPECT_EQ(TimeFromProto(proto.end_time(), "t").value(), *run.end_time);
  EXPECT_EQ(TimeFromProto(proto.resume_time(), "t").value(), *run.resume_time);
  EXPECT_EQ(proto.error().code(), static_cast<int>(run.error.code()));
  EXPECT_EQ(ReasonOf(proto.error()), model::ReasonOf(run.error));
  EXPECT_TRUE(proto.delta_gap_suspected());
}

TEST(SyncRunConvert, EveryCountHasItsField) {
  model::SyncRun run = PlainRun();
  run.counts = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const v1::SyncCounts counts = ToProto(run, "acme").counts();
  EXPECT_EQ(counts.requests(), 1);
  EXPECT_EQ(counts.pages(), 2);
  EXPECT_EQ(counts.rows(), 3);
  EXPECT_EQ(counts.levels_changed(), 4);
  EXPECT_EQ(counts.levels_unchanged(), 5);
  EXPECT_EQ(counts.levels_withheld(), 6);
  EXPECT_EQ(counts.products_changed(), 7);
  EXPECT_EQ(counts.rows_rejected(), 8);
  EXPECT_EQ(counts.skus_ambiguous(), 9);
}

TEST(SyncRunConvert, WhatWasPassedOverIsTold) {
  model::SyncRun run = PlainRun();
  run.rejected_rows = {{"productstocks/total", 4, "productId 31", "no SKU"}};
  run.ambiguous_skus = {"A", "B"};
  run.cart_errors = {
      {"shop", model::SalesChannelNotFound("shop", "Shop", {"Web"})}};
  const v1::SyncRun proto = ToProto(run, "acme");
  ASSERT_EQ(proto.rejected_rows_size(), 1);
  EXPECT_EQ(proto.rejected_rows(0).endpoint(), "productstocks/total");
  EXPECT_EQ(proto.rejected_rows(0).page(), 4);
  EXPECT_EQ(proto.rejected_rows(0).identifier(), "productId 31");
  EXPECT_EQ(proto.rejected_rows(0).reason(), "no SKU");
  EXPECT_THAT(proto.ambiguous_skus(), testing::ElementsAre("A", "B"));
  ASSERT_EQ(proto.cart_errors_size(), 1);
  EXPECT_EQ(proto.cart_errors(0).cart(), "shop");
  EXPECT_EQ(ReasonOf(proto.cart_errors(0).status()), "SALES_CHANNEL_NOT_FOUND");
}

TEST(SyncRunConvert, StatesAndTriggersKeepTheirNames) {
  using State = model::SyncState;
  std::vector<std::string> names;
  for (const State state : {State::kRunning, State::kSucceeded, State::kPartial,
                            State::kFailed, State::kCancelled}) {
    model::SyncRun run = PlainRun();
    run.state = state;
    names.push_back(v1::SyncRun::State_Name(ToProto(run, "acme").state()));
  }
  for (const auto trigger :
       {model::SyncTrigger::kCall, model::SyncTrigger::kSchedule,
        model::SyncTrigger::kTakeover}) {
    model::SyncRun run = PlainRun();
    run.trigger = trigger;
    names.push_back(v1::SyncRun::Trigger_Name(ToProto(run, "acme").trigger()));
  }
  EXPECT_THAT(names, testing::ElementsAre(
                         "STATE_RUNNING", "STATE_SUCCEEDED", "STATE_PARTIAL",
                         "STATE_FAILED", "STATE_CANCELLED", "TRIGGER_CALL",
                         "TRIGGER_SCHEDULE", "TRIGGER_TAKEOVER"));
}

TEST(SyncRunConvert, UnspecifiedKindIsIncremental) {
  EXPECT_EQ(SyncKindFromProto(v1::SYNC_KIND_UNSPECIFIED, "kind").value(),
            model::SyncKind::kIncremental);
  EXPECT_EQ(SyncKindFromProto(v1::SYNC_KIND_INCREMENTAL, "kind").value(),
            model::SyncKind::kIncremental);
  EXPECT_EQ(SyncKindFromProto(v1::SYNC_KIND_FULL, "kind").value(),
            model::SyncKind::kFull);
}

TEST(SyncRunConvert, UnknownKindNamesItsField) {
  const auto kind = SyncKindFromProto(static_cast<v1::SyncKind>(7), "kind");
  EXPECT_EQ(kind.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(model::DetailsOf(kind.status())->violations.at(0).field, "kind");
}

}  // namespace
}  // namespace oms_connector::server
