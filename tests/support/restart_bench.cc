#include "tests/support/restart_bench.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/faults.h"

namespace oms_connector::testing_support {

RestartBench::RestartBench()
    : database_(NewTestDatabase(directory_)),
      fake_(StartFakeOrderManager(LongWireWorld(kProducts))) {
  MakeKeyFile(directory_.File("key"));
}

std::vector<std::string> RestartBench::Arguments() const {
  return {"--listen=127.0.0.1:0",
          "--admin_listen=127.0.0.1:0",
          absl::StrCat("--store=", database_->url()),
          absl::StrCat("--secret_key_file=", directory_.File("key")),
          "--allow_loopback_order_manager",
          "--background_sync=false",
          "--order_manager_requests_per_second=0",
          "--log_level=debug",
          "--drain_delay=0s"};
}

void RestartBench::Start() {
  process_ = ServerProcess::Start(Arguments(), directory_.File("log"));
  ASSERT_NE(process_->address(), "") << process_->Log();
  client_ = std::make_unique<WireClient>(process_->address());
}

void RestartBench::CreateConnection() {
  ASSERT_EQ(client_
                ->Call(&ConnectionStub::CreateConnection,
                       NewConnectionRequest("acme", fake_->base_url(), ""))
                .error(),
            "OK");
  ASSERT_EQ(client_
                ->Call(&ConnectorStub::UpdateSettings, R"pb(
                  settings {
                    name: "connections/acme/settings"
                    inventory {
                      inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE
                    }
                  })pb")
                .error(),
            "OK");
}

WireAnswer<v1::SyncInventoryResponse> RestartBench::Sync(
    const std::string& rest) {
  return client_->Call(
      &ConnectorStub::SyncInventory,
      absl::StrCat("connection: 'connections/acme' max_results: 5000 ", rest));
}

WireAnswer<v1::SyncInventoryResponse> RestartBench::SyncToEnd() {
  const absl::Time give_up = absl::Now() + absl::Minutes(3);
  auto answer = Sync("max_staleness {} max_wait { seconds: 20 }");
  while (answer.ok() && answer->run().state() != v1::SyncRun::STATE_SUCCEEDED &&
         absl::Now() < give_up) {
    answer = Sync("max_staleness {} max_wait { seconds: 20 }");
  }
  return answer;
}

int64_t RestartBench::StockRequests(const char* page) const {
  return fake_->log().CountWith("productstocks/total", {{"page", page}});
}

int64_t RestartBench::HoldInTheMiddleOfAPull() {
  Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
  fault.parameters = {{"page", "4"}};
  const int64_t hold = fake_->faults().Add(fault);
  EXPECT_EQ(Sync("max_wait {}").error(), "OK");
  EXPECT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(60)));
  // What was read before is stored while the held page is awaited.
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  while (Sync("max_wait {}")->levels_size() == 0 && absl::Now() < give_up) {
  }
  return hold;
}

void RestartBench::KillInTheMiddleOfAPull() {
  const int64_t hold = HoldInTheMiddleOfAPull();
  process_->Signal(SIGKILL);
  EXPECT_EQ(process_->Wait(), -SIGKILL);
  fake_->faults().Release(hold);
}

}  // namespace oms_connector::testing_support
