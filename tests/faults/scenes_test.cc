// Scenes that one caller, account or stranger once made for everybody, each
// with a bystander beside it: how the bystander fares in the middle of it, as a
// ratio to how he fares alone. What was measured is printed, for
// docs/reliability.md; what is demanded is wide, as machines are busy.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/faults.h"
#include "fake_order_manager/generator.h"
#include "fake_order_manager/http_client.h"
#include "gtest/gtest.h"
#include "tests/faults/fault_proxy.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

template <typename Function>
absl::Duration TimeOf(Function function) {
  const absl::Time start = absl::Now();
  function();
  return absl::Now() - start;
}

struct Times {
  absl::Duration median, longest;
};

// Of so many calls, one after the other.
template <typename Function>
Times TimesOf(int count, Function function) {
  std::vector<absl::Duration> all;
  for (int i = 0; i < count; ++i) all.push_back(TimeOf(function));
  std::sort(all.begin(), all.end());
  return {all[all.size() / 2], all.back()};
}

std::string Text(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Microseconds(10)));
}
std::string Text(const Times& times) {
  return absl::StrCat(Text(times.median), " (", Text(times.longest),
                      " at most)");
}

// The hashes are those of the two tokens.
constexpr char kCrowd[] = "crowd-token";
constexpr char kBystander[] = "other-token";
constexpr char kPrincipals[] = R"pb(
  principals {
    name: "crowd"
    token_sha256: "3c7245725fb43fc91070284fd8509fbab49a8e73c96e5962c81a3afa4268c9ca"
    grants { role: OPERATOR connections: "*" }
  }
  principals {
    name: "bystander"
    token_sha256: "6c67163bbed989f232b31acc4f04df54b31285bfc01bd022c735b71e041a4754"
    grants { role: ADMIN connections: "*" }
  })pb";

class ScenesTest : public ::testing::Test {
 protected:
  void Start(std::vector<std::string> flags = {}) {
    const std::vector<std::string> common = {
        "--listen=127.0.0.1:0",
        "--admin_listen=127.0.0.1:0",
        absl::StrCat("--store=sqlite:", directory_.File("store.db")),
        "--allow_loopback_order_manager",
        "--order_manager_requests_per_second=0",
        "--drain_delay=0s",
        "--log_level=error"};
    flags.insert(flags.begin(), common.begin(), common.end());
    server_ = ServerProcess::Start(flags, directory_.File("log"));
    ASSERT_NE(server_->address(), "") << server_->Log();
    client_ = std::make_unique<WireClient>(server_->address());
  }
  // With a crowd and a bystander, each with a name of its own.
  void StartWithPrincipals() {
    const std::string file = directory_.File("principals");
    std::ofstream(file) << kPrincipals;
    Start(
        {"--background_sync=false", absl::StrCat("--principals_file=", file)});
    client_ = std::make_unique<WireClient>(server_->address(), kBystander);
  }
  void End() {
    server_->Signal(SIGTERM);
    EXPECT_EQ(server_->Wait(), 0) << server_->Log();
  }
  // `connection` is the text of one.
  void Create(const std::string& id, FakeOrderManager& fake,
              const std::string& connection = "") {
    EXPECT_EQ(client_
                  ->Call(&ConnectionStub::CreateConnection,
                         NewConnectionRequest(id, fake.base_url(), connection))
                  .error(),
              "OK");
  }
  // What a bystander asks for, and changes.
  void Get(const std::string& id = "acme") {
    EXPECT_EQ(client_
                  ->Call(&ConnectorStub::GetSettings,
                         absl::StrCat("name: 'connections/", id, "/settings'"))
                  .error(),
              "OK");
  }
  void Change(const std::string& id = "acme") {
    v1::UpdateSettingsRequest request;
    request.mutable_settings()->set_name(
        absl::StrCat("connections/", id, "/settings"));
    request.mutable_settings()
        ->mutable_inventory()
        ->set_subtract_locked_quantity(changes_++ % 2 == 0);
    EXPECT_EQ(client_->Call(&ConnectorStub::UpdateSettings, request).error(),
              "OK");
  }
  // When the newest pull of the connection began.
  absl::Time NewestPull(const std::string& id) {
    const auto runs = client_->Call(
        &ConnectionStub::ListSyncRuns,
        absl::StrCat("parent: 'connections/", id, "' page_size: 1"));
    if (runs->runs().empty()) return absl::InfinitePast();
    const auto& start = runs->runs(0).start_time();
    return absl::FromUnixSeconds(start.seconds()) +
           absl::Nanoseconds(start.nanos());
  }
  int AdminPort() const { return PortOf(server_->admin_address()); }

