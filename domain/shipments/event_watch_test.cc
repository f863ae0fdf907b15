#include "domain/shipments/event_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "domain/shipments/event_signal.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/shipment.h"
#include "storage/store.h"
#include "tests/endpoints/test_store.h"

namespace oms_connector::shipments {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EventWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = testing_support::NewTestStore(&clock_, &sleeper_, &ids_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    watch_ = std::make_unique<EventWatch>(store_.get(), &signal_, &sleeper_);
    ASSERT_EQ(store_->Write({},
                            [](storage::WriteTransaction& txn) {
                              model::Connection connection;
                              connection.id = "acme";
                              return txn.connections().InsertConnection(
                                  connection, {});
                            }),
              absl::OkStatus());
  }

  // As another server does it, which nobody here is told of.
  void StoreEvent() {
    EXPECT_EQ(store_->Write({},
                            [](storage::WriteTransaction& txn) -> absl::Status {
                              model::ShipmentEvent event;
                              OMS_ASSIGN_OR_RETURN(
                                  event.sequence,
                                  txn.connections().TakeSequences("acme", 1));
                              return txn.shipments().AppendEvents("acme",
                                                                  {event});
                            }),
              absl::OkStatus());
  }
  void Wait() {
    signal_.Wait("acme", signal_.Count("acme"), [this] { ++woken_; });
  }
  void Look() { ASSERT_EQ(watch_->Look({}), absl::OkStatus()); }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<storage::Store> store_;
  EventSignal signal_;
  std::unique_ptr<EventWatch> watch_;
  int woken_ = 0;
};

TEST_F(EventWatchTest, WakesWhoWaitsWhenAnotherServerStoresAnEvent) {
  Wait();
  Look();  // there may have been events before it looked for the first time
  EXPECT_EQ(woken_, 1);
  Wait();
  Look();
  EXPECT_EQ(woken_, 1);
  StoreEvent();
  Look();
  EXPECT_EQ(woken_, 2);
}

TEST_F(EventWatchTest, LooksOnlyAtFeedsThatSomebodyWaitsFor) {
  EXPECT_THAT(signal_.WaitedFor(), IsEmpty());
  Look();
  EXPECT_EQ(signal_.Count("acme"), 0);
  Wait();
  Wait();
  EXPECT_THAT(signal_.WaitedFor(), ElementsAre("acme"));
}

TEST_F(EventWatchTest, LooksByItselfUntilItIsStopped) {
  absl::Notification woken;
  signal_.Wait("acme", 0, [&] { woken.Notify(); });
  watch_->Start();
  woken.WaitForNotification();
  watch_->Stop();
}

}  // namespace
}  // namespace oms_connector::shipments
