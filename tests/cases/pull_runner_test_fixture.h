// A runner of pulls over a real store, with bodies that tests write.
#ifndef OMS_CONNECTOR_TESTS_CASES_PULL_RUNNER_TEST_FIXTURE_H_
#define OMS_CONNECTOR_TESTS_CASES_PULL_RUNNER_TEST_FIXTURE_H_

#include <pthread.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "domain/feeds/pull_runner.h"
#include "domain/feeds/run_queries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "order_manager/order_manager.h"
#include "tests/endpoints/test_store.h"

namespace oms_connector::feeds {

using model::ReasonOf;

inline absl::Status StoreNothing(storage::WriteTransaction& txn) {
  (void)txn;
  return absl::OkStatus();
}

class PullRunnerTest : public ::testing::Test {
 protected:
  PullRunnerTest() : sleeper_(&clock_), executor_("pulls", 2, 1) {
    auto store = testing_support::NewTestStore(&clock_, &sleeper_, &ids_);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    AddConnection("acme");
    runner_ = NewRunner("server-1");
  }
  ~PullRunnerTest() override {
    if (!release_.HasBeenNotified()) release_.Notify();
    runner_->Shutdown();
    executor_.Shutdown();
  }

  void AddConnection(const std::string& id) {
    model::Connection connection;
    connection.id = id;
    connection.epoch = "e";
    connection.create_time = connection.update_time =
        connection.earliest_shipment_time = clock_.Now();
    ASSERT_TRUE(store_
                    ->Write({},
                            [&](storage::WriteTransaction& txn) {
                              return txn.connections().InsertConnection(
                                  connection, {{}, "1", clock_.Now()});
                            })
                    .ok());
  }

  std::unique_ptr<PullRunner> NewRunner(
      const std::string& holder, base::Executor* failing_executor = nullptr,
      PullRunnerOptions options = {}) {
    options.store = store_.get();
    options.clock = &clock_;
    options.ids = &ids_;
    options.executor = &executor_;
    options.failing_executor = failing_executor;
    options.open_token = [](const model::Connection&) {
      return base::SecretString("token");
    };
    options.holder = holder;
    options.watch_interval = absl::Milliseconds(1);
    auto runner = std::make_unique<PullRunner>(options);
    for (const model::Feed feed :
         {model::Feed::kInventory, model::Feed::kShipments}) {
      runner->SetBody(feed,
                      [this](PullSession& session) { return body_(session); });
    }
    return runner;
  }

  PullRequest Request(model::SyncKind kind = model::SyncKind::kIncremental,
                      const std::string& connection = "acme") {
    PullRequest request;
    request.connection = connection;
    request.kind = kind;
    return request;
  }
  model::SyncRun RunOnce(model::SyncKind kind = model::SyncKind::kIncremental) {
    return *runner_->RunToEnd({}, Request(kind));
  }
  absl::StatusOr<model::SyncRun> Cancel(PullRunner& runner,
                                        const std::string& run_id) {
    absl::StatusOr<model::SyncRun> cancelled;
    absl::Notification told;
    CancelSyncRun(*store_, runner, {}, "acme", run_id,
                  [&](absl::StatusOr<model::SyncRun> run) {
                    cancelled = std::move(run);
                    told.Notify();
                  });
    told.WaitForNotification();
    return cancelled;
  }
  // A body that waits until the test lets it go or it is told to stop.
  absl::Status WaitForTest(PullSession& session) {
    started_.Notify();
    while (!release_.HasBeenNotified()) {
      if (session.context().cancellation().WaitForCancellation(
              absl::Milliseconds(1))) {
        return absl::CancelledError();
      }
    }
    return absl::OkStatus();
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<storage::Store> store_;
  base::Executor executor_;
  absl::Notification started_;
  absl::Notification release_;
  PullBody body_ = [](PullSession&) { return absl::OkStatus(); };
  std::unique_ptr<PullRunner> runner_;
};

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_TESTS_CASES_PULL_RUNNER_TEST_FIXTURE_H_
