#include "server/ops/status_page.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StatusPageTest : public ::testing::Test {
 protected:
  StatusPageTest() {
    figures_.now = absl::FromUnixSeconds(1'700'000'000);
    figures_.start_time = figures_.now - absl::Hours(30);
    figures_.address = "127.0.0.1:50051";
    look_.time = figures_.now;
    look_.bytes = {3 << 20, 1 << 20};
  }
  std::string Page() {
    figures_.look = std::make_shared<const FleetLook>(look_);
    return StatusPage(figures_);
  }
  ConnectionLook& AddConnection(const std::string& id) {
    ++look_.figures.connections;
    look_.connections.emplace_back().connection.id = id;
    return look_.connections.back();
  }

  StatusFigures figures_;
  FleetLook look_;
};

TEST_F(StatusPageTest, TellsOfServerAndStore) {
  figures_.writes = {4, 0, absl::Milliseconds(50)};
  EXPECT_THAT(Page(),
              AllOf(HasSubstr("ready"), HasSubstr("127.0.0.1:50051"),
                    HasSubstr("1d 6h"),
                    HasSubstr("3.0 MiB, log 1.0 MiB; 4 commits of 12.5 ms on "
                              "average, 0 failed writes"),
                    HasSubstr("there were none 0s ago")));
  look_.time = figures_.now - absl::Seconds(8);
  figures_.flags_in_force = "--a=<b> --c=d";
  look_.bytes = {3 << 10, 0};
  EXPECT_THAT(Page(), AllOf(HasSubstr("there were none 8s ago"),
                            HasSubstr("--a=&lt;b&gt;<br>--c=d"),
                            HasSubstr("3.0 KiB, log 0.0 KiB")));
  figures_.writes.failed = 2;
  EXPECT_THAT(Page(), HasSubstr("<span class=bad>2 failed writes</span>"));
  figures_.not_ready = "the store is full and takes no writes";
  EXPECT_THAT(Page(), HasSubstr("not ready: the store is full"));
}

TEST_F(StatusPageTest, ShowsHowEachConnectionFares) {
  ConnectionLook& acme = AddConnection("acme");
  acme.health.inventory.last_success_time = figures_.now - absl::Minutes(7);
  acme.health.held_orders = 4;
  acme.health.delta_gap_suspected = true;
  acme.health.clock_difference = -absl::Minutes(5);
  model::SyncRun run;
  run.state = model::SyncState::kSucceeded;
  run.start_time = figures_.now - absl::Minutes(8);
  run.end_time = run.start_time + absl::Seconds(2);
  run.counts.rows = 1200;
  run.counts.rows_rejected = 3;
  acme.inventory_run = run;
  EXPECT_THAT(Page(), AllOf(HasSubstr("acme"), HasSubstr("7m ago"),
                            HasSubstr("SUCCEEDED in 2s: 1200 rows (600/s)"),
                            HasSubstr("<span class=bad>never</span>"),
                            HasSubstr("held 4<br>unconfirmed 0<br>"),
                            HasSubstr("<span class=bad>rejected 3</span>"),
                            HasSubstr("<br>cart errors 0<br>"),
                            HasSubstr("<span class=bad>gap suspected</span>"),
                            HasSubstr("<span class=bad>5m behind")));
}

TEST_F(StatusPageTest, SaysWhatARunningPullWaitsFor) {
  model::SyncRun run;
  run.state = model::SyncState::kRunning;
  run.start_time = figures_.now - absl::Seconds(70);
  run.counts.pages = 3;
  run.counts.rows = 3000;
  AddConnection("acme").shipment_run = run;
  EXPECT_THAT(Page(), HasSubstr("since 1m 10s, page 3, 3000 rows</td>"));
  figures_.accounts = {{"bolt", absl::Seconds(1), absl::ZeroDuration()},
                       {"acme", absl::Seconds(1), absl::ZeroDuration()}};
  EXPECT_THAT(Page(), HasSubstr("3000 rows, waits its turn at the account"));
  figures_.accounts[1].held = absl::Seconds(9);
  EXPECT_THAT(Page(), HasSubstr("3000 rows, waits for the account's quota 9s"));
}

TEST_F(StatusPageTest, DrawsTheLastDay) {
  DayOfRuns& day = AddConnection("acme").day;
  EXPECT_THAT(Page(), HasSubstr("no pull ended"));
  day[0] = {2, 1, 0};
  day[47] = {3, 0, 25};
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("5 pulls, 1 failed, 25 changes"));
  EXPECT_THAT(page, HasSubstr("<rect class=\"f\" x=\"0\" y=\"0\""));
  EXPECT_THAT(page, HasSubstr("<rect x=\"141\" y=\"0\""));
}

TEST_F(StatusPageTest, TellsWhoCallsAndWhatIsWaitedFor) {
  EXPECT_THAT(Page(),
              AllOf(HasSubstr("nobody calls"), HasSubstr("none was asked yet"),
                    HasSubstr("none took 5ms or longer")));
  figures_.callers["shop-worker"] = {3, 1, 2 << 20, 2};
  figures_.accounts = {{"acme", absl::Milliseconds(400), absl::Seconds(90)}};
  figures_.slow_statements = {
      {"SELECT 1 < 2", 7, absl::Milliseconds(70), absl::Milliseconds(20)}};
  EXPECT_THAT(Page(), AllOf(HasSubstr("shop-worker"), HasSubstr("2.0 MiB"),
                            HasSubstr("400ms"),
                            HasSubstr("<span class=bad>1m 30s</span>"),
                            HasSubstr("SELECT 1 &lt; 2"), HasSubstr("70ms")));
}

TEST_F(StatusPageTest, MarksAFeedThatIsLate) {
  ConnectionLook& acme = AddConnection("acme");
  acme.connection.inventory_interval = absl::Minutes(15);
  acme.health.inventory.last_success_time = figures_.now - absl::Minutes(46);
  EXPECT_THAT(Page(), HasSubstr("<span class=bad>46m ago</span>"));
}

TEST_F(StatusPageTest, NothingThatOthersWroteIsMarkup) {
  ConnectionLook& acme = AddConnection("acme");
  acme.health.inventory.last_error =
      absl::UnavailableError("<script>alert('1')</script>");
  figures_.last_errors = {
      {figures_.now, "acme", model::Feed::kShipments, "run-1", "\"<b>"}};
  EXPECT_THAT(Page(), AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<b>\"")),
                            HasSubstr("&lt;script&gt;alert(&#39;1"),
                            HasSubstr("&quot;&lt;b&gt;")));
}

TEST_F(StatusPageTest, NeedsNothingFromElsewhere) {
  EXPECT_THAT(Page(),
              AllOf(Not(HasSubstr("src=")), Not(HasSubstr("http://")),
                    Not(HasSubstr("https://")), Not(HasSubstr("<link"))));
}

}  // namespace
}  // namespace oms_connector::server
