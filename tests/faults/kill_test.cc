// A server that is killed at random moments while its callers pull, poll and
// acknowledge: nothing that was answered is lost, no event is told differently
// or twice, and in the end the callers hold what the Order Manager holds.
#include <signal.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/world_json.h"
#include "gtest/gtest.h"
#include "tests/faults/store_check.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(20);

// What callers were told, by any server so far.
struct Told {
  std::map<std::string, std::string> levels;  // SKU → number, by cursor
  std::string level_cursor;
  bool pulled = false;                    // by a run that went well
  std::map<int64_t, std::string> events;  // sequence → what it said
  std::set<int64_t> confirmed;            // whose OK came back
};

class KillTest : public ::testing::Test {
 protected:
  KillTest() : fake_(StartFakeOrderManager(LongWireWorld(kProducts))) {
    MakeKeyFile(directory_.File("key"));
    Merge("salesChannels", R"([{"salesChannelId": 7, "name": "Shop"}])");
  }

  static constexpr int kProducts = 300;

  void Start() {
    server_ = ServerProcess::Start(
        {"--listen=127.0.0.1:0", "--admin_listen=",
         absl::StrCat("--store=sqlite:", directory_.File("store.db")),
         absl::StrCat("--secret_key_file=", directory_.File("key")),
         "--allow_loopback_order_manager", "--background_sync=false",
         "--order_manager_requests_per_second=0", "--drain_delay=0s"},
        directory_.File("log"));
    ASSERT_NE(server_->address(), "") << server_->Log();
    client_ = std::make_unique<WireClient>(server_->address());
  }

  void Merge(absl::string_view table, const std::string& json) {
    fake_->Mutate([&](FakeWorld& world) {
      const absl::Status merged = MergeRows(table, json, absl::Now(), world);
      EXPECT_TRUE(merged.ok()) << merged;
    });
  }

  // Some new numbers and a new parcel, as the Order Manager has them all day.
  void ChangeWorld(std::mt19937_64& random) {
    fake_->Mutate([&](FakeWorld& world) {
      for (int i = 0; i < 20; ++i) {
        world.SetStock(1001 + static_cast<int64_t>(random() % kProducts), 1,
                       static_cast<int64_t>(random() % 1000));
      }
    });
    ++parcels_;
    Merge("orders", absl::StrCat(R"([{"orderId": )", parcels_,
                                 R"(, "orderNumber": "N-)", parcels_,
                                 R"(", "orderStatus": "SHIPPED", )"
                                 R"("salesChannelId": 7, "createdDate": "-1s",)"
                                 R"( "modifiedDate": "-1s"}])"));
    Merge("shipments",
          absl::StrCat(
              R"([{"shipmentId": )", 90000 + parcels_, R"(, "orderId": )",
              parcels_, R"(, "orderNumber": "N-)", parcels_,
              R"(", "created": "-1s", "shipDate": "-1s", )"
              R"("trackingNumber": "1Z)",
              parcels_, R"(", "shipMethod": {"shippingCarrier": "UPS"}}])"));
  }

  // One turn of each kind of caller; false once the server has gone.
  bool PullOnce(Told& told) {
    v1::SyncInventoryRequest request;
    request.set_connection("connections/acme");
    request.set_cursor(told.level_cursor);
    request.mutable_max_staleness();
    const auto page =
        client_->Call(&ConnectorStub::SyncInventory, request, kDeadline);
    if (!page.ok()) return false;
    for (const v1::InventoryLevel& level : page->levels()) {
      told.levels[level.sku()] = absl::StrCat(level.available());
    }
    told.level_cursor = page->next_cursor();
    told.pulled = page->run().state() == v1::SyncRun::STATE_SUCCEEDED;
    return true;
  }
  bool PollOnce(Told& told) {
    const auto page = client_->Call(
        &ConnectorStub::PollShipments,
        "connection: 'connections/acme' consumer: 'erp' cart: 'shop' "
        "max_staleness {} max_results: 3",
        kDeadline);
    if (!page.ok()) return false;
    for (const v1::ShipmentEvent& event : page->events()) Note(event, told);
    if (page->events().empty()) return true;
    v1::AcknowledgeShipmentsRequest request;
    request.set_connection("connections/acme");
    request.set_consumer("erp");
    request.set_cursor(page->next_cursor());
    for (const v1::ShipmentEvent& event : page->events()) {
      auto& outcome = *request.add_outcomes();
      outcome.set_name(event.shipment().name());
      outcome.set_result(v1::ShipmentOutcome::RESULT_CONFIRMED);
    }
    const auto answer =
        client_->Call(&ConnectorStub::AcknowledgeShipments, request, kDeadline);
    if (!answer.ok()) return false;
    EXPECT_EQ(answer->errors_size(), 0);
    for (const v1::ShipmentEvent& event : page->events()) {
      told.confirmed.insert(event.shipment().shipment_id());
    }
    return true;
  }
  static void Note(const v1::ShipmentEvent& event, Told& told) {
    const std::string text =
        absl::StrCat(v1::ShipmentEvent::Kind_Name(event.kind()), " ",
                     event.shipment().shipment_id(), " ",
                     event.shipment().tracking_number());
    const auto [known, is_new] = told.events.emplace(event.sequence(), text);
    EXPECT_EQ(known->second, text) << event.sequence();
  }

  // Everything that was ever told is there as it was, and nothing beside it.
  void CheckFeed(Told& told) {
    const std::map<int64_t, std::string> before = told.events;
    std::map<int64_t, std::string> now;
    std::string cursor;
    for (;;) {
      const auto page = client_->Call(
          &ConnectorStub::PollShipments,
          absl::StrCat("connection: 'connections/acme' cart: 'shop' "
                       "max_staleness { seconds: 36000 } cursor: '",
                       cursor, "'"),
          kDeadline);
      ASSERT_EQ(page.error(), "OK");
      Told again;
      for (const v1::ShipmentEvent& event : page->events()) {
        Note(event, again);
        if (told.confirmed.count(event.shipment().shipment_id()) > 0) {
          EXPECT_EQ(event.shipment().delivery().state(),
                    v1::Delivery::STATE_CONFIRMED)
              << event.shipment().shipment_id();
        }
        // An answer whose own answer was lost counts as well.
        if (event.shipment().delivery().state() ==
            v1::Delivery::STATE_CONFIRMED) {
          told.confirmed.insert(event.shipment().shipment_id());
        }
      }
      now.insert(again.events.begin(), again.events.end());
      cursor = page->next_cursor();
      if (page->events().empty()) break;
    }
    for (const auto& [sequence, text] : before) {
      EXPECT_EQ(now[sequence], text) << sequence;
    }
    std::set<std::string> once;
    for (const auto& [sequence, text] : now) {
      EXPECT_TRUE(once.insert(text).second) << text << " twice";
    }
    told.events = now;
  }

  TestDirectory directory_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WireClient> client_;
  int64_t parcels_ = 0;
};

