#include "omsctl/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/scripted_omsctl.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'786'960'800);

google::protobuf::Timestamp Before(absl::Duration age) {
  google::protobuf::Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(kNow - age));
  return time;
}

// A connection that is well.
Examination Well() {
  Examination examination;
  v1::Connection& connection = examination.connection;
  connection.set_name("connections/acme");
  connection.mutable_order_manager()->set_access_token_set(true);
  connection.add_carts()->set_id("shop");
  connection.mutable_inventory_interval()->set_seconds(900);
  connection.mutable_shipment_interval()->set_seconds(300);
  v1::ConnectionHealth& health = *connection.mutable_health();
  *health.mutable_inventory()->mutable_last_success_time() =
      Before(absl::Minutes(10));
  *health.mutable_shipments()->mutable_last_success_time() =
      Before(absl::Minutes(4));
  return examination;
}

std::vector<Finding> Findings(const Examination& examination) {
  return FindingsOf(examination, kNow);
}

google::rpc::Status StatusWithReason(absl::StatusCode code,
                                     const std::string& message,
                                     const std::string& reason) {
  google::rpc::Status status;
  status.ParseFromString(
      client::ToGrpcStatus(client::ErrorWithReason(code, message, reason))
          .error_details());
  return status;
}

auto Saying(const std::string& what, const std::string& step) {
  return AllOf(Field(&Finding::what, HasSubstr(what)),
               Field(&Finding::steps, Contains(HasSubstr(step))));
}

TEST(Doctor, FindsNothingWhereAllIsWell) {
  EXPECT_THAT(Findings(Well()), IsEmpty());
}

TEST(Doctor, AsksForTokenAndCarts) {
  Examination examination = Well();
  examination.connection.mutable_order_manager()->clear_access_token_set();
  examination.connection.clear_carts();
  EXPECT_THAT(
      Findings(examination),
      ElementsAre(Saying("No token", "connections update acme --token-file"),
                  Saying("no carts", "connections test acme")));
}

// Nothing else of the health tells: it is as it was before.
TEST(Doctor, SaysThatTheStoreIsFullWhileAllElseLooksWell) {
  Examination examination = Well();
  *examination.connection.mutable_health()->mutable_store_error() =
      StatusWithReason(absl::StatusCode::kResourceExhausted,
                       "The store has no room left.", "STORE_FULL");
  EXPECT_THAT(Findings(examination),
              ElementsAre(Saying("can store nothing new: RESOURCE_EXHAUSTED "
                                 "STORE_FULL: The store has no room left.",
                                 "make room")));
}

TEST(Doctor, TellsPullsThatFailFromPullsThatNobodyMakes) {
  Examination examination = Well();
  v1::ConnectionHealth& health = *examination.connection.mutable_health();
  *health.mutable_inventory()->mutable_last_success_time() =
      Before(absl::Hours(3));
  health.mutable_shipments()->clear_last_success_time();
  health.mutable_shipments()->mutable_last_error()->set_code(14);
  health.mutable_shipments()->mutable_last_error()->set_message("it is down");
  EXPECT_THAT(Findings(examination),
              ElementsAre(Saying("Nobody pulls inventory: what is stored is "
                                 "3 h old, and 15 min was agreed.",
                                 "--background_sync"),
                          Saying("Pulls of shipments fail, and nothing was "
                                 "ever read: UNAVAILABLE it is down",
                                 "connections test acme")));
}

TEST(Doctor, GivesANewConnectionTimeForItsFirstPull) {
  Examination examination = Well();
  v1::ConnectionHealth& health = *examination.connection.mutable_health();
  health.mutable_shipments()->clear_last_success_time();
  *examination.connection.mutable_create_time() = Before(absl::Minutes(10));
  EXPECT_THAT(Findings(examination), IsEmpty());
  *examination.connection.mutable_create_time() = Before(absl::Minutes(20));
  EXPECT_THAT(Findings(examination),
              ElementsAre(Saying("Nobody pulls shipments: nothing was ever "
                                 "read, and 5 min was agreed.",
                                 "poll acme")));
}

TEST(Doctor, KnowsWhatATokenNeedsThatIsRefusedOrCannotBeRead) {
  Examination examination = Well();
  for (const char* reason :
       {"ORDER_MANAGER_CREDENTIALS_REJECTED", "ACCESS_TOKEN_UNREADABLE"}) {
    *examination.connection.mutable_health()
         ->mutable_inventory()
         ->mutable_last_error() = StatusWithReason(
        absl::StatusCode::kFailedPrecondition, "the token is no good", reason);
    EXPECT_THAT(
        Findings(examination),
        ElementsAre(Saying(reason, "connections update acme --token-file")));
  }
}

