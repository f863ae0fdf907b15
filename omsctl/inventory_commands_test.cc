#include "omsctl/inventory_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "omsctl/command_line.h"
#include "omsctl/scripted_omsctl.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

v1::SyncInventoryResponse Page(const std::vector<std::string>& skus,
                               const std::string& cursor, bool caught_up) {
  v1::SyncInventoryResponse page;
  for (const std::string& sku : skus) {
    v1::InventoryLevel& level = *page.add_levels();
    level.set_sku(sku);
    level.set_master_sku("M-" + sku);
    level.set_state(v1::InventoryLevel::STATE_PUBLISHED);
    level.set_available(3);
  }
  page.set_next_cursor(cursor);
  page.set_caught_up(caught_up);
  page.mutable_pull()->mutable_last_success_time()->set_seconds(1'786'960'790);
  return page;
}

TEST(SyncCommand, SendsWhatWasTyped) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(Page({}, "c", true));
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--cart", "shop", "--cursor", "c0",
                        "--full", "--max-staleness", "0s", "--wait", "2m",
                        "--max-results", "50"}),
            kDone);
  const auto& request = omsctl.server.Sent<v1::SyncInventoryRequest>(0);
  EXPECT_EQ(request.connection(), "connections/acme");
  EXPECT_EQ(request.cart(), "shop");
  EXPECT_EQ(request.cursor(), "c0");
  EXPECT_EQ(request.kind(), v1::SYNC_KIND_FULL);
  EXPECT_TRUE(request.has_max_staleness());
  EXPECT_EQ(request.max_staleness().seconds(), 0);
  EXPECT_EQ(request.max_wait().seconds(), 3);  // then the run is watched
  EXPECT_EQ(request.max_results(), 50);
}

TEST(LevelsCommand, TellsWhyALevelStandsAsItDoes) {
  ScriptedOmsctl omsctl;
  v1::ExplainLevelResponse answer;
  v1::LevelExplanation& one = *answer.add_levels();
  one.mutable_level()->set_sku("TEE-1");
  one.mutable_level()->mutable_warehouse()->set_name("Main");
  one.mutable_level()->set_state(v1::InventoryLevel::STATE_WITHHELD);
  one.set_text("Withheld: product 12 is inactive.");
  one.mutable_change_time()->set_seconds(1'786'960'740);
  v1::LevelClaim& claim = *one.add_claims();
  claim.set_product_id(12);
  claim.set_master_sku("TEE-1");
  claim.set_listing_active(true);
  claim.set_push_inventory(true);
  claim.set_on_hand(-3);
  omsctl.server.Answer(answer);
  EXPECT_EQ(omsctl.Run({"levels", "acme", "--why", "tee-1", "--cart", "shop"}),
            kDone);
  const auto& request = omsctl.server.Sent<v1::ExplainLevelRequest>(0);
  EXPECT_EQ(request.parent(), "connections/acme");
  EXPECT_EQ(request.sku(), "tee-1");
  EXPECT_EQ(request.cart(), "shop");
  EXPECT_THAT(omsctl.out, HasSubstr("TEE-1 at Main: withheld\n"
                                    "  Withheld: product 12 is inactive.\n"
                                    "  It is so since 2026-08-17 09:59:00Z "
                                    "(1 min ago).\n"));
  EXPECT_THAT(omsctl.out, HasSubstr("CLAIMED BY PRODUCT"));
  EXPECT_THAT(omsctl.out, HasSubstr("not told"));
  EXPECT_THAT(omsctl.out, HasSubstr("product inactive"));
}

TEST(LevelsCommand, SaysThatNothingBearsTheSku) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::ExplainLevelResponse());
  EXPECT_EQ(omsctl.Run({"levels", "acme", "--why", "x\x1b[2J"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("nothing that was pulled bears this SKU"));
  EXPECT_THAT(omsctl.out, Not(HasSubstr("\x1b")));
  EXPECT_EQ(omsctl.Run({"levels", "acme"}), kUsage);
}

TEST(SyncCommand, LeavesToTheServerWhatWasNotTyped) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(Page({}, "c", true));
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kDone);
  const auto& request = omsctl.server.Sent<v1::SyncInventoryRequest>(0);
  EXPECT_FALSE(request.has_max_staleness());
  EXPECT_EQ(request.kind(), v1::SYNC_KIND_UNSPECIFIED);
}