TEST_F(KillTest, CallersLoseNothingThatTheyWereTold) {
  const int kills = std::getenv("OMS_SOAK") != nullptr ? 200 : 25;
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  Told told;
  Start();
  ASSERT_EQ(client_
                ->Call(&ConnectionStub::CreateConnection,
                       NewConnectionRequest(
                           "acme", fake_->base_url(),
                           "carts { id: 'shop' sales_channel: '7' }"))
                .error(),
            "OK");
  ASSERT_EQ(client_
                ->Call(&ConnectorStub::UpdateSettings,
                       "settings { name: 'connections/acme/settings' inventory "
                       "{ inventory_sync_mode: "
                       "INVENTORY_SYNC_MODE_PER_WAREHOUSE } }")
                .error(),
            "OK");
  int turns = 0;
  for (int kill = 0; kill < kills && !HasFailure(); ++kill) {
    SCOPED_TRACE(absl::StrCat("kill ", kill + 1));
    std::atomic<int> done{0};
    Told pulls;
    pulls.levels = told.levels;
    pulls.level_cursor = told.level_cursor;
    std::thread puller([&] {
      while (PullOnce(pulls)) ++done;
    });
    std::thread poller([&] {
      while (PollOnce(told)) ++done;
    });
    const absl::Time end =
        absl::Now() + absl::Milliseconds(30 + random() % 300);
    while (absl::Now() < end) {
      ChangeWorld(random);
      // So fast, not faster: the world is to be read to its end.
      absl::SleepFor(absl::Milliseconds(20));
    }
    server_->Signal(SIGKILL);
    server_->Wait();
    puller.join();
    poller.join();
    told.levels = pulls.levels;
    told.level_cursor = pulls.level_cursor;
    turns += done;
    EXPECT_EQ(Breaches(directory_.File("store.db")), "");
    Start();
    CheckFeed(told);
  }
  // What the callers hold in the end, and what the Order Manager does.
  // A pull that goes well gives all of it: there are fewer levels than a page
  // holds.
  // The first may be one that was killed: it goes on where it stood, and what
  // changed behind it comes with the next.
  for (int i = 0, well = 0; i < 100 && well < 2; ++i) {
    told.pulled = false;
    EXPECT_TRUE(PullOnce(told));
    if (told.pulled) ++well;
  }
  for (int i = 0; i < 500 && PollOnce(told); ++i) {
    CheckFeed(told);
    if (told.confirmed.size() == static_cast<size_t>(parcels_)) break;
  }
  CheckFeed(told);
  EXPECT_EQ(told.events.size(), static_cast<size_t>(parcels_));
  EXPECT_EQ(told.confirmed.size(), static_cast<size_t>(parcels_));
  Told fresh;
  for (int i = 0; i < 100 && !fresh.pulled; ++i) EXPECT_TRUE(PullOnce(fresh));
  for (const auto& [sku, number] : fresh.levels) {
    EXPECT_EQ(told.levels[sku], number) << sku;
  }
  EXPECT_EQ(told.levels.size(), static_cast<size_t>(kProducts));
  printf("%d kills, %d answered turns of callers, %d parcels\n", kills, turns,
         static_cast<int>(parcels_));
  EXPECT_GT(turns, kills / 4);
}

}  // namespace
}  // namespace oms_connector::testing_support
