// Nothing is lost on the way in, as callers see it: numbers that are told once,
// two connections of one account, carts that cannot be served, rows that were
// set aside, and what makes a pull begin anew.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShop[] = "carts { id: 'shop' sales_channel: '7' }";

// "SALES_CHANNEL_NOT_FOUND"
std::string ReasonOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

// "shop ACCOUNT_IN_USE"
template <typename Errors>
std::string ErrorsText(const Errors& errors) {
  std::string text;
  for (const v1::CartError& error : errors) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", error.cart(), " ",
                    ReasonOf(error.status()));
  }
  return text;
}

class WayInWire : public ::testing::Test {
 protected:
  WireAnswer<v1::SyncInventoryResponse> Sync(const std::string& id,
                                             const std::string& rest) {
    return bench_.Call(
        &ConnectorStub::SyncInventory,
        absl::StrCat("connection: 'connections/", id, "' ", rest));
  }
  WireAnswer<v1::PollShipmentsResponse> Poll(const std::string& id,
                                             const std::string& rest) {
    return bench_.Call(
        &ConnectorStub::PollShipments,
        absl::StrCat("connection: 'connections/", id, "' ", rest));
  }
  WireAnswer<v1::UpdateConnectionResponse> Update(const std::string& id,
                                                  const std::string& fields) {
    return bench_.Call(&ConnectionStub::UpdateConnection,
                       absl::StrCat("connection { name: 'connections/", id,
                                    "' ", fields, " }"));
  }
  v1::ConnectionHealth HealthOf(const std::string& id) {
    const auto answer =
        bench_.Call(&ConnectionStub::GetConnection,
                    absl::StrCat("name: 'connections/", id, "'"));
    EXPECT_EQ(answer.error(), "OK");
    return answer->connection().health();
  }
  v1::SyncRun RunNamed(const std::string& name) {
    return bench_
        .Call(&ConnectionStub::GetSyncRun, absl::StrCat("name: '", name, "'"))
        ->run();
  }
  // What omsctl prints, the program itself.
  std::string Omsctl(const std::string& arguments) {
    const std::string command =
        absl::StrCat("omsctl/omsctl --server ", bench_.server().address(), " ",
                     arguments, " 2>&1");
    std::string text;
    FILE* out = popen(command.c_str(), "r");
    for (int c = fgetc(out); c != EOF; c = fgetc(out)) {
      text.push_back(static_cast<char>(c));
    }
    pclose(out);
    return text;
  }
  std::string Metrics() {
    const std::string& address = bench_.server().admin_address();
    return Get(atoi(address.substr(address.rfind(':') + 1).c_str()), "/metrics")
        .body;
  }
  void SetNumber(int64_t listing, int64_t number) {
    bench_.fake().Mutate([&](FakeWorld& world) {
      world.listings[listing].quantity = number;
      world.listings[listing].quantity_modified = absl::Now();
    });
  }

  WireBench bench_;
};