TEST(SyncCommand, ShowsRunLevelsAndWhereToGoOn) {
  ScriptedOmsctl omsctl;
  v1::SyncInventoryResponse page = Page({"A"}, "c1", false);
  page.mutable_run()->set_name("connections/acme/syncRuns/r1");
  page.mutable_run()->set_state(v1::SyncRun::STATE_SUCCEEDED);
  omsctl.server.Answer(page);
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("run r1 "));
  EXPECT_THAT(omsctl.out, HasSubstr("\nA    "));
  EXPECT_THAT(omsctl.out,
              HasSubstr("1 level; not caught up: go on from the cursor, or "
                        "with --all; fresh as of 2026-08-17 09:59:50Z (10 s "
                        "ago)\nnext cursor: c1\n"));
}

TEST(SyncCommand, ARunThatEndedBeforeIsNoNewsUnlessItFailed) {
  ScriptedOmsctl omsctl;
  v1::SyncInventoryResponse page = Page({"A"}, "c1", true);
  page.mutable_run()->set_name("connections/acme/syncRuns/r1");
  page.mutable_run()->set_state(v1::SyncRun::STATE_SUCCEEDED);
  page.mutable_run()->mutable_end_time()->set_seconds(1'786'960'790);
  omsctl.server.Answer(page);
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, Not(HasSubstr("run r1")));

  page.mutable_run()->set_state(v1::SyncRun::STATE_FAILED);
  omsctl.server.Answer(page);
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("run r1"));
}

TEST(SyncCommand, SaysWhenARunIsStillUnderWay) {
  ScriptedOmsctl omsctl;
  v1::SyncInventoryResponse page = Page({}, "c1", false);
  page.mutable_run()->set_state(v1::SyncRun::STATE_RUNNING);
  omsctl.server.Answer(page);
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--wait", "0s"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("not caught up: a run is under way"));
}

TEST(SyncCommand, AllReadsEveryPage) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(Page({"A", "B"}, "c1", false));
  omsctl.server.Answer(Page({"C"}, "c2", true));
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--all"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("3 levels; caught up"));
  EXPECT_THAT(omsctl.out, HasSubstr("next cursor: c2\n"));
}

