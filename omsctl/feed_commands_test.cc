#include "omsctl/feed_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "omsctl/command_line.h"
#include "omsctl/scripted_omsctl.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(PollCommand, SendsWhatWasTyped) {
  ScriptedOmsctl omsctl;
  omsctl.connector->poll_shipments.answers.assign(2,
                                                  v1::PollShipmentsResponse());
  EXPECT_EQ(
      omsctl.Run({"poll", "acme", "--cart", "shop", "--consumer", "c", "--wait",
                  "5s", "--max-staleness", "1m", "--max-results", "7"}),
      kDone);
  const auto& first = omsctl.connector->poll_shipments.requests.at(0);
  EXPECT_EQ(first.connection(), "connections/acme");
  EXPECT_EQ(first.cart(), "shop");
  EXPECT_EQ(first.consumer(), "c");
  EXPECT_EQ(first.max_wait().seconds(), 5);
  EXPECT_EQ(first.max_staleness().seconds(), 60);
  EXPECT_EQ(first.max_results(), 7);
  EXPECT_EQ(omsctl.Run({"poll", "acme", "--cursor", "c9"}), kDone);
  const auto& second = omsctl.connector->poll_shipments.requests.at(1);
  EXPECT_EQ(second.cursor(), "c9");
  EXPECT_FALSE(second.has_max_wait());
}

TEST(PollCommand, ShowsEventsAndWhatIsHeld) {
  ScriptedOmsctl omsctl;
  v1::PollShipmentsResponse answer;
  answer.add_events()->set_sequence(4);
  answer.set_caught_up(true);
  answer.set_held_orders(1);
  answer.set_next_cursor("c4");
  omsctl.connector->poll_shipments.answers.push_back(answer);
  EXPECT_EQ(omsctl.Run({"poll", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("1 event; caught up; 1 order held; never "
                                    "pulled yet\nnext cursor: c4\n"));
}

TEST(PollCommand, CursorAndConsumerExcludeEachOther) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"poll", "acme", "--cursor", "c", "--consumer", "d"}),
            kUsage);
  EXPECT_THAT(omsctl.connector->poll_shipments.requests, IsEmpty());
}

TEST(AckCommand, SendsPositionAndAnswers) {
  ScriptedOmsctl omsctl;
  omsctl.connector->acknowledge_shipments.answers.emplace_back(
      v1::AcknowledgeShipmentsResponse());
  EXPECT_EQ(omsctl.Run({"ack", "acme", "--consumer", "shop", "--cursor", "c4",
                        "--confirm", "90001", "--confirm", "90002@17",
                        "--reject", "90003:no such order: gone"}),
            kDone);
  const auto& request = omsctl.connector->acknowledge_shipments.requests.at(0);
  EXPECT_EQ(request.consumer(), "shop");
  EXPECT_EQ(request.cursor(), "c4");
  ASSERT_THAT(request.outcomes(), SizeIs(3));
  EXPECT_EQ(request.outcomes(0).name(), "connections/acme/shipments/90001");
  EXPECT_EQ(request.outcomes(0).result(),
            v1::ShipmentOutcome::RESULT_CONFIRMED);
  EXPECT_FALSE(request.outcomes(0).has_sequence());
  EXPECT_EQ(request.outcomes(1).sequence(), 17);
  EXPECT_EQ(request.outcomes(2).result(), v1::ShipmentOutcome::RESULT_REJECTED);
  EXPECT_EQ(request.outcomes(2).reason(), "no such order: gone");
  EXPECT_EQ(omsctl.out, "Consumer shop moved on.\n3 answers recorded.\n");
}

TEST(AckCommand, AnAnswerThatWasNotRecordedEndsWithOne) {
  ScriptedOmsctl omsctl;
  v1::AcknowledgeShipmentsResponse answer;
  answer.add_errors()->set_index(1);
  answer.mutable_errors(0)->mutable_status()->set_code(5);
  answer.mutable_errors(0)->mutable_status()->set_message("no such shipment");
  omsctl.connector->acknowledge_shipments.answers.push_back(answer);
  EXPECT_EQ(omsctl.Run({"ack", "acme", "--confirm", "1", "--confirm", "2"}),
            kFailed);
  EXPECT_EQ(omsctl.out,
            "1 answer recorded.\n"
            "Not recorded for shipment 2: NOT_FOUND no such shipment\n");
  EXPECT_THAT(omsctl.error, HasSubstr("1 of 2 answers could not be recorded"));
}

TEST(AckCommand, WhatMakesNoSenseIsNotSent) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"ack", "acme"}), kUsage);
  EXPECT_EQ(omsctl.Run({"ack", "acme", "--consumer", "shop"}), kUsage);
  EXPECT_EQ(omsctl.Run({"ack", "acme", "--cursor", "c"}), kUsage);
  EXPECT_EQ(omsctl.Run({"ack", "acme", "--confirm", "1@soon"}), kUsage);
  EXPECT_THAT(omsctl.connector->acknowledge_shipments.requests, IsEmpty());
}

TEST(ConsumersCommand, ListsResetsAndDeletes) {
  ScriptedOmsctl omsctl;
  v1::ListConsumersResponse list;
  list.add_consumers()->set_name("shop");
  omsctl.connections->list_consumers.answers.push_back(list);
  EXPECT_EQ(omsctl.Run({"consumers", "list", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("shop"));

  omsctl.connections->reset_consumer.answers.emplace_back(
      v1::ResetConsumerResponse());
  EXPECT_EQ(omsctl.Run({"consumers", "reset", "acme", "shop"}), kDone);
  EXPECT_EQ(omsctl.connections->reset_consumer.requests.at(0).consumer(),
            "shop");
  EXPECT_EQ(omsctl.out, "Consumer shop goes on from the beginning.\n");

  omsctl.connections->delete_consumer.answers.emplace_back(
      v1::DeleteConsumerResponse());
  EXPECT_EQ(omsctl.Run({"consumers", "delete", "acme", "shop"}), kDone);
  EXPECT_EQ(omsctl.out, "Consumer shop is forgotten.\n");
}

}  // namespace
}  // namespace oms_connector::omsctl