// The answer is on its way when the run is cancelled: its call and the commit
// that stores it run to their end.
TEST_F(WayInWire, ACancelledRunStoresTheNumbersThatItIsBeingTold) {
  bench_.CreateConnection("acme", kShop);
  EXPECT_EQ(Brief(bench_.SyncNow().response), "TEE-BLUE@7=80 TEE-RED@7=50");
  SetNumber(20, 51);
  Fault fault = MakeFault(FaultKind::kHold, "inventory/acknowledge");
  fault.processed = true;
  const int64_t hold = bench_.fake().faults().Add(fault);
  const auto begun = Sync("acme", "max_staleness {} max_wait {}");
  ASSERT_TRUE(bench_.fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  // It is told so, and does not end yet.
  const auto cancel = [&](absl::Duration deadline) {
    const auto answer = bench_.Call(
        &ConnectionStub::CancelSyncRun,
        absl::StrCat("name: '", begun->run().name(), "'"), deadline);
    EXPECT_EQ(answer.error(), "OK");
    return answer->run().state();
  };
  EXPECT_EQ(cancel(absl::Milliseconds(1500)), v1::SyncRun::STATE_RUNNING);
  bench_.fake().faults().Release(hold);
  EXPECT_EQ(cancel(absl::Seconds(30)), v1::SyncRun::STATE_CANCELLED);
  const auto next = Sync("acme", "max_staleness {}");
  ASSERT_EQ(next.error(), "OK");
  EXPECT_EQ(RunNamed(begun->run().name()).state(),
            v1::SyncRun::STATE_CANCELLED);
  EXPECT_NE(next->run().name(), begun->run().name());
  EXPECT_EQ(Brief(next.response), "TEE-BLUE@7=80 TEE-RED@7=51");
  EXPECT_FALSE(next->run().delta_gap_suspected());
}

TEST_F(WayInWire, AnAccountInUseIsToldWhereverItShould) {
  bench_.CreateConnection("acme", kShop);
  bench_.CreateConnection("bolt", kShop);
  ASSERT_EQ(bench_.SyncNow("acme").error(), "OK");
  EXPECT_EQ(Sync("bolt", "cart: 'shop'").error(),
            "FAILED_PRECONDITION ACCOUNT_IN_USE");
  const auto all = bench_.SyncNow("bolt");
  ASSERT_EQ(all.error(), "OK");
  EXPECT_EQ(ErrorsText(all->run().cart_errors()), "shop ACCOUNT_IN_USE");
  EXPECT_EQ(ErrorsText(HealthOf("bolt").cart_errors()), "shop ACCOUNT_IN_USE");
  EXPECT_EQ(ErrorsText(HealthOf("acme").cart_errors()), "");
  EXPECT_THAT(Omsctl("connections list"), HasSubstr("shop (left out)"));
  EXPECT_THAT(Omsctl("connections test bolt"),
              HasSubstr("Cart shop is left out: FAILED_PRECONDITION "
                        "ACCOUNT_IN_USE: Cart shop: connection acme, of the "
                        "same account, reads"));
  // Numbers alone are told once.
  EXPECT_EQ(Poll("bolt", "cart: 'shop' max_staleness {}").error(), "OK");
  EXPECT_EQ(bench_.fake().log().Count("inventory/acknowledge"), 1);
  // It goes per warehouse, so it is told none.
  bench_.SetPerWarehouse("acme");
  const auto freed = Sync("bolt", "cart: 'shop' max_staleness {}");
  ASSERT_EQ(freed.error(), "OK");
  EXPECT_EQ(ErrorsText(freed->run().cart_errors()), "");
  EXPECT_TRUE(freed->run().delta_gap_suspected());
  EXPECT_EQ(bench_.fake().log().Count("inventory/acknowledge"), 2);
  EXPECT_EQ(ErrorsText(HealthOf("bolt").cart_errors()), "");
}

TEST_F(WayInWire, ACartMovedToAChannelThatIsNotThereIsToldAtOnce) {
  bench_.CreateConnection("acme", kShop);
  ASSERT_EQ(bench_.SyncNow().error(), "OK");
  EXPECT_EQ(Poll("acme", "cart: 'shop'").error(), "OK");
  EXPECT_EQ(
      Update("acme", "carts { id: 'shop' sales_channel: 'Shopp' }").error(),
      "OK");
  const int64_t requests = bench_.fake().log().Count();
  const auto refused = Poll("acme", "cart: 'shop'");
  EXPECT_EQ(refused.error(), "FAILED_PRECONDITION SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(refused.status.error_message(), HasSubstr("Shop (7)"));
  EXPECT_EQ(ErrorsText(Poll("acme", "")->cart_errors()),
            "shop SALES_CHANNEL_NOT_FOUND");
  EXPECT_EQ(Sync("acme", "cart: 'shop'").error(),
            "FAILED_PRECONDITION SALES_CHANNEL_NOT_FOUND");
  EXPECT_EQ(bench_.fake().log().Count(), requests) << "nobody was asked";
  // Runs, health, metrics and omsctl say so once either feed was pulled.
  EXPECT_EQ(ErrorsText(Poll("acme", "max_staleness {}")->run().cart_errors()),
            "shop SALES_CHANNEL_NOT_FOUND");
  EXPECT_EQ(ErrorsText(HealthOf("acme").cart_errors()),
            "shop SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(Omsctl("connections list"), HasSubstr("shop (left out)"));
  EXPECT_THAT(Metrics(), HasSubstr("oms_connector_cart_errors_total{feed="
                                   "\"shipments\"} 1"));
  EXPECT_EQ(Update("acme", kShop).error(), "OK");
  EXPECT_EQ(Poll("acme", "cart: 'shop'").error(), "OK") << "mended";
}

// All of them, though runs keep the first twenty alone; and from 0 on.
TEST_F(WayInWire, RejectedRowsAreCountedByFeedAndEndpoint) {
  bench_.CreateConnection("acme", kShop);
  bench_.SetPerWarehouse();
  for (int id = 1; id <= 25; ++id) {
    bench_.Merge("orders", absl::StrCat(R"([{"orderId": )", id,
                                        R"(, "orderStatus": "SHIPPED",
        "salesChannelId": 7, "modifiedDate": "-1h"}])"));
  }
  const auto garble = [this](const char* endpoint, const char* field) {
    Fault fault = MakeFault(FaultKind::kField, endpoint);
    fault.field = field;
    fault.json = "\"many\"";
    fault.rows = 25;
    bench_.fake().faults().Add(fault);
  };
  garble("productstocks/total", "/onHandQuantity");
  garble("orders", "/orderId");
  EXPECT_EQ(bench_.SyncNow()->run().counts().rows_rejected(), 4);
  const auto page = Poll("acme", "max_staleness {}");
  EXPECT_EQ(page->run().counts().rows_rejected(), 25);
  EXPECT_EQ(page->run().rejected_rows_size(), 20);
  EXPECT_EQ(HealthOf("acme").rejected_rows(), 29);
  const std::string name = "oms_connector_rows_rejected_total{endpoint=";
  EXPECT_THAT(
      Metrics(),
      AllOf(HasSubstr(name + "\"productstocks/total\",feed=\"inventory\"} 4"),
            HasSubstr(name + "\"listings\",feed=\"inventory\"} 0"),
            HasSubstr(name + "\"orders\",feed=\"shipments\"} 25")));
}

// Whoever has read everything of a quiet cart does not read again what others
// caused.
TEST_F(WayInWire, TheCursorOfAQuietCartFollowsTheHead) {
  bench_.Merge("salesChannels", R"([{"salesChannelId": 8, "name": "Kiosk"}])");
  bench_.CreateConnection("acme",
                          "carts { id: 'shop' sales_channel: '7' "
                          "warehouse_ids: 1 } "
                          "carts { id: 'kiosk' sales_channel: '8' "
                          "warehouse_ids: 2 }");
  bench_.SetPerWarehouse();
  bench_.SyncNow();
  const std::string cursor = Sync("acme", "cart: 'kiosk'")->next_cursor();
  bench_.fake().Mutate([](FakeWorld& world) { world.SetStock(10, 1, 4); });
  const auto changed = bench_.SyncNow("acme", cursor);
  EXPECT_EQ(Brief(changed.response), "TEE-RED@1=4");
  EXPECT_EQ(changed->run().counts().levels_changed(), 1);
  EXPECT_EQ(changed->run().counts().levels_unchanged(), 3);
  const auto quiet =
      Sync("acme", absl::StrCat("cart: 'kiosk' cursor: '", cursor, "'"));
  EXPECT_EQ(Brief(quiet.response), "");
  EXPECT_TRUE(quiet->caught_up());
  EXPECT_NE(quiet->next_cursor(), cursor);
  EXPECT_EQ(quiet->next_cursor(), changed->next_cursor());

  Poll("acme", "max_staleness {}");
  bench_.Merge("orders", R"([{"orderId": 1, "orderNumber": "N-1",
      "orderStatus": "SHIPPED", "salesChannelId": 7, "modifiedDate": "-1h"}])");
  bench_.Merge("shipments", R"([{"shipmentId": 5, "orderId": 1,
      "orderNumber": "N-1", "created": "-1h",
      "trackingNumber": "1Z5A47390342919017",
      "shipMethod": {"shippingCarrier": "UPS"}}])");
  const auto shipped = Poll("acme", "max_staleness {}");
  EXPECT_EQ(shipped->events_size(), 1);
  const auto none = Poll("acme", "cart: 'kiosk'");
  EXPECT_EQ(none->events_size(), 0);
  EXPECT_EQ(none->next_cursor(), shipped->next_cursor());
}

