// PollShipments over the wire, and what people do about shipments by hand.
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/long_poll_crowd.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

// Long-polls that wait at once.
constexpr int kCrowd = 1000;

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Two plain orders, and one that was split into 70003 and 70004, of which
// 70004 has not been sent yet.
constexpr char kOrders[] = R"json([
  {"orderId": 70001, "orderNumber": "A-1", "orderStatus": "SHIPPED",
   "salesChannelId": 7, "createdDate": "-1d", "modifiedDate": "-1h",
   "orderItems": [{"orderItemId": 1, "listingSku": "shop-TEE-RED",
                   "masterSku": "TEE-RED", "quantityOrdered": 1}]},
  {"orderId": 70002, "orderNumber": "A-2", "orderStatus": "SHIPPED",
   "salesChannelId": 7, "createdDate": "-1d", "modifiedDate": "-1h"},
  {"orderId": 70003, "orderNumber": "A-3", "orderStatus": "SHIPPED",
   "salesChannelId": 7, "createdDate": "-1d", "modifiedDate": "-1h",
   "relatedOrderIds": [70004]},
  {"orderId": 70004, "orderNumber": "A-3-1", "orderStatus": "ON_HOLD",
   "salesChannelId": 7, "createdDate": "-1d", "modifiedDate": "-1h",
   "relatedOrderIds": [70003]}])json";

std::string ShipmentRow(int64_t shipment, int64_t order,
                        const std::string& number,
                        const std::string& more = "") {
  return absl::StrCat(
      R"([{"shipmentId": )", shipment, R"(, "orderId": )", order,
      R"(, "orderNumber": ")", number,
      R"(", "created": "-1h", "shipDate": "-1h",
                          "trackingNumber": "1Z)",
      shipment, R"(", "shipMethod": {"shippingCarrier": "UPS"})", more, "}]");
}

// "SHIPPED 90001 1Z90001".
std::string Brief(const v1::ShipmentEvent& event) {
  return absl::StrCat(
      v1::ShipmentEvent::Kind_Name(event.kind()).substr(sizeof("KIND_") - 1),
      " ", event.shipment().shipment_id(), " ",
      event.shipment().tracking_number());
}

std::string Brief(const v1::PollShipmentsResponse& page) {
  std::vector<std::string> events;
  std::string text;
  for (const v1::ShipmentEvent& event : page.events()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", Brief(event));
  }
  return text;
}

class PollWireTest : public ::testing::Test {
 protected:
  PollWireTest() {
    bench_.Merge("orders", kOrders);
    bench_.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  }

  // Pulls now and gives what comes after `cursor`.
  WireAnswer<v1::PollShipmentsResponse> Poll(const std::string& cursor = "") {
    return bench_.Call(
        &ConnectorStub::PollShipments,
        absl::StrCat(
            "connection: 'connections/acme' max_staleness {} cursor: '", cursor,
            "'"));
  }
  WireAnswer<v1::PollShipmentsResponse> PollAs(const std::string& consumer,
                                               const std::string& rest = "") {
    return bench_.Call(
        &ConnectorStub::PollShipments,
        absl::StrCat("connection: 'connections/acme' consumer: '", consumer,
                     "' ", rest));
  }
  WireAnswer<v1::AcknowledgeShipmentsResponse> Acknowledge(
      const std::string& rest) {
    return bench_.Call(&ConnectorStub::AcknowledgeShipments,
                       absl::StrCat("connection: 'connections/acme' ", rest));
  }
  WireAnswer<v1::ListShipmentsResponse> List(const std::string& filter,
                                             const std::string& rest = "") {
    return bench_.Call(&ConnectionStub::ListShipments,
                       absl::StrCat("parent: 'connections/acme' filter { ",
                                    filter, " } ", rest));
  }
  void Ship(int64_t shipment, int64_t order, const std::string& number,
            const std::string& more = "") {
    bench_.Merge("shipments", ShipmentRow(shipment, order, number, more));
  }
  void WaitForAllRecords() {
    bench_.UpdateSettings(
        "shipment { split_order_handling: "
        "SPLIT_ORDER_HANDLING_WAIT_FOR_ALL_RECORDS }");
  }

  WireBench bench_;
};

