#include "server/ops/fleet_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "model/settings.h"
#include "storage/databases/open_store.h"

namespace oms_connector::server {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

connections::ConnectionHealth PulledBefore(absl::Duration age) {
  connections::ConnectionHealth health;
  health.inventory.last_success_time = kNow - age;
  health.shipments.last_success_time = kNow - age;
  return health;
}

TEST(AddConnection, AddsCountsAndKeepsTheOldestOfEach) {
  connections::ConnectionHealth one = PulledBefore(absl::Minutes(5));
  one.held_orders = 2;
  one.unconfirmed_shipments = 1;
  one.oldest_hold = absl::Hours(3);
  one.delta_gap_suspected = true;
  connections::ConnectionHealth other = PulledBefore(absl::Minutes(2));
  other.held_orders = 4;
  other.oldest_hold = absl::Hours(1);
  other.oldest_unconfirmed = absl::Hours(2);
  FleetFigures figures;
  AddConnection(one, kNow, &figures);
  AddConnection(other, kNow, &figures);
  EXPECT_EQ(figures.connections, 2);
  EXPECT_EQ(figures.inventory.oldest_success, absl::Minutes(5));
  EXPECT_EQ(figures.shipments.oldest_success, absl::Minutes(5));
  EXPECT_EQ(figures.held_orders, 6);
  EXPECT_EQ(figures.unconfirmed_shipments, 1);
  EXPECT_EQ(figures.oldest_hold, absl::Hours(3));
  EXPECT_EQ(figures.oldest_unconfirmed, absl::Hours(2));
  EXPECT_EQ(figures.delta_gaps_suspected, 1);
}

TEST(AddConnection, TellsFailingFromNeverPulled) {
  connections::ConnectionHealth health = PulledBefore(absl::Minutes(9));
  health.inventory.last_error = absl::UnavailableError("down");
  health.shipments = {};
  FleetFigures figures;
  AddConnection(health, kNow, &figures);
  EXPECT_EQ(figures.inventory.connections_failing, 1);
  EXPECT_EQ(figures.inventory.connections_never_pulled, 0);
  EXPECT_EQ(figures.inventory.oldest_success, absl::Minutes(9));
  EXPECT_EQ(figures.shipments.connections_failing, 0);
  EXPECT_EQ(figures.shipments.connections_never_pulled, 1);
  EXPECT_EQ(figures.shipments.oldest_success, absl::ZeroDuration());
}

class FleetWatchTest : public ::testing::Test {
 protected:
  FleetWatchTest() {
    storage::StoreOptions options;
    options.url = "sqlite::memory:";
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    store_ = std::make_unique<MeteredStore>(*storage::OpenStore(options),
                                            &metrics_, &clock_);
  }

  void AddFailingConnections(int count, const std::string& epoch = "epoch") {
    const absl::Status stored =
        store_->Write({}, [&](storage::WriteTransaction& txn) {
          for (int i = 0; i < count; ++i) {
            model::Connection connection;
            connection.id = "acme-" + std::to_string(i);
            connection.epoch = absl::StrCat(epoch, i);
            absl::Status status = txn.connections().InsertConnection(
                connection, model::StoredSettings());
            model::PullStatus pull;
            pull.last_error = absl::UnavailableError("down");
            status.Update(txn.runs().PutPullStatus(
                connection.id, model::Feed::kShipments, pull));
            if (!status.ok()) return status;
          }
          return absl::OkStatus();
        });
    ASSERT_TRUE(stored.ok()) << stored;
  }

  // A run of acme-0, which ended at once where it has.
  void PutRun(const std::string& id, model::SyncState state, absl::Time start,
              int64_t changed) {
    model::SyncRun run;
    run.run_id = id;
    run.state = state;
    run.start_time = start;
    if (state != model::SyncState::kRunning) run.end_time = start;
    run.counts.levels_changed = changed;
    const absl::Status stored =
        store_->Write({}, [&](storage::WriteTransaction& txn) {
          return txn.runs().PutRun("acme-0", run);
        });
    ASSERT_TRUE(stored.ok()) << stored;
  }