// The filter by SKU is fuzzy: what is asked for may stand on any page of its
// answer.
TEST(AbsenceWire, ASkuIsLookedForToTheEndOfItsAnswer) {
  FakeWorld world = LongWireWorld(1100);
  Product last;
  last.product_id = 9000;
  last.master_sku = "SKU";  // as they all begin
  world.Put(last);
  world.SetStock(last.product_id, 1, 7);
  WireBench bench(std::move(world));
  bench.CreateConnection();
  bench.SetPerWarehouse();
  bench.SyncNow();
  // The second page of 101 rows is empty for once.
  Fault fault = MakeFault(FaultKind::kShiftingRows, "productstocks/total", 1);
  fault.parameters = {{"page", "2"}};
  fault.rows = 1000;
  const int64_t shifted = bench.fake().faults().Add(fault);
  const auto answer =
      bench.Call(&ConnectorStub::SyncInventory,
                 "connection: 'connections/acme' kind: SYNC_KIND_FULL "
                 "max_staleness {} max_results: 5000");
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(bench.fake().faults().hits(shifted), 1);
  EXPECT_EQ(answer->run().counts().levels_withheld(), 0);
  EXPECT_EQ(bench.fake().log().CountWith("productstocks/total",
                                         {{"sku", "SKU"}, {"page", "2"}}),
            1);
  EXPECT_EQ(answer->levels_size(), 1101);
}