TEST(SyncCommand, TheTableCanBeNarrowed) {
  ScriptedOmsctl omsctl;
  v1::SyncInventoryResponse page = Page({"TEE-S", "TEE-M", "HAT"}, "c", true);
  page.mutable_levels(1)->set_state(v1::InventoryLevel::STATE_WITHHELD);
  page.mutable_levels(1)->clear_available();
  omsctl.server.Answer(page, 3);

  EXPECT_EQ(omsctl.Run({"sync", "acme", "--sku", "tee"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("TEE-M"));
  EXPECT_THAT(omsctl.out, Not(HasSubstr("HAT")));

  EXPECT_EQ(omsctl.Run({"sync", "acme", "--only-withheld"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("TEE-M"));
  EXPECT_THAT(omsctl.out, Not(HasSubstr("TEE-S")));

  EXPECT_EQ(omsctl.Run({"sync", "acme", "--rows", "1"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("TEE-S"));
  EXPECT_THAT(omsctl.out, HasSubstr("… and 2 more\n"));
  EXPECT_THAT(omsctl.out, HasSubstr("3 levels;"));
}

TEST(SyncCommand, JsonIsTheAnswerAsItCame) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(Page({"A"}, "c", true));
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--json"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("\"nextCursor\": \"c\""));
  EXPECT_THAT(omsctl.out, HasSubstr("\"masterSku\": \"M-A\""));
  EXPECT_THAT(omsctl.out, HasSubstr("\"caughtUp\": true"));
  EXPECT_THAT(omsctl.out, Not(HasSubstr("next cursor:")));
}

TEST(RunsCommand, ListsGetsAndCancels) {
  ScriptedOmsctl omsctl;
  v1::ListSyncRunsResponse list;
  list.add_runs()->set_name("connections/acme/syncRuns/r1");
  omsctl.server.Answer(list);
  EXPECT_EQ(omsctl.Run({"runs", "list", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("\nr1 "));

  v1::GetSyncRunResponse one;
  *one.mutable_run() = list.runs(0);
  omsctl.server.Answer(one);
  EXPECT_EQ(omsctl.Run({"runs", "get", "acme", "r1"}), kDone);
  EXPECT_EQ(omsctl.server.Sent<v1::GetSyncRunRequest>(0).name(),
            "connections/acme/syncRuns/r1");

  v1::CancelSyncRunResponse cancelled;
  *cancelled.mutable_run() = list.runs(0);
  omsctl.server.Answer(cancelled);
  EXPECT_EQ(omsctl.Run({"runs", "cancel", "acme", "r1"}), kDone);
  EXPECT_EQ(omsctl.server.Calls<v1::CancelSyncRunRequest>(), 1);
}

TEST(SyncCommand, FullMeansNow) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(Page({}, "c", true));
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--full"}), kDone);
  const auto request = omsctl.server.Sent<v1::SyncInventoryRequest>(0);
  EXPECT_EQ(request.kind(), v1::SYNC_KIND_FULL);
  EXPECT_TRUE(request.has_max_staleness());
  EXPECT_EQ(request.max_staleness().seconds(), 0);
}

TEST(SyncCommand, LooksForASkuInTheWholeFeed) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(Page({"HAT"}, "c1", false));
  omsctl.server.Answer(Page({"TEE-S"}, "c2", true));
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--sku", "tee"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("TEE-S"));
  EXPECT_THAT(omsctl.out, HasSubstr("2 levels; caught up"));
}

v1::GetSyncRunResponse RunWith(v1::SyncRun::State state, int64_t rows) {
  v1::GetSyncRunResponse answer;
  answer.mutable_run()->set_name("connections/acme/syncRuns/r1");
  answer.mutable_run()->set_state(state);
  answer.mutable_run()->mutable_counts()->set_rows(rows);
  return answer;
}

void PlayLongRun(ScriptedOmsctl& omsctl) {
  v1::SyncInventoryResponse page = Page({}, "", false);
  *page.mutable_run() = RunWith(v1::SyncRun::STATE_RUNNING, 0).run();
  omsctl.server.Answer(page);
  for (int i = 1; i <= 12; ++i) {
    omsctl.server.Answer(RunWith(v1::SyncRun::STATE_RUNNING, i * 1000));
  }
  omsctl.server.Answer(RunWith(v1::SyncRun::STATE_SUCCEEDED, 13'000));
  omsctl.server.Answer(Page({"A"}, "c1", true));
}

TEST(SyncCommand, SaysInAPipeHowALongRunGoesOn) {
  ScriptedOmsctl omsctl;
  PlayLongRun(omsctl);
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kDone);
  EXPECT_THAT(omsctl.error,
              HasSubstr("run r1: 0 pages, 9000 rows, 750 rows/s"));
  EXPECT_THAT(omsctl.error, Not(HasSubstr("\r")));
  EXPECT_THAT(omsctl.out, HasSubstr("run r1 "));
  EXPECT_THAT(omsctl.out, HasSubstr("1 level; caught up"));
  const auto last = omsctl.server.Sent<v1::SyncInventoryRequest>(1);
  EXPECT_EQ(last.max_wait().seconds(), 0);
  EXPECT_GT(last.max_staleness().seconds(), 0);
}

TEST(SyncCommand, KeepsOneLineOfProgressOnATerminal) {
  ScriptedOmsctl omsctl;
  omsctl.environment.terminal.overwrites = true;
  PlayLongRun(omsctl);
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kDone);
  EXPECT_THAT(omsctl.error, HasSubstr("\rrun r1: "));
  EXPECT_THAT(omsctl.error, ::testing::EndsWith("\r\x1b[K"));
  EXPECT_THAT(omsctl.error, Not(HasSubstr("\n")));
}

TEST(SyncCommand, ALongFirstRunThatFailsIsAnError) {
  ScriptedOmsctl omsctl;
  v1::SyncInventoryResponse page = Page({}, "", false);
  page.clear_pull();
  *page.mutable_run() = RunWith(v1::SyncRun::STATE_RUNNING, 0).run();
  omsctl.server.Answer(page);
  v1::GetSyncRunResponse failed = RunWith(v1::SyncRun::STATE_FAILED, 0);
  failed.mutable_run()->mutable_error()->set_code(14);
  failed.mutable_run()->mutable_error()->set_message("it is down");
  omsctl.server.Answer(failed);
  EXPECT_EQ(omsctl.Run({"sync", "acme"}), kFailed);
  EXPECT_THAT(omsctl.error, HasSubstr("it is down"));
}

}  // namespace
}  // namespace oms_connector::omsctl