  TestDirectory directory_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WireClient> client_;
  int changes_ = 0;
};

TEST_F(ScenesTest, FortyPreviewsOfOneCaller) {
  WorldPlan plan;
  plan.products = 10'000;
  plan.orders = 0;
  const auto fake = StartFakeOrderManager(GenerateWorld(plan, absl::Now()));
  StartWithPrincipals();
  Create("acme", *fake);
  EXPECT_TRUE(client_
                  ->Call(&ConnectorStub::SyncInventory,
                         "connection: 'connections/acme'", absl::Minutes(2))
                  .ok());
  const auto preview = [](WireClient& caller) {
    return caller
        .Call(&ConnectionStub::PreviewSettings,
              "name: 'connections/acme/settings' settings { inventory {"
              "  inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE } }",
              absl::Minutes(5))
        .error();
  };
  const Times get_alone = TimesOf(50, [&] { Get(); });
  const absl::Duration alone =
      TimeOf([&] { EXPECT_EQ(preview(*client_), "OK"); });
  std::vector<std::thread> crowd;
  std::atomic<int> ended{0};
  absl::Notification first;
  const absl::Time start = absl::Now();
  for (int i = 0; i < 40; ++i) {
    crowd.emplace_back([&] {
      WireClient caller(server_->address(), kCrowd);
      EXPECT_EQ(preview(caller), "OK");
      if (ended++ == 0) first.Notify();
    });
  }
  first.WaitForNotification();
  const Times get = TimesOf(50, [&] { Get(); });
  const absl::Duration meanwhile =
      TimeOf([&] { EXPECT_EQ(preview(*client_), "OK"); });
  const int before = ended;
  for (std::thread& thread : crowd) thread.join();
  printf(
      "forty previews of one caller, in %s: another's GetSettings took %s "
      "alone, %s meanwhile, its preview %s alone, %s meanwhile, behind %d\n",
      Text(absl::Now() - start).c_str(), Text(get_alone).c_str(),
      Text(get).c_str(), Text(alone).c_str(), Text(meanwhile).c_str(), before);
  EXPECT_LT(get.median, 20 * get_alone.median);
  EXPECT_LT(before, 20);
  End();
}