TEST(Doctor, LooksAtTheNewestRunOfEachFeedThatEnded) {
  Examination examination = Well();
  v1::SyncRun run;
  run.set_feed(v1::FEED_INVENTORY);
  run.set_name("connections/acme/syncRuns/r2");
  examination.runs.push_back(run);  // under way
  run.set_name("connections/acme/syncRuns/r1");
  *run.mutable_end_time() = Before(absl::Minutes(1));
  run.mutable_counts()->set_rows_rejected(2);
  run.mutable_counts()->set_skus_ambiguous(1);
  run.add_cart_errors()->set_cart("shop");
  examination.runs.push_back(run);
  run.mutable_counts()->set_rows_rejected(99);
  examination.runs.push_back(run);  // older
  v1::SyncRun shipments;
  shipments.set_name("connections/acme/syncRuns/s1");
  shipments.set_feed(v1::FEED_SHIPMENTS);
  *shipments.mutable_end_time() = Before(absl::Minutes(2));
  shipments.mutable_counts()->set_rows_rejected(3);
  examination.runs.push_back(shipments);
  EXPECT_THAT(
      Findings(examination),
      ElementsAre(Saying("Cart shop is left out", "connections test acme"),
                  Saying("2 rows of inventory", "runs get acme r1"),
                  Saying("1 SKU claimed", "sync acme --only-withheld"),
                  Saying("3 rows of shipments", "runs get acme s1")));
}

TEST(Doctor, SaysWhatParcelsWaitFor) {
  Examination examination = Well();
  v1::ConnectionHealth& health = *examination.connection.mutable_health();
  health.set_held_orders(2);
  health.mutable_oldest_hold()->set_seconds(3 * 24 * 3600);
  health.set_unconfirmed_shipments(5);
  health.mutable_oldest_unconfirmed()->set_seconds(2 * 3600);
  v1::Shipment held;
  held.set_shipment_id(90017);
  held.set_order_number("NW-50019");
  held.mutable_delivery()->set_state(v1::Delivery::STATE_HELD);
  held.mutable_delivery()->set_hold_reason(
      v1::Delivery::HOLD_REASON_NO_TRACKING_NUMBER);
  examination.held.push_back(held);
  v1::Consumer consumer;
  consumer.set_name("shop");
  consumer.set_lag(5);
  examination.consumers.push_back(consumer);
  EXPECT_THAT(Findings(examination),
              ElementsAre(Saying("2 orders held, the oldest for 3 days",
                                 "it has no tracking number yet"),
                          Saying("5 parcels handed out", "--older-than 1h"),
                          Saying("Consumer shop is 5 events behind, and has "
                                 "never moved.",
                                 "consumers delete acme shop")));
}

TEST(Doctor, ToleratesWhatIsYoung) {
  Examination examination = Well();
  v1::ConnectionHealth& health = *examination.connection.mutable_health();
  health.set_held_orders(1);
  health.mutable_oldest_hold()->set_seconds(3600);
  health.mutable_oldest_unconfirmed()->set_seconds(60);
  v1::Consumer consumer;
  consumer.set_lag(1);
  *consumer.mutable_position_time() = Before(absl::Minutes(5));
  examination.consumers.push_back(consumer);
  EXPECT_THAT(Findings(examination), IsEmpty());
}

TEST(Doctor, SuspectsLostChanges) {
  Examination examination = Well();
  examination.connection.mutable_health()->set_delta_gap_suspected(true);
  EXPECT_THAT(Findings(examination),
              ElementsAre(Saying("may be lost", "touch the listings")));
}

TEST(Doctor, ComparesTheClocks) {
  Examination examination = Well();
  v1::ConnectionHealth& health = *examination.connection.mutable_health();
  health.mutable_clock_difference()->set_seconds(-59);
  EXPECT_THAT(Findings(examination), IsEmpty());
  health.mutable_clock_difference()->set_seconds(-300);
  EXPECT_THAT(Findings(examination),
              ElementsAre(Saying("clock is 5 min behind the server's",
                                 "time service")));
}

TEST(DoctorCommand, FillsOnePage) {
  ScriptedOmsctl omsctl;
  v1::GetConnectionResponse got;
  *got.mutable_connection() = Well().connection;
  got.mutable_connection()->clear_carts();
  omsctl.server.Answer(got);
  omsctl.server.Answer(v1::ListSyncRunsResponse());
  omsctl.server.Answer(v1::ListSyncRunsResponse());
  omsctl.server.Answer(v1::ListShipmentsResponse());
  omsctl.server.Answer(v1::ListConsumersResponse());
  EXPECT_EQ(omsctl.Run({"doctor", "acme"}), kDone);
  EXPECT_EQ(omsctl.out,
            "acme: 1 thing to look at.\n"
            "  inventory: fresh as of 2026-08-17 09:50:00Z (10 min ago)\n"
            "  shipments: fresh as of 2026-08-17 09:56:00Z (4 min ago)\n"
            "\n"
            "1. It has no carts: levels go by master SKU, shipments to "
            "nobody.\n"
            "   → omsctl connections test acme\n"
            "   → omsctl connections update acme --cart "
            "'id=shop,channel=NAME'\n");
  EXPECT_EQ(omsctl.server.Sent<v1::ListSyncRunsRequest>(0).feed(),
            v1::FEED_INVENTORY);
  EXPECT_EQ(omsctl.server.Sent<v1::ListSyncRunsRequest>(1).feed(),
            v1::FEED_SHIPMENTS);
}

}  // namespace
}  // namespace oms_connector::omsctl
