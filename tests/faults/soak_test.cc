// Hours of callers in a minute: every call, over sound and broken networks, for
// as long as the test may take. What the process holds does not grow: memory,
// descriptors and threads are the same in the last third as in the one before.
//
// OMS_SOAK=1 takes ten minutes instead of seconds.
#include <signal.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/faults.h"
#include "gtest/gtest.h"
#include "tests/faults/fault_proxy.h"
#include "tests/faults/store_check.h"
#include "tests/support/every_rpc.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using Figures = ServerProcess::Figures;

Figures MeanOf(const std::vector<Figures>& all, size_t from, size_t to) {
  Figures mean;
  for (size_t i = from; i < to; ++i) {
    const double share = 1.0 / static_cast<double>(to - from);
    mean.resident_mib += all[i].resident_mib * share;
    mean.descriptors += all[i].descriptors * share;
    mean.threads += all[i].threads * share;
  }
  return mean;
}

class SoakTest : public ::testing::Test {
 protected:
  SoakTest() : fake_(StartFakeOrderManager(LongWireWorld(200))) {
    MakeKeyFile(directory_.File("key"));
    server_ = ServerProcess::Start(
        {"--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
         absl::StrCat("--store=sqlite:", directory_.File("store.db")),
         absl::StrCat("--secret_key_file=", directory_.File("key")),
         "--allow_loopback_order_manager",
         "--order_manager_requests_per_second=0", "--drain_delay=0s",
         "--log_level=error"},
        directory_.File("log"));
    EXPECT_NE(server_->address(), "") << server_->Log();
    callers_ = std::make_unique<FaultProxy>(PortOf(server_->address()));
    orders_ = std::make_unique<FaultProxy>(PortOf(fake_->base_url()));
  }

  // A connection that is pulled all the time, through the network.
  void Create(WireClient& client, const std::string& id) {
    auto request = NewConnectionRequest(
        id, absl::StrCat("http://127.0.0.1:", orders_->port()),
        "carts { id: 'shop' sales_channel: '7' } "
        "inventory_interval { nanos: 500000000 } "
        "shipment_interval { nanos: 500000000 }");
    EXPECT_EQ(client.Call(&ConnectionStub::CreateConnection, request).error(),
              "OK");
  }

  TestDirectory directory_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<FaultProxy> callers_;
  std::unique_ptr<FaultProxy> orders_;
};

TEST_F(SoakTest, NothingThatIsHeldGrows) {
  const absl::Duration length = std::getenv("OMS_SOAK") != nullptr
                                    ? absl::Minutes(10)
                                    : absl::Seconds(24);
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  WireClient sound(server_->address());
  for (const char* id : {"acme", "bolt", "corp"}) Create(sound, id);

  std::atomic<bool> ends{false};
  std::atomic<int64_t> answered{0};
  std::atomic<int64_t> failed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937_64 random(seed + static_cast<uint64_t>(i));
      const std::vector<RpcCase> rpcs = EveryRpc();
      const char* const ids[] = {"acme", "bolt", "corp", "none"};
      while (!ends) {
        // Some keep their connection for long, some come anew each time.
        WireClient client(absl::StrCat("127.0.0.1:", callers_->port()));
        for (int call = 0; call < 50 && !ends; ++call) {
          const RpcCase& rpc = rpcs[random() % rpcs.size()];
          const grpc::Status status = rpc.call(client, ids[random() % 4]);
          (status.error_code() == grpc::StatusCode::UNAVAILABLE ? failed
                                                                : answered)++;
          if (random() % 20 == 0) break;
        }
      }
    });
  }
  threads.emplace_back([&] {
    using Kind = FaultProxy::Kind;
    std::mt19937_64 random(seed);
    while (!ends) {
      const auto bytes = static_cast<int64_t>(random() % 4'000);
      const FaultProxy::Weather weathers[] = {
          {}, {}, {}, {Kind::kCut, bytes}, {Kind::kReset, bytes}};
      callers_->Set(weathers[random() % 5]);
      orders_->Set(weathers[random() % 5]);
      absl::SleepFor(absl::Milliseconds(300));
    }
    callers_->Set({});
    orders_->Set({});
  });

  std::vector<Figures> figures;
  const absl::Time end = absl::Now() + length;
  while (absl::Now() < end) {
    absl::SleepFor(length / 120);
    figures.push_back(server_->Holds());
  }
  ends = true;
  for (std::thread& thread : threads) thread.join();

  // The first third fills caches and pools.
  const size_t third = figures.size() / 3;
  const Figures before = MeanOf(figures, third, 2 * third);
  const Figures after = MeanOf(figures, 2 * third, figures.size());
  printf(
      "%d calls answered, %d met a broken network; MiB %.1f then %.1f, "
      "descriptors %.1f then %.1f, threads %.1f then %.1f\n",
      static_cast<int>(answered), static_cast<int>(failed), before.resident_mib,
      after.resident_mib, before.descriptors, after.descriptors, before.threads,
      after.threads);
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed, to see it used
  EXPECT_LT(after.resident_mib, before.resident_mib * 1.1 + 4);
#endif
  EXPECT_LT(after.descriptors, before.descriptors + 10);
  EXPECT_LT(after.threads, before.threads + 6);
  EXPECT_GT(answered, 100);

  // Sound to the end.
  EXPECT_EQ(sound.Call(&ConnectionStub::ListConnections, "").error(), "OK");
  EXPECT_EQ(Breaches(directory_.File("store.db")), "");
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0) << server_->Log();
}

}  // namespace
}  // namespace oms_connector::testing_support
