#include "omsctl/shipment_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "omsctl/command_line.h"
#include "omsctl/scripted_omsctl.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::ListShipmentsResponse OneHeld() {
  v1::ListShipmentsResponse answer;
  v1::Shipment& shipment = *answer.add_shipments();
  shipment.set_shipment_id(90004);
  shipment.set_order_number("NW-50007");
  v1::Delivery& delivery = *shipment.mutable_delivery();
  delivery.set_state(v1::Delivery::STATE_HELD);
  delivery.set_hold_reason(v1::Delivery::HOLD_REASON_NO_TRACKING_NUMBER);
  return answer;
}

TEST(ShipmentsCommand, ListSendsTheFilter) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(OneHeld());
  EXPECT_EQ(
      omsctl.Run({"shipments", "list", "acme", "--state", "held", "--state",
                  "Not-Required", "--order", "NW-50007", "--tracking", "1Z",
                  "--cart", "shop", "--older-than", "2d", "--limit", "5"}),
      kDone);
  const auto& request = omsctl.server.Sent<v1::ListShipmentsRequest>(0);
  EXPECT_EQ(request.parent(), "connections/acme");
  EXPECT_EQ(request.page_size(), 5);
  const v1::ShipmentFilter& filter = request.filter();
  EXPECT_THAT(filter.states(), ElementsAre(v1::Delivery::STATE_HELD,
                                           v1::Delivery::STATE_NOT_REQUIRED));
  EXPECT_EQ(filter.order_number(), "NW-50007");
  EXPECT_EQ(filter.tracking_number(), "1Z");
  EXPECT_EQ(filter.cart(), "shop");
  EXPECT_EQ(filter.older_than().seconds(), 2 * 24 * 3600);
  EXPECT_THAT(omsctl.out, HasSubstr("held"));
}

TEST(ShipmentsCommand, WhySaysItInASentence) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(OneHeld());
  EXPECT_EQ(omsctl.Run({"shipments", "why", "acme", "NW-50007"}), kDone);
  EXPECT_EQ(
      omsctl.server.Sent<v1::ListShipmentsRequest>(0).filter().order_number(),
      "NW-50007");
  EXPECT_EQ(omsctl.out,
            "Shipment 90004 of order NW-50007 is held because it has no "
            "tracking number yet.\n");
}

TEST(ShipmentsCommand, WhyAnswersForOrdersWithoutShipmentsToo) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::ListShipmentsResponse());
  EXPECT_EQ(omsctl.Run({"shipments", "why", "acme", "1042"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("No shipment of order 1042 is known"));
}

TEST(ShipmentsCommand, ReleasesByShipmentOrByOrder) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::ReleaseShipmentsResponse(), 2);
  EXPECT_EQ(omsctl.Run({"shipments", "release", "acme", "90004", "90005",
                        "--reason", "shopper asked"}),
            kDone);
  const auto& by_name = omsctl.server.Sent<v1::ReleaseShipmentsRequest>(0);
  EXPECT_THAT(by_name.names(), ElementsAre("connections/acme/shipments/90004",
                                           "connections/acme/shipments/90005"));
  EXPECT_EQ(by_name.reason(), "shopper asked");
  EXPECT_EQ(omsctl.out, "0 shipments released.\n");

  EXPECT_EQ(omsctl.Run({"shipments", "release", "acme", "--order-id", "50007"}),
            kDone);
  EXPECT_EQ(omsctl.server.Sent<v1::ReleaseShipmentsRequest>(1).order_id(),
            50007);
}

TEST(ShipmentsCommand, ReplaysByShipmentOrByRange) {
  ScriptedOmsctl omsctl;
  v1::ReplayShipmentsResponse answer;
  answer.set_replayed_count(1);
  omsctl.server.Answer(answer, 2);
  EXPECT_EQ(omsctl.Run({"shipments", "replay", "acme", "90004", "--yes"}),
            kDone);
  EXPECT_EQ(omsctl.out, "1 event put at the head of the feed again.\n");
  EXPECT_EQ(omsctl.Run({"shipments", "replay", "acme", "--from-cursor", "a",
                        "--to-cursor", "b", "--yes"}),
            kDone);
  const auto& range = omsctl.server.Sent<v1::ReplayShipmentsRequest>(1);
  EXPECT_EQ(range.start_cursor(), "a");
  EXPECT_EQ(range.end_cursor(), "b");
}

TEST(ShipmentsCommand, WhatMakesNoSenseIsNotSent) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"shipments", "list", "acme", "--state", "lost"}),
            kUsage);
  EXPECT_EQ(omsctl.Run({"shipments", "release", "acme"}), kUsage);
  EXPECT_EQ(
      omsctl.Run({"shipments", "release", "acme", "1", "--order-id", "2"}),
      kUsage);
  EXPECT_EQ(omsctl.Run({"shipments", "replay", "acme"}), kUsage);
  EXPECT_EQ(omsctl.Run({"shipments", "replay", "acme", "--from-cursor", "a"}),
            kUsage);
  EXPECT_EQ(omsctl.server.Calls<v1::ListShipmentsRequest>(), 0);
  EXPECT_EQ(omsctl.server.Calls<v1::ReleaseShipmentsRequest>(), 0);
  EXPECT_EQ(omsctl.server.Calls<v1::ReplayShipmentsRequest>(), 0);
}

}  // namespace
}  // namespace oms_connector::omsctl