TEST_F(ScenesTest, BadOutcomes) {
  const auto fake = StartFakeOrderManager(SmallWireWorld());
  StartWithPrincipals();
  Create("acme", *fake, "carts { id: 'shop' sales_channel: '7' }");
  v1::AcknowledgeShipmentsRequest request;
  request.set_connection("connections/acme");
  for (int i = 0; i < 5000; ++i) {
    v1::ShipmentOutcome* const outcome = request.add_outcomes();
    outcome->set_name(
        absl::StrCat("connections/acme/shipments/", 9'000'000'000 + i));
    outcome->set_result(v1::ShipmentOutcome::RESULT_REJECTED);
    outcome->set_reason(std::string(300, 'x'));
  }
  const double alone = server_->Holds().resident_mib;
  double highest = 0;
  for (int i = 0; i < 20; ++i) {
    request.set_request_id(absl::StrFormat("5e0b5d1c-7a3e-4c1e-9d55-%012d", i));
    const auto answer =
        client_->Call(&ConnectorStub::AcknowledgeShipments, request);
    EXPECT_EQ(answer.error(), "OK");
    EXPECT_EQ(answer->errors_size(), 5000);
    highest = std::max(highest, server_->Holds().resident_mib);
  }
  printf("twenty calls of %.1f MiB of bad outcomes: %.0f MiB, %.0f before\n",
         static_cast<double>(request.ByteSizeLong()) / (1 << 20), highest,
         alone);
  EXPECT_LT(highest, alone + 128);
  End();
}

constexpr char kOften[] =
    "inventory_interval { nanos: 500000000 } "
    "shipment_interval { nanos: 500000000 }";

TEST_F(ScenesTest, SixteenAccountsThatHangAtOnce) {
  Start();
  const auto sound = StartFakeOrderManager(SmallWireWorld());
  Create("acme", *sound, kOften);
  std::vector<std::unique_ptr<FakeOrderManager>> fakes;
  for (int i = 0; i < 16; ++i) {
    fakes.push_back(StartFakeOrderManager(SmallWireWorld()));
    Create(absl::StrCat("hangs-", i), *fakes.back(), kOften);
  }
  // The longest time without a pull of the sound one that begins.
  const auto longest_gap = [&](absl::Duration length) {
    absl::Duration longest;
    absl::Time last = absl::Now();
    for (const absl::Time end = last + length; absl::Now() < end;) {
      absl::SleepFor(absl::Milliseconds(50));
      const absl::Time begun = NewestPull("acme");
      if (begun > last) {
        longest = std::max(longest, begun - last);
        last = begun;
      }
    }
    return std::max(longest, absl::Now() - last);
  };
  longest_gap(absl::Seconds(3));
  const absl::Duration alone = longest_gap(absl::Seconds(5));
  for (const auto& fake : fakes) {
    fake->faults().Add(MakeFault(FaultKind::kHold));
  }
  const absl::Duration first = longest_gap(absl::Seconds(65));
  const absl::Duration later = longest_gap(absl::Seconds(20));
  printf(
      "sixteen accounts, both feeds: a sound one is pulled every %s alone, "
      "once after %s when they begin to hang, every %s from then on\n",
      Text(alone).c_str(), Text(first).c_str(), Text(later).c_str());
  EXPECT_LT(first, absl::Seconds(50)) << "32 pulls hang, 16 at a time";
  EXPECT_LT(later, absl::Seconds(6) + 4 * alone);
  for (const auto& fake : fakes) fake->faults().ReleaseAll();
  End();
}

TEST_F(ScenesTest, SixteenDeletesThatAreAbandoned) {
  Start({"--background_sync=false"});
  const auto fake = StartFakeOrderManager(SmallWireWorld());
  Create("acme", *fake);
  std::vector<std::unique_ptr<FakeOrderManager>> fakes;
  std::vector<int64_t> holds;
  for (int i = 0; i < 16; ++i) {
    fakes.push_back(StartFakeOrderManager(SmallWireWorld()));
    Create(absl::StrCat("gone-", i), *fakes.back());
    holds.push_back(fakes.back()->faults().Add(MakeFault(FaultKind::kHold)));
  }
  const Times alone = TimesOf(50, [&] { Get(); });
  std::vector<std::thread> pulls;
  for (int i = 0; i < 16; ++i) {
    pulls.emplace_back([&, i] {
      WireClient caller(server_->address());
      caller.Call(&ConnectorStub::SyncInventory,
                  absl::StrCat("connection: 'connections/gone-", i, "'"),
                  absl::Seconds(3));
    });
  }
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(fakes[i]->faults().WaitUntilHeld(holds[i], absl::Seconds(30)));
  }
  std::vector<std::thread> deletes;
  absl::Duration longest_delete;
  absl::Mutex mutex;
  for (int i = 0; i < 16; ++i) {
    deletes.emplace_back([&, i] {
      WireClient caller(server_->address());
      const absl::Duration took = TimeOf([&] {
        caller.Call(&ConnectionStub::DeleteConnection,
                    absl::StrCat("name: 'connections/gone-", i, "'"),
                    absl::Milliseconds(500));
      });
      const absl::MutexLock lock(&mutex);
      longest_delete = std::max(longest_delete, took);
    });
  }
  const Times meanwhile = TimesOf(50, [&] { Get(); });
  for (std::thread& thread : deletes) thread.join();
  printf(
      "sixteen deletes over pulls that hang: each returned within %s; "
      "GetSettings took %s alone, %s meanwhile\n",
      Text(longest_delete).c_str(), Text(alone).c_str(),
      Text(meanwhile).c_str());
  EXPECT_LT(meanwhile.median, 20 * alone.median);
  for (const auto& one : fakes) one->faults().ReleaseAll();
  for (std::thread& thread : pulls) thread.join();
  End();
}

TEST_F(ScenesTest, SlowCallersOfTheAdminPort) {
  Start({"--background_sync=false"});
  const auto probe = [&] {
    EXPECT_EQ(testing_support::Get(AdminPort(), "/readyz").status, 200);
  };
  const Times alone = TimesOf(20, probe);
  std::vector<int> silent;
  for (int i = 0; i < 37; ++i) {
    const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(AdminPort()));
    EXPECT_EQ(
        connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address),
        0);
    silent.push_back(file);
  }
  // One of them sends a header without an end.
  const std::string endless(64 << 10, 'x');
  send(silent[0], "GET / HTTP/1.1\r\nA: ", 19, MSG_NOSIGNAL);
  for (int i = 0; i < 64; ++i) {
    if (send(silent[0], endless.data(), endless.size(),
             MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
      break;
    }
  }
  const absl::Duration first = TimeOf(probe);
  const Times meanwhile = TimesOf(20, probe);
  printf(
      "37 silent callers of the admin port, one with an endless header: a "
      "probe took %s alone, the first one %s, later ones %s\n",
      Text(alone).c_str(), Text(first).c_str(), Text(meanwhile).c_str());
  EXPECT_LT(first, absl::Seconds(10));
  for (const int file : silent) close(file);
  End();
}