TEST_F(PollWireTest, ShipmentCarriesWhatTheCartNeeds) {
  Ship(90001, 70001, "A-1");
  const auto page = Poll();
  ASSERT_EQ(page.error(), "OK");
  ASSERT_EQ(Brief(page.response), "SHIPPED 90001 1Z90001");
  EXPECT_TRUE(page->caught_up());
  const v1::Shipment& shipment = page->events(0).shipment();
  EXPECT_EQ(shipment.name(), "connections/acme/shipments/90001");
  EXPECT_EQ(shipment.order_id(), 70001);
  EXPECT_EQ(shipment.order_number(), "A-1");
  EXPECT_EQ(shipment.cart(), "shop");
  EXPECT_EQ(shipment.carrier().code(), "UPS");
  EXPECT_EQ(shipment.carrier().source(), v1::Carrier::SOURCE_ORDER_MANAGER);
  ASSERT_EQ(shipment.items_size(), 1);
  EXPECT_EQ(shipment.items(0).sku(), "TEE-RED");
  EXPECT_EQ(shipment.delivery().state(), v1::Delivery::STATE_READY);
  EXPECT_EQ(shipment.delivery().state_time().seconds(),
            page->events(0).event_time().seconds());
}

TEST_F(PollWireTest, PullOfShipmentsIsARun) {
  Ship(90001, 70001, "A-1");
  const auto page = Poll();
  EXPECT_EQ(page->run().feed(), v1::FEED_SHIPMENTS);
  EXPECT_EQ(page->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_GT(page->run().counts().rows(), 0);
}

TEST_F(PollWireTest, PollingConsumesNothing) {
  Ship(90001, 70001, "A-1");
  const auto first = Poll();
  EXPECT_EQ(Brief(Poll().response), Brief(first.response));
  EXPECT_EQ(Brief(Poll(first->next_cursor()).response), "");
}

TEST_F(PollWireTest, CorrectedAndVoidedComeAfterTheCursor) {
  Ship(90001, 70001, "A-1");
  std::string cursor = Poll()->next_cursor();
  bench_.Merge("shipments",
               R"([{"shipmentId": 90001, "trackingNumber": "1ZNEW"}])");
  const auto corrected = Poll(cursor);
  EXPECT_EQ(Brief(corrected.response), "CORRECTED 90001 1ZNEW");
  bench_.Merge("shipments",
               R"([{"shipmentId": 90001, "deliveryStatus": "VOIDED"}])");
  const auto voided = Poll(corrected->next_cursor());
  ASSERT_EQ(voided->events_size(), 1);
  EXPECT_EQ(voided->events(0).kind(), v1::ShipmentEvent::KIND_VOIDED);
  EXPECT_GT(voided->events(0).sequence(), corrected->events(0).sequence());
}

TEST_F(PollWireTest, VoidedBeforeHandOutNeverAppears) {
  Ship(90001, 70001, "A-1", R"(, "deliveryStatus": "VOIDED")");
  Ship(90002, 70002, "A-2", R"(, "type": "RETURN")");
  EXPECT_EQ(Brief(Poll().response), "");
}

TEST_F(PollWireTest, ConsumerMovesByAcknowledgementAlone) {
  Ship(90001, 70001, "A-1");
  Ship(90002, 70002, "A-2");
  const auto first = PollAs("erp", "max_results: 1");
  ASSERT_EQ(Brief(first.response), "SHIPPED 90001 1Z90001");
  EXPECT_FALSE(first->caught_up());
  EXPECT_EQ(Brief(PollAs("erp", "max_results: 1").response),
            "SHIPPED 90001 1Z90001");
  const std::string done =
      absl::StrCat("consumer: 'erp' cursor: '", first->next_cursor(), "'");
  EXPECT_EQ(Acknowledge(done).error(), "OK");
  EXPECT_EQ(Acknowledge(done).error(), "OK");
  EXPECT_EQ(Brief(PollAs("erp").response), "SHIPPED 90002 1Z90002");
  // Another consumer has a position of its own.
  EXPECT_EQ(PollAs("crm")->events_size(), 2);
  const auto consumers =
      bench_.Call(&ConnectionStub::ListConsumers, "parent: 'connections/acme'");
  ASSERT_EQ(consumers->consumers_size(), 2);
  EXPECT_EQ(consumers->consumers(0).name(), "crm");
  EXPECT_EQ(consumers->consumers(1).lag(), 1);
}

TEST_F(PollWireTest, ConsumerBelongsToTheCartOfItsFirstPoll) {
  ASSERT_EQ(PollAs("erp", "cart: 'shop'").error(), "OK");
  EXPECT_EQ(PollAs("erp").error(),
            "INVALID_ARGUMENT INVALID_REQUEST +BadRequest");
}

TEST_F(PollWireTest, OutcomesArePartial) {
  Ship(90001, 70001, "A-1");
  ASSERT_EQ(Poll()->events_size(), 1);
  const auto answer = Acknowledge(
      "outcomes { name: 'connections/acme/shipments/90009' "
      "           result: RESULT_CONFIRMED } "
      "outcomes { name: 'connections/acme/shipments/90001' "
      "           result: RESULT_REJECTED reason: 'no such order' }");
  ASSERT_EQ(answer.error(), "OK");
  ASSERT_EQ(answer->errors_size(), 1);
  EXPECT_EQ(answer->errors(0).index(), 0);
  EXPECT_EQ(answer->errors(0).status().code(), 5);
  const auto rejected = List("states: STATE_REJECTED");
  ASSERT_EQ(rejected->shipments_size(), 1);
  const v1::Delivery& delivery = rejected->shipments(0).delivery();
  EXPECT_EQ(delivery.outcome_reason(), "no such order");
  EXPECT_EQ(delivery.state_time().seconds(), delivery.outcome_time().seconds());
}

TEST_F(PollWireTest, FamilyIsHeldUntilItsLastOrderIsDone) {
  WaitForAllRecords();
  Ship(90003, 70003, "A-3");
  const auto held = Poll();
  ASSERT_EQ(held.error(), "OK");
  EXPECT_EQ(Brief(held.response), "");
  EXPECT_EQ(held->held_orders(), 1);
  const auto waiting = List("states: STATE_HELD");
  ASSERT_EQ(waiting->shipments_size(), 1);
  const v1::Delivery& delivery = waiting->shipments(0).delivery();
  EXPECT_EQ(delivery.hold_reason(),
            v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY);
  ASSERT_EQ(delivery.blocking_orders_size(), 1);
  EXPECT_EQ(delivery.blocking_orders(0).order_id(), 70004);
  EXPECT_EQ(delivery.blocking_orders(0).status(), "ON_HOLD");

  bench_.Merge("orders", R"([{"orderId": 70004, "orderStatus": "SHIPPED"}])");
  Ship(90004, 70004, "A-3-1");
  const auto released = Poll(held->next_cursor());
  EXPECT_EQ(Brief(released.response),
            "SHIPPED 90003 1Z90003, SHIPPED 90004 1Z90004");
  EXPECT_EQ(released->held_orders(), 0);
  EXPECT_EQ(released->events(0).release_group(),
            released->events(1).release_group());
  EXPECT_EQ(released->events(0).release_group_size(), 2);
}

TEST_F(PollWireTest, HeldShipmentCanBeReleasedByHand) {
  WaitForAllRecords();
  Ship(90003, 70003, "A-3");
  const auto held = Poll();
  const std::string call =
      "parent: 'connections/acme' names: 'connections/acme/shipments/90003' "
      "reason: 'the shopper waits' "
      "request_id: '6f1c0a56-94dc-4a6c-9f64-0a0f3c3f7a11'";
  const auto answer = bench_.Call(&ConnectionStub::ReleaseShipments, call);
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->released_size(), 1);
  EXPECT_EQ(
      bench_.Call(&ConnectionStub::ReleaseShipments, call)->ShortDebugString(),
      answer->ShortDebugString());
  EXPECT_EQ(Brief(Poll(held->next_cursor()).response), "SHIPPED 90003 1Z90003");
}

