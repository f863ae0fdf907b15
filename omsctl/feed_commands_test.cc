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
  omsctl.server.Answer(v1::PollShipmentsResponse(), 2);
  EXPECT_EQ(
      omsctl.Run({"poll", "acme", "--cart", "shop", "--consumer", "c", "--wait",
                  "5s", "--max-staleness", "1m", "--max-results", "7"}),
      kDone);
  const auto& first = omsctl.server.Sent<v1::PollShipmentsRequest>(0);
  EXPECT_EQ(first.connection(), "connections/acme");
  EXPECT_EQ(first.cart(), "shop");
  EXPECT_EQ(first.consumer(), "c");
  EXPECT_EQ(first.max_wait().seconds(), 5);
  EXPECT_EQ(first.max_staleness().seconds(), 60);
  EXPECT_EQ(first.max_results(), 7);
  EXPECT_EQ(omsctl.Run({"poll", "acme", "--cursor", "c9"}), kDone);
  const auto& second = omsctl.server.Sent<v1::PollShipmentsRequest>(1);
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
  omsctl.server.Answer(answer);
  EXPECT_EQ(omsctl.Run({"poll", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("1 event; caught up; 1 order held; never "
                                    "pulled yet\nnext cursor: c4\n"));
}

TEST(PollCommand, CursorAndConsumerExcludeEachOther) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"poll", "acme", "--cursor", "c", "--consumer", "d"}),
            kUsage);
  EXPECT_EQ(omsctl.server.Calls<v1::PollShipmentsRequest>(), 0);
}

TEST(AckCommand, SendsPositionAndAnswers) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::AcknowledgeShipmentsResponse());
  EXPECT_EQ(omsctl.Run({"ack", "acme", "--consumer", "shop", "--cursor", "c4",
                        "--confirm", "90001", "--confirm", "90002@17",
                        "--reject", "90003:no such order: gone"}),
            kDone);
  const auto& request = omsctl.server.Sent<v1::AcknowledgeShipmentsRequest>(0);
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
  omsctl.server.Answer(answer);
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
  EXPECT_EQ(omsctl.server.Calls<v1::AcknowledgeShipmentsRequest>(), 0);
}

TEST(ConsumersCommand, ListsResetsAndDeletes) {
  ScriptedOmsctl omsctl;
  v1::ListConsumersResponse list;
  list.add_consumers()->set_name("shop");
  omsctl.server.Answer(list);
  EXPECT_EQ(omsctl.Run({"consumers", "list", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("shop"));

  omsctl.server.Answer(v1::ResetConsumerResponse());
  EXPECT_EQ(omsctl.Run({"consumers", "reset", "acme", "shop", "--yes"}), kDone);
  EXPECT_EQ(omsctl.server.Sent<v1::ResetConsumerRequest>(0).consumer(), "shop");
  EXPECT_EQ(omsctl.out, "Consumer shop goes on from the beginning.\n");

  omsctl.server.Answer(v1::DeleteConsumerResponse());
  EXPECT_EQ(omsctl.Run({"consumers", "delete", "acme", "shop", "--yes"}),
            kDone);
  EXPECT_EQ(omsctl.out, "Consumer shop is forgotten.\n");
}

TEST(PollCommand, FollowsFromWhereTheLastAnswerEnded) {
  ScriptedOmsctl omsctl;
  v1::PollShipmentsResponse answer;
  answer.add_events()->set_sequence(4);
  answer.set_next_cursor("c4");
  omsctl.server.Answer(answer);
  answer.mutable_events(0)->set_sequence(5);
  answer.set_next_cursor("c5");
  omsctl.server.Answer(answer);
  EXPECT_EQ(omsctl.Run({"poll", "acme", "--consumer", "shop", "--follow"}),
            kFailed);  // the third answer is missing
  const auto first = omsctl.server.Sent<v1::PollShipmentsRequest>(0);
  EXPECT_EQ(first.consumer(), "shop");
  EXPECT_EQ(first.max_wait().seconds(), 30);
  const auto second = omsctl.server.Sent<v1::PollShipmentsRequest>(1);
  EXPECT_EQ(second.consumer(), "");
  EXPECT_EQ(second.cursor(), "c4");
  EXPECT_EQ(omsctl.last_words,
            "Go on with: omsctl poll acme --follow --cursor c5\n");
}

// A consumer that is 1 event behind, of 3 events from the beginning.
void PlayConsumer(ScriptedOmsctl& omsctl) {
  v1::ListConsumersResponse list;
  list.add_consumers()->set_name("shop");
  list.mutable_consumers(0)->set_cart("shop");
  list.mutable_consumers(0)->set_lag(1);
  omsctl.server.Answer(list);
  v1::PollShipmentsResponse page;
  for (int i = 0; i < 3; ++i) page.add_events();
  page.set_caught_up(true);
  omsctl.server.Answer(page);
}

TEST(ConsumersCommand, SaysHowManyEventsWouldComeAgain) {
  ScriptedOmsctl omsctl;
  PlayConsumer(omsctl);
  EXPECT_EQ(omsctl.Run({"consumers", "reset", "acme", "shop"}), kUsage);
  EXPECT_THAT(omsctl.error,
              HasSubstr("would go back to the beginning: 2 events that it had "
                        "would come again; say --yes"));
  EXPECT_EQ(omsctl.server.Calls<v1::ResetConsumerRequest>(), 0);
}

TEST(ConsumersCommand, APersonIsAsked) {
  for (const bool yes : {true, false}) {
    ScriptedOmsctl omsctl;
    omsctl.environment.terminal.asks = true;
    PlayConsumer(omsctl);
    omsctl.server.Answer(v1::DeleteConsumerResponse());
    omsctl.input = yes ? "y\n" : "\n";
    EXPECT_EQ(omsctl.Run({"consumers", "delete", "acme", "shop"}),
              yes ? kDone : kFailed);
    EXPECT_THAT(omsctl.error, HasSubstr("Go on? [y/N]"));
    EXPECT_EQ(omsctl.server.Calls<v1::DeleteConsumerRequest>(), yes ? 1 : 0);
  }
}

}  // namespace
}  // namespace oms_connector::omsctl