TEST_F(WayInWire, AClockThatDiffersIsToldWithItsSize) {
  bench_.CreateConnection("acme", kShop);
  bench_.SyncNow();
  EXPECT_FALSE(HealthOf("acme").has_clock_difference());
  FakeOrderManager::Options options;
  options.world = SmallWireWorld();
  options.clock = [] { return absl::Now() - absl::Minutes(210); };
  const auto behind = *FakeOrderManager::Start(std::move(options));
  bench_.CreateConnection(
      "bolt", absl::StrCat("order_manager { base_url: '", behind->base_url(),
                           "' } ", kShop));
  ASSERT_EQ(bench_.SyncNow("bolt").error(), "OK");
  EXPECT_EQ(HealthOf("bolt").clock_difference().seconds() / 60, -210);
  EXPECT_THAT(Omsctl("connections get bolt"),
              HasSubstr("the Order Manager's is 3 h behind"));
}

TEST_F(WayInWire, AnotherAddressWantsTheTokenAndBothReadAllAnew) {
  FakeOrderManager::Options options;  // which takes any token
  options.world = SmallWireWorld();
  const auto other = *FakeOrderManager::Start(std::move(options));
  bench_.CreateConnection("acme", kShop);
  bench_.SyncNow();
  ASSERT_EQ(bench_.SyncNow()->run().kind(), v1::SYNC_KIND_INCREMENTAL);
  const std::string account =
      absl::StrCat("order_manager { base_url: '", other->base_url(), "' ");
  const auto refused = Update("acme", absl::StrCat(account, "}"));
  EXPECT_EQ(refused.error(), "INVALID_ARGUMENT INVALID_REQUEST +BadRequest");
  EXPECT_THAT(refused.status.error_message(),
              HasSubstr("order_manager.access_token"));
  EXPECT_EQ(other->log().Count(), 0) << "it is shown to nobody";
  EXPECT_EQ(Update("acme", absl::StrCat("order_manager { base_url: '",
                                        bench_.fake().base_url(), "/' }"))
                .error(),
            "OK")
      << "the same one";
  EXPECT_EQ(bench_.SyncNow()->run().kind(), v1::SYNC_KIND_INCREMENTAL);
  for (const char* token : {kWireToken, "another-token"}) {
    EXPECT_EQ(
        Update("acme", absl::StrCat(account, "access_token: '", token, "' }"))
            .error(),
        "OK");
    const auto anew = bench_.SyncNow();
    EXPECT_EQ(anew->run().kind(), v1::SYNC_KIND_FULL) << token;
    EXPECT_FALSE(anew->run().delta_gap_suspected()) << "all was told anew";
    EXPECT_EQ(bench_.SyncNow()->run().kind(), v1::SYNC_KIND_INCREMENTAL);
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