TEST_F(PollWireTest, WithoutTrackingNumberNothingIsReleased) {
  Ship(90001, 70001, "A-1", R"(, "trackingNumber": "")");
  const auto held = Poll();
  EXPECT_EQ(Brief(held.response), "");
  EXPECT_EQ(held->held_orders(), 1);
  EXPECT_THAT(bench_
                  .Call(&ConnectionStub::ReleaseShipments,
                        "parent: 'connections/acme' order_id: 70001")
                  .error(),
              StartsWith("FAILED_PRECONDITION SHIPMENT_NOT_RELEASABLE"));
  EXPECT_THAT(bench_
                  .Call(&ConnectionStub::ReplayShipments,
                        "parent: 'connections/acme' "
                        "names: 'connections/acme/shipments/90001'")
                  .error(),
              StartsWith("FAILED_PRECONDITION SHIPMENT_NOT_HANDED_OUT"));
}

TEST_F(PollWireTest, ReplayPutsTheLatestEventAtTheHeadAgain) {
  Ship(90001, 70001, "A-1");
  const auto first = Poll();
  const auto replayed =
      bench_.Call(&ConnectionStub::ReplayShipments,
                  "parent: 'connections/acme' "
                  "names: 'connections/acme/shipments/90001'");
  ASSERT_EQ(replayed.error(), "OK");
  EXPECT_EQ(replayed->replayed_count(), 1);
  EXPECT_EQ(Brief(Poll(first->next_cursor()).response),
            "SHIPPED 90001 1Z90001");
}

