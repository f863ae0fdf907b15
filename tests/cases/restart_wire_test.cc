// What a server leaves behind when it is killed or told to end: the real
// program, its database, its signals.
#include <signal.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/faults.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/long_poll_crowd.h"
#include "tests/support/restart_bench.h"
#include "tests/support/server_process.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RestartWireTest : public ::testing::Test {
 protected:
  RestartBench bench_;
};

TEST_F(RestartWireTest, KilledPullGoesOnFromItsLastPage) {
  bench_.Start();
  bench_.CreateConnection();
  bench_.KillInTheMiddleOfAPull();
  ASSERT_EQ(bench_.StockRequests("1"), 1);

  bench_.Start();
  const auto answer = bench_.SyncToEnd();
  ASSERT_EQ(answer.error(), "OK") << bench_.process().Log();
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_TRUE(answer->caught_up());
  EXPECT_EQ(answer->levels_size(), RestartBench::kProducts);
  EXPECT_EQ(bench_.StockRequests("1"), 1);
  EXPECT_EQ(bench_.StockRequests("4"), 2);  // once before the kill
}

TEST_F(RestartWireTest, CursorsFromBeforeAKillStayGood) {
  bench_.Start();
  bench_.CreateConnection();
  const auto before = bench_.Sync("max_staleness {}");
  ASSERT_EQ(before.error(), "OK");
  ASSERT_TRUE(before->caught_up());
  bench_.process().Signal(SIGKILL);
  bench_.process().Wait();

  bench_.fake().Mutate([](FakeWorld& world) { world.SetStock(1001, 1, 777); });
  bench_.Start();
  const auto after = bench_.Sync(
      absl::StrCat("max_staleness {} cursor: '", before->next_cursor(), "'"));
  ASSERT_EQ(after.error(), "OK");
  EXPECT_EQ(Brief(after.response), "SKU-1001@1=777");
}

TEST_F(RestartWireTest, SecondServerOnTheSamePortIsRefused) {
  bench_.Start();
  std::vector<std::string> arguments = bench_.Arguments();
  arguments[0] = absl::StrCat("--listen=", bench_.process().address());
  arguments[2] =
      absl::StrCat("--store=sqlite:", bench_.directory().File("other.db"));
  const auto second =
      ServerProcess::Start(arguments, bench_.directory().File("second"));
  EXPECT_EQ(second->address(), "");
  EXPECT_GT(second->Wait(), 0);
  EXPECT_THAT(second->Log(), AllOf(HasSubstr("oms_connector_server: "),
                                   HasSubstr(bench_.process().address())));
}

TEST_F(RestartWireTest, SigtermAnswersALongPollAndExitsCleanly) {
  bench_.Start();
  bench_.CreateConnection();
  // The feed is fresh, so that the next poll only waits for events.
  ASSERT_EQ(
      bench_.client()
          .Call(&ConnectorStub::PollShipments, "connection: 'connections/acme'")
          .error(),
      "OK");
  const absl::Time start = absl::Now();
  std::thread ending([&] {
    EXPECT_TRUE(AwaitLongPolls(bench_.process().admin_address(), 1));
    bench_.process().Signal(SIGTERM);
  });
  const auto answer = bench_.client().Call(
      &ConnectorStub::PollShipments,
      "connection: 'connections/acme' max_wait { seconds: 30 }");
  ending.join();
  EXPECT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->events_size(), 0);
  EXPECT_EQ(bench_.process().Wait(), 0) << bench_.process().Log();
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

// The crowd's connections, not its calls, may take a few: gRPC sizes its pools
// by what goes on.
TEST_F(RestartWireTest, ThousandLongPollsCostNoThreadsAndSigtermAnswersThem) {
  constexpr int kCrowd = 1000;
  constexpr char kLongPoll[] =
      "connection: 'connections/acme' max_wait { seconds: 30 }";
  bench_.Start();
  bench_.CreateConnection();
  ASSERT_EQ(
      bench_.client()
          .Call(&ConnectorStub::PollShipments, "connection: 'connections/acme'")
          .error(),
      "OK");
  const double before = bench_.process().Holds().threads;
  ASSERT_GT(before, 0);
  LongPollCrowd crowd(bench_.process().address(), kCrowd, kLongPoll);
  ASSERT_TRUE(AwaitLongPolls(bench_.process().admin_address(), kCrowd));
  EXPECT_LE(bench_.process().Holds().threads, before + 10);
  EXPECT_EQ(crowd.answered(), 0);
  bench_.process().Signal(SIGTERM);
  ASSERT_TRUE(crowd.AwaitAnswers(absl::Seconds(20))) << crowd.answered();
  for (const auto& answer : crowd.answers()) ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(bench_.process().Wait(), 0) << bench_.process().Log();
}

