// Which server begins which pull when, with the real runner and a real store.
#include "server/ops/scheduler.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "base/secret_string.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/endpoints/sql_counter.h"
#include "tests/endpoints/test_store.h"

namespace oms_connector::server {
namespace {

using ::testing::Each;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kInterval = absl::Minutes(5);
constexpr absl::Duration kSpread = absl::Seconds(2);
constexpr absl::Duration kStep = absl::Milliseconds(10);

using Pulls = std::map<std::pair<std::string, model::Feed>, int>;

class SchedulerTest : public ::testing::Test {
 protected:
  using Key = Pulls::key_type;

  // Counts those who pull one feed at once.
  class Pulling {
   public:
    Pulling(SchedulerTest* test, Key key) : test_(test), key_(std::move(key)) {
      absl::MutexLock lock(&test_->mutex_);
      if (++test_->pulling_[key_] > 1) ++test_->doubled_;
    }
    ~Pulling() {
      absl::MutexLock lock(&test_->mutex_);
      --test_->pulling_[key_];
    }

   private:
    SchedulerTest* const test_;
    const Key key_;
  };

  // One server: what it has pulled, and how often.
  struct Server {
    std::string name;
    std::unique_ptr<base::Clock> clock;
    std::unique_ptr<base::Executor> executor;
    std::unique_ptr<feeds::PullRunner> runner;
    std::unique_ptr<Scheduler> scheduler;
    absl::Mutex mutex;
    Pulls pulled;
    bool hold = false;  // pulls do not end

    int Count() {
      absl::MutexLock lock(&mutex);
      int count = 0;
      for (const auto& [key, times] : pulled) count += times;
      return count;
    }
  };