TEST_F(ScenesTest, PruningBesideWriters) {
  WorldPlan plan;
  plan.orders = 8000;
  const auto fake = StartFakeOrderManager(GenerateWorld(plan, absl::Now()));
  Start({"--background_sync=false"});
  Create("acme", *fake, "carts { id: 'shop' sales_channel: '7' }");
  const auto poll =
      client_->Call(&ConnectorStub::PollShipments,
                    "connection: 'connections/acme'", absl::Minutes(2));
  ASSERT_TRUE(poll.ok()) << poll.error();
  const Times alone = TimesOf(50, [&] { Change(); });
  const auto count = [&] {
    return client_
        ->Call(&ConnectionStub::ListShipments,
               "parent: 'connections/acme' page_size: 1000")
        ->shipments_size();
  };
  ASSERT_EQ(count(), 1000);
  End();
  // All of it is too old now, and goes when the server starts.
  absl::SleepFor(absl::Seconds(1));
  Start({"--background_sync=false", "--event_retention=1s"});
  const absl::Time start = absl::Now();
  Times meanwhile;
  int changes = 0;
  absl::Time end = start;
  while (absl::Now() < start + absl::Minutes(1)) {
    const Times some = TimesOf(20, [&] { Change(); });
    changes += 20;
    meanwhile.median = std::max(meanwhile.median, some.median);
    meanwhile.longest = std::max(meanwhile.longest, some.longest);
    end = absl::Now();
    if (count() < 1000) break;
  }
  printf(
      "pruning what a pull of 8,000 orders has left, in %s: a change of "
      "settings took %s alone, %s beside it, of %d\n",
      Text(end - start).c_str(), Text(alone).c_str(), Text(meanwhile).c_str(),
      changes);
  EXPECT_LT(count(), 1000);
  EXPECT_LT(meanwhile.longest, absl::Seconds(2));
  End();
}