TEST_F(RestartWireTest, SigtermLetsACallSeeItsPullEnd) {
  bench_.Start();
  bench_.CreateConnection();
  Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
  fault.parameters = {{"page", "2"}};
  const int64_t hold = bench_.fake().faults().Add(fault);
  std::thread ending([&] {
    EXPECT_TRUE(bench_.fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
    bench_.process().Signal(SIGTERM);
    // The call is still there when nobody else is let in any more.
    const absl::Time give_up = absl::Now() + absl::Seconds(20);
    while (WireClient(bench_.process().address())
                   .Call(&ConnectionStub::ListConnections, "")
                   .error() == "OK" &&
           absl::Now() < give_up) {
    }
    bench_.fake().faults().Release(hold);
  });
  const auto answer = bench_.Sync();
  ending.join();
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_TRUE(answer->caught_up());
  EXPECT_EQ(bench_.process().Wait(), 0) << bench_.process().Log();
}

// What the Order Manager tells once is on its way when the server is told to
// end: it is stored before it does.
TEST_F(RestartWireTest, SigtermLetsNumbersThatAreToldOnceBeStored) {
  const auto set_number = [this](int64_t number) {
    bench_.fake().Mutate([number](FakeWorld& world) {
      Listing& listing = world.listings[20];
      listing.listing_id = 20;
      listing.listing_sku = listing.master_sku = "SKU-1001";
      listing.sales_channel_id = 7;
      listing.quantity = number;
      listing.quantity_modified = absl::Now();
    });
  };
  set_number(50);
  bench_.fake().Mutate([](FakeWorld& world) {
    SalesChannel channel;
    channel.sales_channel_id = 7;
    channel.name = "Shop";
    world.Put(std::move(channel));
  });
  bench_.Start();
  ASSERT_EQ(
      bench_.client()
          .Call(&ConnectionStub::CreateConnection,
                NewConnectionRequest("acme", bench_.fake().base_url(),
                                     "carts { id: 'shop' sales_channel: '7' }"))
          .error(),
      "OK");
  EXPECT_EQ(Brief(bench_.Sync().response), "SKU-1001@7=50");
  set_number(51);
  Fault fault = MakeFault(FaultKind::kHold, "inventory/acknowledge");
  fault.processed = true;
  const int64_t hold = bench_.fake().faults().Add(fault);
  ASSERT_EQ(bench_.Sync("max_staleness {} max_wait {}").error(), "OK");
  ASSERT_TRUE(bench_.fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  bench_.process().Signal(SIGTERM);
  // It has taken notice when nobody else is let in any more.
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  while (WireClient(bench_.process().address())
                 .Call(&ConnectionStub::ListConnections, "")
                 .error() == "OK" &&
         absl::Now() < give_up) {
  }
  bench_.fake().faults().Release(hold);
  EXPECT_EQ(bench_.process().Wait(), 0) << bench_.process().Log();

  bench_.Start();
  EXPECT_EQ(Brief(bench_.Sync("max_staleness { seconds: 3600 }").response),
            "SKU-1001@7=51");
  const auto next = bench_.Sync("max_staleness {}");
  EXPECT_EQ(Brief(next.response), "SKU-1001@7=51");
  EXPECT_FALSE(next->run().delta_gap_suspected());
}

TEST_F(RestartWireTest, SigtermInTheMiddleOfAPullExitsCleanly) {
  bench_.Start();
  bench_.CreateConnection();
  const int64_t hold = bench_.HoldInTheMiddleOfAPull();
  bench_.process().Signal(SIGTERM);
  EXPECT_EQ(bench_.process().Wait(), 0) << bench_.process().Log();
  bench_.fake().faults().Release(hold);
  bench_.Start();
  EXPECT_TRUE(bench_.Sync()->caught_up());
  EXPECT_EQ(bench_.StockRequests("1"), 1);
}

TEST_F(RestartWireTest, SealedTokenOpensAfterARestart) {
  bench_.Start();
  bench_.CreateConnection();
  bench_.process().Signal(SIGTERM);
  EXPECT_EQ(bench_.process().Wait(), 0);
  bench_.Start();
  EXPECT_EQ(bench_.Sync()->levels_size(), RestartBench::kProducts);
}

}  // namespace
}  // namespace oms_connector::testing_support