  SchedulerTest() {
    auto store =
        testing_support::NewTestStore(&clock_, &sleeper_, &ids_, {&counter_});
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  ~SchedulerTest() override {
    for (const auto& server : servers_) {
      server->scheduler->Stop();
      server->runner->Shutdown();
      server->executor->Shutdown();
    }
  }

  void AddConnection(const std::string& id) {
    model::Connection connection;
    connection.id = id;
    connection.epoch = "e";
    connection.create_time = connection.update_time =
        connection.earliest_shipment_time = clock_.Now();
    connection.inventory_interval = kInterval;
    connection.shipment_interval = kInterval;
    ASSERT_TRUE(store_
                    ->Write({},
                            [&](storage::WriteTransaction& txn) {
                              return txn.connections().InsertConnection(
                                  connection, {{}, "1", clock_.Now()});
                            })
                    .ok());
  }
  void AddConnections(int count) {
    for (int i = 0; i < count; ++i) AddConnection(absl::StrCat("shop-", i));
  }

  // `skew` is how far its clock is ahead of the store's.
  Server& AddServer(absl::Duration spread = kSpread, int max_pulls = 1000,
                    absl::Duration skew = absl::ZeroDuration()) {
    auto made = std::make_unique<Server>();
    Server& server = *made;
    server.name = absl::StrCat("server-", servers_.size());
    server.executor = std::make_unique<base::Executor>("pulls", 2, 10'000);
    feeds::PullRunnerOptions options;
    options.store = store_.get();
    server.clock = std::make_unique<base::SkewedClock>(&clock_, skew);
    options.clock = server.clock.get();
    options.ids = &ids_;
    options.executor = server.executor.get();
    options.open_token = [](const model::Connection&) {
      return base::SecretString("token");
    };
    options.holder = server.name;
    options.sole_server = false;
    server.runner = std::make_unique<feeds::PullRunner>(options);
    for (const model::Feed feed :
         {model::Feed::kInventory, model::Feed::kShipments}) {
      server.runner->SetBody(
          feed, [this, &server, feed](feeds::PullSession& pull) {
            pull.run().kind = model::SyncKind::kFull;
            const Key key(pull.connection().id, feed);
            const Pulling pulling(this, key);
            absl::MutexLock lock(&server.mutex);
            ++server.pulled[key];
            const auto may_end = [&] {
              return !server.hold || pull.context().cancellation().cancelled();
            };
            while (!may_end()) {
              server.mutex.AwaitWithTimeout(absl::Condition(&may_end),
                                            absl::Milliseconds(10));
            }
            return absl::OkStatus();
          });
    }
    Scheduler::Options schedule;
    schedule.spread = spread;
    schedule.max_pulls = max_pulls;
    server.scheduler =
        std::make_unique<Scheduler>(schedule, store_.get(), server.runner.get(),
                                    server.clock.get(), &sleeper_, &ids_);
    servers_.push_back(std::move(made));
    return server;
  }

  static void Tick(Server& server) {
    ASSERT_EQ(server.scheduler->Tick({}), absl::OkStatus());
  }
  static void AwaitEnds(Server& server) {
    while (server.runner->active() > 0) std::this_thread::yield();
  }
  // All servers for so long, each looking at its watch all the time.
  void Pass(absl::Duration duration) {
    for (absl::Duration passed; passed <= duration; passed += kStep) {
      for (const auto& server : servers_) Tick(*server);
      clock_.Advance(kStep);
    }
    for (const auto& server : servers_) AwaitEnds(*server);
  }
  // What all servers have pulled together.
  Pulls All() {
    Pulls all;
    for (const auto& server : servers_) {
      absl::MutexLock lock(&server->mutex);
      for (const auto& [key, times] : server->pulled) all[key] += times;
    }
    return all;
  }
  std::vector<int> Times() {
    std::vector<int> times;
    for (const auto& [key, count] : All()) times.push_back(count);
    return times;
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SystemIdGenerator ids_;
  testing_support::SqlCounter counter_;
  std::unique_ptr<storage::Store> store_;
  absl::Mutex mutex_;
  Pulls pulling_;
  int doubled_ = 0;  // pulls that began beside one of the same feed
  std::vector<std::unique_ptr<Server>> servers_;
};

TEST_F(SchedulerTest, PullsEachFeedOnItsInterval) {
  AddConnections(2);
  Server& server = AddServer(/*spread=*/absl::ZeroDuration());
  Tick(server);
  AwaitEnds(server);
  EXPECT_THAT(Times(), testing::ElementsAre(1, 1, 1, 1));
  clock_.Advance(kInterval - absl::Seconds(1));
  Tick(server);
  AwaitEnds(server);
  EXPECT_THAT(Times(), Each(1));
  clock_.Advance(absl::Seconds(1));
  Tick(server);
  AwaitEnds(server);
  EXPECT_THAT(Times(), Each(2));
}

TEST_F(SchedulerTest, ServersShareThePullsAndDoubleNone) {
  constexpr int kConnections = 30;
  constexpr int kRounds = 5;
  AddConnections(kConnections);
  for (int i = 0; i < 3; ++i) AddServer();
  for (int round = 1; round <= kRounds; ++round) {
    // Each round moves the pulls apart by the spread, but for its chances.
    const absl::Duration duration = round * kSpread + absl::Seconds(1);
    Pass(duration);
    EXPECT_THAT(Times(), SizeIs(2 * kConnections));
    EXPECT_THAT(Times(), Each(round));
    clock_.Advance(kInterval - duration - 2 * kStep);
  }
  // 300 pulls, so a hundred each where all are alike; that one then begins no
  // more than sixty has less than a chance in a million.
  for (const auto& server : servers_) {
    EXPECT_THAT(server->Count(), Gt(60)) << server->name;
  }
}

TEST_F(SchedulerTest, ABusyServerLeavesToOthersWhatItWouldKeepWaiting) {
  constexpr int kConnections = 10;
  AddConnections(kConnections);
  Server& busy = AddServer(kSpread, /*max_pulls=*/2);
  busy.hold = true;
  Tick(busy);
  clock_.Advance(kSpread);
  Tick(busy);
  EXPECT_EQ(busy.runner->active(), 2);
  Server& idle = AddServer();
  Tick(idle);
  clock_.Advance(kSpread);
  Tick(idle);
  AwaitEnds(idle);
  EXPECT_EQ(idle.Count(), 2 * kConnections - 2);
  EXPECT_EQ(busy.runner->active(), 2);
  {
    absl::MutexLock lock(&busy.mutex);
    busy.hold = false;
  }
  AwaitEnds(busy);
  Tick(busy);
  EXPECT_THAT(Times(), Each(1));
}

TEST_F(SchedulerTest, TakesOverTheRunOfADeadServer) {
  AddConnection("acme");
  // It renews nothing: it is not there any more.
  model::SyncRun run;
  run.run_id = "dead";
  run.start_time = clock_.Now();
  ASSERT_TRUE(
      store_
          ->Write({},
                  [&](storage::WriteTransaction& txn) -> absl::Status {
                    model::PullLease lease;
                    lease.run_id = run.run_id;
                    lease.holder = "gone";
                    lease.expire_time = clock_.Now() + absl::Seconds(60);
                    if (auto status = txn.runs().PutRun("acme", run);
                        !status.ok()) {
                      return status;
                    }
                    return txn.runs()
                        .AcquireLease("acme", run.feed, lease, clock_.Now())
                        .status();
                  })
          .ok());
  Server& server = AddServer(/*spread=*/absl::ZeroDuration());
  const std::pair<std::string, model::Feed> key("acme", run.feed);
  Tick(server);
  AwaitEnds(server);
  EXPECT_EQ(All()[key], 0);
  clock_.Advance(absl::Seconds(60));
  Tick(server);
  AwaitEnds(server);
  EXPECT_EQ(All()[key], 1);
}

TEST_F(SchedulerTest, ServersWhoseClocksDifferPullInTurnAndInTime) {
  constexpr int kConnections = 10;
  constexpr int kRounds = 6;
  AddConnections(kConnections);
  for (const int seconds : {0, 70, -70}) {
    AddServer(kSpread, /*max_pulls=*/1000, absl::Seconds(seconds));
  }
  for (int round = 1; round <= kRounds; ++round) {
    const absl::Duration duration = round * kSpread + absl::Seconds(1);
    Pass(duration);
    EXPECT_THAT(Times(), SizeIs(2 * kConnections));
    EXPECT_THAT(Times(), Each(round));
    clock_.Advance(kInterval - duration - 2 * kStep);
  }
  EXPECT_EQ(doubled_, 0);
  for (const auto& server : servers_) {
    EXPECT_THAT(server->Count(), Gt(0)) << server->name;
  }
}

// The one that pulls is stopped, so it renews nothing.
TEST_F(SchedulerTest, ALeaseLastsAsLongWhoeverLooksAtIt) {
  const std::vector<int> skews = {0, 70, -70};
  for (const int holder : skews) {
    for (const int other : skews) {
      const std::string id = absl::StrCat("shop", servers_.size());
      AddConnection(id);
      Server& stopped =
          AddServer(absl::ZeroDuration(), 1000, absl::Seconds(holder));
      stopped.hold = true;
      Tick(stopped);
      Server& server =
          AddServer(absl::ZeroDuration(), 1000, absl::Seconds(other));
      const Key key(id, model::Feed::kInventory);
      const auto has_pulled = [&] {
        Tick(server);
        AwaitEnds(server);
        absl::MutexLock lock(&server.mutex);
        return server.pulled[key];
      };
      clock_.Advance(absl::Seconds(59));
      EXPECT_EQ(has_pulled(), 0) << holder << " " << other;
      clock_.Advance(absl::Seconds(1));
      EXPECT_EQ(has_pulled(), 1) << holder << " " << other;
      absl::MutexLock lock(&stopped.mutex);
      stopped.hold = false;
    }
  }
}

TEST_F(SchedulerTest, GoesOnWhenTheClockIsSet) {
  AddConnections(1);
  AddServer();
  Pass(kSpread);
  EXPECT_THAT(Times(), Each(1));
  constexpr absl::Duration kWrong = absl::Hours(72);
  int pulls = 1;
  for (const absl::Duration jump : {kWrong, -kWrong, -kWrong, kWrong}) {
    clock_.Jump(jump);
    clock_.Advance(kInterval);
    Pass(kSpread + absl::Seconds(1));
    EXPECT_THAT(Times(), Each(Gt(pulls))) << jump;
    // One feed may have had its turn twice.
    const std::vector<int> times = Times();
    pulls = *std::min_element(times.begin(), times.end());
  }
}

TEST_F(SchedulerTest, PullsNothingWhereItOnlyPrunes) {
  AddConnections(1);
  Server& server = AddServer();
  Scheduler::Options options;
  options.pull = false;
  Scheduler pruning(options, store_.get(), server.runner.get(), &clock_,
                    &sleeper_, &ids_);
  EXPECT_EQ(pruning.Tick({}), absl::OkStatus());
  AwaitEnds(server);
  EXPECT_THAT(Times(), IsEmpty());
}

// Other writers have their turn between.
TEST_F(SchedulerTest, PrunesAThousandRowsAtATime) {
  AddConnection("acme");
  Server& server = AddServer();
  Scheduler::Options options;
  options.pull = false;
  Scheduler pruning(options, store_.get(), server.runner.get(), &clock_,
                    &sleeper_, &ids_);
  const auto writes = [&] {
    counter_.Reset();
    clock_.Advance(options.prune_interval);
    EXPECT_EQ(pruning.Tick({}), absl::OkStatus());
    return counter_.counts().write_transactions;
  };
  const int64_t of_nothing = writes();
  model::SettingsChange old;
  old.change_time = clock_.Now() - options.retention;
  ASSERT_TRUE(
      store_
          ->Write({},
                  [&](storage::WriteTransaction& txn) -> absl::Status {
                    for (int i = 0; i < 2500; ++i) {
                      OMS_RETURN_IF_ERROR(
                          txn.connections().AppendSettingsChange("acme", old));
                    }
                    return absl::OkStatus();
                  })
          .ok());
  EXPECT_EQ(writes(), of_nothing + 2);
  EXPECT_EQ(writes(), of_nothing);
}

// 25,000 rows are more than a tick removes: whatever is due has its turn before
// the rest.
TEST_F(SchedulerTest, RemovesADeletedConnectionBetweenPulls) {
  constexpr int kRows = 25'000;
  AddConnection("acme");
  Server& server = AddServer(/*spread=*/absl::ZeroDuration());
  ASSERT_TRUE(
      store_
          ->Write({},
                  [&](storage::WriteTransaction& txn) -> absl::Status {
                    for (int i = 0; i < kRows; ++i) {
                      OMS_RETURN_IF_ERROR(
                          txn.connections().AppendSettingsChange("acme", {}));
                    }
                    return txn.connections().DeleteConnection("acme");
                  })
          .ok());
  AddConnection("bolt");
  const auto left = [&] {
    bool rows = false;
    EXPECT_TRUE(store_
                    ->Read({},
                           [&](storage::ReadTransaction& txn) -> absl::Status {
                             OMS_ASSIGN_OR_RETURN(
                                 rows, txn.connections().HasDeletedRows());
                             return absl::OkStatus();
                           })
                    .ok());
    return rows;
  };
  Tick(server);
  EXPECT_TRUE(left());
  AwaitEnds(server);
  EXPECT_THAT(Times(), SizeIs(2));  // both feeds of the one that is there
  Tick(server);
  EXPECT_FALSE(left());
}

}  // namespace
}  // namespace oms_connector::server