TEST_F(PollWireTest, ARangeIsNotReplayedTwice) {
  const std::string start = Poll()->next_cursor();
  Ship(90001, 70001, "A-1");
  const std::string end = Poll()->next_cursor();
  const auto replay = [&] {
    const auto answer =
        bench_.Call(&ConnectionStub::ReplayShipments,
                    absl::StrCat("parent: 'connections/acme' start_cursor: '",
                                 start, "' end_cursor: '", end, "'"));
    EXPECT_EQ(answer.error(), "OK");
    return answer->replayed_count();
  };
  EXPECT_EQ(replay(), 1);
  EXPECT_EQ(replay(), 0) << "it is still ahead of whoever reads on";
  EXPECT_EQ(Brief(Poll(end).response), "SHIPPED 90001 1Z90001");
}

TEST_F(PollWireTest, ShipmentsAreFoundByWhatPeopleKnow) {
  Ship(90001, 70001, "A-1");
  Ship(90002, 70002, "A-2");
  ASSERT_EQ(Poll()->events_size(), 2);
  EXPECT_EQ(List("order_number: 'A-2'")->shipments(0).shipment_id(), 90002);
  EXPECT_EQ(List("tracking_number: '1Z90001'")->shipments(0).shipment_id(),
            90001);
  EXPECT_EQ(List("cart: 'shop' states: STATE_READY")->shipments_size(), 2);
  EXPECT_EQ(List("states: STATE_HELD")->shipments_size(), 0);
  EXPECT_EQ(List("older_than { seconds: 864000 }")->shipments_size(), 0);
  const auto first = List("", "page_size: 1");
  ASSERT_EQ(first->shipments_size(), 1);
  const auto second = List("", absl::StrCat("page_size: 1 page_token: '",
                                            first->next_page_token(), "'"));
  ASSERT_EQ(second->shipments_size(), 1);
  EXPECT_NE(first->shipments(0).name(), second->shipments(0).name());
}

TEST_F(PollWireTest, StoredEventsAreServedWhileTheOrderManagerIsDown) {
  Ship(90001, 70001, "A-1");
  ASSERT_EQ(Poll()->events_size(), 1);
  Fault fault = MakeFault(FaultKind::kStatus);
  fault.status = 401;
  bench_.fake().faults().Add(fault);
  const auto page = Poll();
  ASSERT_EQ(page.error(), "OK");
  EXPECT_EQ(page->events_size(), 1);
  EXPECT_NE(page->pull().last_error().code(), 0);
}

TEST_F(PollWireTest, LongPollIsWokenByANewEvent) {
  const auto empty = Poll();
  WireAnswer<v1::PollShipmentsResponse> woken;
  const absl::Time start = absl::Now();
  std::thread waiting([&] {
    woken = bench_.Call(
        &ConnectorStub::PollShipments,
        absl::StrCat("connection: 'connections/acme' max_wait { seconds: 30 } "
                     "cursor: '",
                     empty->next_cursor(), "'"));
  });
  EXPECT_TRUE(AwaitLongPolls(bench_.server().admin_address(), 1));
  Ship(90001, 70001, "A-1");
  Poll();  // Another caller's pull finds it.
  waiting.join();
  EXPECT_EQ(Brief(woken.response), "SHIPPED 90001 1Z90001");
  EXPECT_LT(absl::Now() - start, absl::Seconds(25));
}

TEST_F(PollWireTest, OneEventAnswersAThousandLongPolls) {
  const auto empty = Poll();
  ASSERT_EQ(empty.error(), "OK");
  LongPollCrowd crowd(
      bench_.server().address(), kCrowd,
      absl::StrCat("connection: 'connections/acme' max_wait { seconds: 30 } "
                   "cursor: '",
                   empty->next_cursor(), "'"));
  ASSERT_TRUE(AwaitLongPolls(bench_.server().admin_address(), kCrowd));
  EXPECT_EQ(crowd.answered(), 0);
  // They are in nobody's way.
  Ship(90001, 70001, "A-1");
  EXPECT_EQ(Brief(Poll().response), "SHIPPED 90001 1Z90001");
  ASSERT_TRUE(crowd.AwaitAnswers(absl::Seconds(25))) << crowd.answered();
  for (const auto& answer : crowd.answers()) {
    ASSERT_EQ(answer.error(), "OK");
    ASSERT_EQ(Brief(answer.response), "SHIPPED 90001 1Z90001");
  }
}

TEST_F(PollWireTest, DrainAnswersAThousandLongPolls) {
  ASSERT_EQ(Poll().error(), "OK");
  LongPollCrowd crowd(
      bench_.server().address(), kCrowd,
      "connection: 'connections/acme' max_wait { seconds: 30 }");
  ASSERT_TRUE(AwaitLongPolls(bench_.server().admin_address(), kCrowd));
  bench_.server().Drain();
  ASSERT_TRUE(crowd.AwaitAnswers(absl::Seconds(5))) << crowd.answered();
  for (const auto& answer : crowd.answers()) {
    ASSERT_EQ(answer.error(), "OK");
    ASSERT_EQ(answer->events_size(), 0);
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