TEST_F(ScenesTest, PatternsThatCostMuch) {
  WorldPlan plan;
  plan.channels = 100;
  const auto fake = StartFakeOrderManager(GenerateWorld(plan, absl::Now()));
  Start({"--background_sync=false"});
  // Nearly as large as they may be, a hundred of them.
  const auto cart = [](int i, const std::string& pattern) {
    return absl::StrCat("carts { id: 'c", i, "' sales_channel: '", 7 + i, "' ",
                        "family_rule { kind: KIND_ORDER_NUMBER_PREFIX ",
                        "order_number_pattern: '", pattern, "' } }");
  };
  std::string large;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&large, cart(i, absl::StrCat("^(", i, "[a-z]{900})-")));
  }
  Create("acme", *fake);
  Create("large", *fake, large);
  const auto poll = [&](const std::string& id) {
    const auto answer = client_->Call(
        &ConnectorStub::PollShipments,
        absl::StrCat("connection: 'connections/", id, "' max_wait {}"));
    EXPECT_EQ(answer.error(), "OK");
  };
  poll("acme");
  const absl::Duration first = TimeOf([&] { poll("large"); });
  const Times alone = TimesOf(20, [&] { poll("acme"); });
  const Times meanwhile = TimesOf(20, [&] { poll("large"); });
  const absl::Duration refused = TimeOf([&] {
    EXPECT_EQ(client_
                  ->Call(&ConnectionStub::CreateConnection,
                         NewConnectionRequest("huge", fake->base_url(),
                                              cart(0, "^(([a-z]{50}){50})-")))
                  .error(),
              "INVALID_ARGUMENT INVALID_REQUEST +BadRequest");
  });
  printf(
      "an empty poll of a hundred carts with large patterns: %s, beside %s "
      "without any; the first, which pulls, %s; a larger pattern is refused "
      "within %s\n",
      Text(meanwhile).c_str(), Text(alone).c_str(), Text(first).c_str(),
      Text(refused).c_str());
  EXPECT_LT(meanwhile.median, 20 * alone.median);
  End();
}

TEST_F(ScenesTest, TestsOfAccountsThatHang) {
  const auto fake = StartFakeOrderManager(SmallWireWorld());
  const auto hangs = StartFakeOrderManager(SmallWireWorld());
  Start({"--background_sync=false"});
  Create("acme", *fake);
  Create("hangs", *hangs);
  const auto cancel = [&] {
    const auto answer = client_->Call(&ConnectionStub::CancelSyncRun,
                                      "name: 'connections/acme/syncRuns/1'");
    EXPECT_EQ(answer.error(), "NOT_FOUND SYNC_RUN_NOT_FOUND +ResourceInfo");
  };
  const Times alone = TimesOf(20, cancel);
  const int64_t hold = hangs->faults().Add(MakeFault(FaultKind::kHold));
  std::vector<std::thread> tests;
  absl::Mutex mutex;
  absl::Duration longest;
  for (int i = 0; i < 4; ++i) {
    tests.emplace_back([&] {
      WireClient caller(server_->address());
      const absl::Duration took = TimeOf([&] {
        caller.Call(&ConnectionStub::TestConnection,
                    "name: 'connections/hangs'", absl::Minutes(2));
      });
      const absl::MutexLock lock(&mutex);
      longest = std::max(longest, took);
    });
  }
  EXPECT_TRUE(hangs->faults().WaitUntilHeld(hold, absl::Seconds(30)));
  const Times meanwhile = TimesOf(20, cancel);
  const Times get = TimesOf(20, [&] { Get(); });
  for (std::thread& thread : tests) thread.join();
  printf(
      "four TestConnections of an account that hangs: CancelSyncRun took %s "
      "alone, %s meanwhile, GetSettings %s; the tests were given up after %s\n",
      Text(alone).c_str(), Text(meanwhile).c_str(), Text(get).c_str(),
      Text(longest).c_str());
  EXPECT_LT(meanwhile.median, 20 * alone.median);
  hangs->faults().ReleaseAll();
  End();
}

}  // namespace
}  // namespace oms_connector::testing_support