  // "part: runs failed changed" of the only connection.
  std::string DayOfOne(FleetWatch* watch) {
    EXPECT_TRUE(watch->Look({}).ok());
    std::vector<std::string> parts;
    const DayOfRuns day = watch->last_look()->connections.at(0).day;
    for (size_t i = 0; i < day.size(); ++i) {
      if (day[i].runs == 0) continue;
      parts.push_back(absl::StrCat(i, ": ", day[i].runs, " ", day[i].failed,
                                   " ", day[i].changed));
    }
    return absl::StrJoin(parts, ", ");
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  Metrics metrics_;
  std::unique_ptr<MeteredStore> store_;
};

TEST_F(FleetWatchTest, SeesEveryConnectionHoweverMany) {
  AddFailingConnections(450);
  FleetWatch watch(store_.get(), "", &metrics_, &sleeper_);
  ASSERT_TRUE(watch.Look({}).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections 450"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections_failing{"
                                         "feed=\"shipments\"} 450"));
}

TEST_F(FleetWatchTest, NoConnectionCanBePulledWhileTheStoreTakesNoWrites) {
  AddFailingConnections(3);
  FleetWatch watch(store_.get(), "", &metrics_, &sleeper_);
  const auto full = [](storage::WriteTransaction&) {
    return model::StoreFull();
  };
  ASSERT_FALSE(store_->Write({}, full).ok());
  ASSERT_TRUE(watch.Look({}).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections_failing{"
                                         "feed=\"inventory\"} 3"));
  ASSERT_TRUE(store_->Probe({}).ok());
  ASSERT_TRUE(watch.Look({}).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections_failing{"
                                         "feed=\"inventory\"} 0"));
}

// The picture of a connection's last day is made from what is stored.
TEST_F(FleetWatchTest, KnowsTheLastDayAfterARestart) {
  AddFailingConnections(1);
  const absl::Time start = clock_.Now();
  PutRun("r1", model::SyncState::kSucceeded, start, 12);
  PutRun("r2", model::SyncState::kFailed, start + kTallyLength, 0);
  PutRun("r3", model::SyncState::kRunning, start + kTallyLength, 0);
  clock_.Advance(kTallyLength);
  FleetWatch watch(store_.get(), "", &metrics_, &sleeper_);
  EXPECT_EQ(DayOfOne(&watch), "46: 1 0 12, 47: 1 1 0");
  // A run counts when it ends, and once.
  PutRun("r3", model::SyncState::kSucceeded, start + kTallyLength, 5);
  EXPECT_EQ(DayOfOne(&watch), "46: 1 0 12, 47: 2 1 5");
  EXPECT_EQ(DayOfOne(&watch), "46: 1 0 12, 47: 2 1 5");
  FleetWatch other(store_.get(), "", &metrics_, &sleeper_);
  EXPECT_EQ(DayOfOne(&other), "46: 1 0 12, 47: 2 1 5");
  clock_.Advance(absl::Hours(23) + absl::Minutes(30));
  EXPECT_EQ(DayOfOne(&watch), "0: 2 1 5");
  clock_.Advance(kTallyLength);
  EXPECT_EQ(DayOfOne(&watch), "");
}

// Another connection of the same name has a day of its own.
TEST_F(FleetWatchTest, ForgetsTheDayOfADeletedConnection) {
  AddFailingConnections(1);
  PutRun("r1", model::SyncState::kSucceeded, clock_.Now(), 12);
  FleetWatch watch(store_.get(), "", &metrics_, &sleeper_);
  EXPECT_EQ(DayOfOne(&watch), "47: 1 0 12");
  ASSERT_TRUE(store_
                  ->Write({},
                          [](storage::WriteTransaction& txn) {
                            return txn.connections().DeleteConnection("acme-0");
                          })
                  .ok());
  AddFailingConnections(1, "another epoch");
  EXPECT_EQ(DayOfOne(&watch), "");
}

TEST_F(FleetWatchTest, KeepsTheFiguresWhenTheStoreCannotBeRead) {
  AddFailingConnections(1);
  FleetWatch watch(store_.get(), "", &metrics_, &sleeper_);
  ASSERT_TRUE(watch.Look({}).ok());
  const base::CallContext late(clock_.SteadyNow() - absl::Seconds(1), {});
  EXPECT_FALSE(watch.Look(late).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections 1"));
}

}  // namespace
}  // namespace oms_connector::server
