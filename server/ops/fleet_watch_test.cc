#include "server/ops/fleet_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
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

  void AddFailingConnections(int count) {
    const absl::Status stored =
        store_->Write({}, [&](storage::WriteTransaction& txn) {
          for (int i = 0; i < count; ++i) {
            model::Connection connection;
            connection.id = "acme-" + std::to_string(i);
            connection.epoch = "epoch";
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

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  Metrics metrics_;
  std::unique_ptr<MeteredStore> store_;
};

TEST_F(FleetWatchTest, SeesEveryConnectionHoweverMany) {
  AddFailingConnections(450);
  FleetWatch watch(store_.get(), "", &metrics_, &clock_, &sleeper_);
  ASSERT_TRUE(watch.Look({}).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections 450"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections_failing{"
                                         "feed=\"shipments\"} 450"));
}

TEST_F(FleetWatchTest, NoConnectionCanBePulledWhileTheStoreTakesNoWrites) {
  AddFailingConnections(3);
  FleetWatch watch(store_.get(), "", &metrics_, &clock_, &sleeper_);
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

TEST_F(FleetWatchTest, KeepsTheFiguresWhenTheStoreCannotBeRead) {
  AddFailingConnections(1);
  FleetWatch watch(store_.get(), "", &metrics_, &clock_, &sleeper_);
  ASSERT_TRUE(watch.Look({}).ok());
  const base::CallContext late(clock_.Now() - absl::Seconds(1), {});
  EXPECT_FALSE(watch.Look(late).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_connections 1"));
}

}  // namespace
}  // namespace oms_connector::server
