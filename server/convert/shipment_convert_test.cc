#include "server/convert/shipment_convert.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

using testing::ElementsAre;

const absl::Time kNow = absl::FromUnixMicros(1700000000123456);

model::Shipment Shipment() {
  model::Shipment shipment;
  shipment.shipment_id = 5;
  shipment.order_id = 50;
  shipment.order_number = "S-50";
  shipment.cart_id = "shop";
  shipment.family_order_ids = {50, 51};
  shipment.tracking_number = "329014521622";
  shipment.carrier.code = "PUROLATOR";
  shipment.carrier.display_name = "Purolator";
  shipment.carrier.source = model::CarrierSource::kTrackingNumber;
  shipment.carrier.rule = "purolator.pin12.luhn";
  shipment.carrier.confidence = model::CarrierConfidence::kHigh;
  shipment.carrier.candidates = {"PUROLATOR", "DYNAMEX"};
  shipment.carrier.service = "Express";
  shipment.items = {{"shop-1", "M-1", 3}};
  shipment.ship_time = kNow - absl::Hours(2);
  shipment.create_time = kNow - absl::Hours(3);
  shipment.warehouse_id = 12;
  shipment.warehouse_name = "North";
  shipment.external = true;
  shipment.delivery.state = model::DeliveryState::kHeld;
  shipment.delivery.hold_reason = model::HoldReason::kWaitingForFamily;
  shipment.delivery.hold_time = kNow - absl::Hours(1);
  shipment.delivery.blocking_orders = {
      {51, "S-51", "ON_HOLD", kNow - absl::Hours(5)}};
  shipment.delivery.outcome_reason = "max_hold";
  shipment.delivery.outcome_time = kNow;
  return shipment;
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return TimeFromProto(time, "t").value();
}

std::string FieldOf(const absl::Status& status) {
  const auto details = model::DetailsOf(status);
  return details.has_value() && details->violations.size() == 1
             ? details->violations[0].field
             : "";
}

TEST(ShipmentConvert, ShipmentTellsWhatIsKnown) {
  const v1::Shipment proto = ToProto(Shipment(), "acme");
  EXPECT_EQ(proto.name(), "connections/acme/shipments/5");
  EXPECT_EQ(proto.shipment_id(), 5);
  EXPECT_EQ(proto.order_id(), 50);
  EXPECT_EQ(proto.order_number(), "S-50");
  EXPECT_EQ(proto.cart(), "shop");
  EXPECT_THAT(proto.family_order_ids(), ElementsAre(50, 51));
  EXPECT_EQ(proto.tracking_number(), "329014521622");
  EXPECT_EQ(TimeOf(proto.ship_time()), kNow - absl::Hours(2));
  EXPECT_EQ(TimeOf(proto.create_time()), kNow - absl::Hours(3));
  EXPECT_EQ(proto.warehouse().id(), 12);
  EXPECT_EQ(proto.warehouse().name(), "North");
  EXPECT_TRUE(proto.external());
  ASSERT_EQ(proto.items_size(), 1);
  EXPECT_EQ(proto.items(0).sku(), "shop-1");
  EXPECT_EQ(proto.items(0).master_sku(), "M-1");
  EXPECT_EQ(proto.items(0).quantity(), 3);
}

TEST(ShipmentConvert, CarrierTellsHowItIsKnown) {
  const v1::Carrier proto = ToProto(Shipment(), "acme").carrier();
  EXPECT_EQ(proto.code(), "PUROLATOR");
  EXPECT_EQ(proto.display_name(), "Purolator");
  EXPECT_EQ(proto.source(), v1::Carrier::SOURCE_TRACKING_NUMBER);
  EXPECT_EQ(proto.rule(), "purolator.pin12.luhn");
  EXPECT_EQ(proto.confidence(), v1::Carrier::CONFIDENCE_HIGH);
  EXPECT_THAT(proto.candidates(), ElementsAre("PUROLATOR", "DYNAMEX"));
  EXPECT_EQ(proto.service(), "Express");
}

TEST(ShipmentConvert, HeldShipmentNamesWhatBlocksIt) {
  const v1::Delivery proto = ToProto(Shipment(), "acme").delivery();
  EXPECT_EQ(proto.state(), v1::Delivery::STATE_HELD);
  EXPECT_EQ(proto.hold_reason(), v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY);
  EXPECT_EQ(TimeOf(proto.hold_time()), kNow - absl::Hours(1));
  ASSERT_EQ(proto.blocking_orders_size(), 1);
  EXPECT_EQ(proto.blocking_orders(0).order_id(), 51);
  EXPECT_EQ(proto.blocking_orders(0).order_number(), "S-51");
  EXPECT_EQ(proto.blocking_orders(0).status(), "ON_HOLD");
  EXPECT_EQ(TimeOf(proto.blocking_orders(0).since_time()),
            kNow - absl::Hours(5));
  EXPECT_EQ(proto.outcome_reason(), "max_hold");
  EXPECT_EQ(TimeOf(proto.outcome_time()), kNow);
}

TEST(ShipmentConvert, WhatAShipmentLacksIsAbsent) {
  const v1::Shipment proto = ToProto(model::Shipment(), "acme");
  EXPECT_FALSE(proto.has_ship_time());
  EXPECT_FALSE(proto.has_create_time());
  EXPECT_FALSE(proto.has_warehouse());
  EXPECT_FALSE(proto.delivery().has_hold_time());
  EXPECT_FALSE(proto.delivery().has_outcome_time());
  EXPECT_EQ(proto.delivery().hold_reason(),
            v1::Delivery::HOLD_REASON_UNSPECIFIED);
  EXPECT_EQ(proto.carrier().confidence(), v1::Carrier::CONFIDENCE_UNSPECIFIED);
}

TEST(ShipmentConvert, EventCarriesItsShipmentAndGroup) {
  model::ShipmentEvent event;
  event.sequence = 9;
  event.kind = model::EventKind::kCorrected;
  event.shipment = Shipment();
  event.event_time = kNow;
  event.release_group = 3;
  event.release_group_size = 2;
  v1::ShipmentEvent proto;
  ToProto(event, "acme", &proto);
  EXPECT_EQ(proto.sequence(), 9);
  EXPECT_EQ(proto.kind(), v1::ShipmentEvent::KIND_CORRECTED);
  EXPECT_EQ(proto.shipment().name(), "connections/acme/shipments/5");
  EXPECT_EQ(TimeOf(proto.event_time()), kNow);
  EXPECT_EQ(proto.release_group(), 3);
  EXPECT_EQ(proto.release_group_size(), 2);
}

TEST(ShipmentConvert, EnumsKeepTheirNames) {
  std::vector<std::string> names;
  for (const int number : {1, 2, 3}) {
    model::ShipmentEvent event;
    event.kind = static_cast<model::EventKind>(number);
    v1::ShipmentEvent proto;
    ToProto(event, "acme", &proto);
    names.push_back(v1::ShipmentEvent::Kind_Name(proto.kind()));
  }
  EXPECT_THAT(names,
              ElementsAre("KIND_SHIPPED", "KIND_CORRECTED", "KIND_VOIDED"));
  names.clear();
  for (const auto source : {model::CarrierSource::kOrderManager,
                            model::CarrierSource::kTrackingNumber,
                            model::CarrierSource::kCustomField,
                            model::CarrierSource::kUnresolved}) {
    model::Shipment shipment;
    shipment.carrier.source = source;
    names.push_back(
        v1::Carrier::Source_Name(ToProto(shipment, "acme").carrier().source()));
  }
  EXPECT_THAT(names,
              ElementsAre("SOURCE_ORDER_MANAGER", "SOURCE_TRACKING_NUMBER",
                          "SOURCE_CUSTOM_FIELD", "SOURCE_UNRESOLVED"));
  names.clear();
  for (const auto confidence :
       {model::CarrierConfidence::kLow, model::CarrierConfidence::kMedium,
        model::CarrierConfidence::kHigh}) {
    model::Shipment shipment;
    shipment.carrier.confidence = confidence;
    names.push_back(v1::Carrier::Confidence_Name(
        ToProto(shipment, "acme").carrier().confidence()));
  }
  EXPECT_THAT(names, ElementsAre("CONFIDENCE_LOW", "CONFIDENCE_MEDIUM",
                                 "CONFIDENCE_HIGH"));
  names.clear();
  for (const auto reason : {model::HoldReason::kNoTrackingNumber,
                            model::HoldReason::kWaitingForFamily,
                            model::HoldReason::kOrderUnreadable}) {
    model::Shipment shipment;
    shipment.delivery.hold_reason = reason;
    names.push_back(v1::Delivery::HoldReason_Name(
        ToProto(shipment, "acme").delivery().hold_reason()));
  }
  EXPECT_THAT(names, ElementsAre("HOLD_REASON_NO_TRACKING_NUMBER",
                                 "HOLD_REASON_WAITING_FOR_FAMILY",
                                 "HOLD_REASON_ORDER_UNREADABLE"));
}

TEST(ShipmentConvert, DeliveryStatesGoBothWays) {
  const struct {
    model::DeliveryState noun;
    v1::Delivery::State wire;
  } kCases[] = {
      {model::DeliveryState::kHeld, v1::Delivery::STATE_HELD},
      {model::DeliveryState::kReady, v1::Delivery::STATE_READY},
      {model::DeliveryState::kConfirmed, v1::Delivery::STATE_CONFIRMED},
      {model::DeliveryState::kRejected, v1::Delivery::STATE_REJECTED},
      {model::DeliveryState::kNotRequired, v1::Delivery::STATE_NOT_REQUIRED},
  };
  for (const auto& test : kCases) {
    model::Shipment shipment;
    shipment.delivery.state = test.noun;
    EXPECT_EQ(ToProto(shipment, "acme").delivery().state(), test.wire);
    EXPECT_EQ(DeliveryStateFromProto(test.wire, "f").value(), test.noun);
  }
}

TEST(ShipmentConvert, UnknownStateInAFilterNamesItsField) {
  for (const int number : {0, 6, -1}) {
    const auto state = DeliveryStateFromProto(
        static_cast<v1::Delivery::State>(number), "filter.states[2]");
    EXPECT_EQ(state.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(state.status()), "filter.states[2]");
  }
}

TEST(ShipmentConvert, ConsumerTellsHowFarItIs) {
  model::Consumer consumer;
  consumer.name = "worker";
  consumer.cart_id = "shop";
  EXPECT_FALSE(ToProto(consumer, 4).has_position_time());
  consumer.position_time = kNow;
  const v1::Consumer proto = ToProto(consumer, 4);
  EXPECT_EQ(proto.name(), "worker");
  EXPECT_EQ(proto.cart(), "shop");
  EXPECT_EQ(TimeOf(proto.position_time()), kNow);
  EXPECT_EQ(proto.lag(), 4);
}

v1::ShipmentOutcome Outcome() {
  v1::ShipmentOutcome outcome;
  outcome.set_name("connections/acme/shipments/5");
  outcome.set_result(v1::ShipmentOutcome::RESULT_CONFIRMED);
  return outcome;
}

TEST(ShipmentConvert, OutcomesAreRead) {
  const auto confirmed = OutcomeFromProto(Outcome(), "acme", 0);
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(confirmed->shipment_id, 5);
  EXPECT_TRUE(confirmed->confirmed);
  EXPECT_FALSE(confirmed->sequence.has_value());

  v1::ShipmentOutcome proto = Outcome();
  proto.set_result(v1::ShipmentOutcome::RESULT_REJECTED);
  proto.set_reason("order is closed");
  proto.set_sequence(7);
  const auto rejected = OutcomeFromProto(proto, "acme", 0);
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_FALSE(rejected->confirmed);
  EXPECT_EQ(rejected->reason, "order is closed");
  EXPECT_EQ(rejected->sequence, 7);
}

TEST(ShipmentConvert, BadOutcomesNameTheirField) {
  const auto field = [](const v1::ShipmentOutcome& outcome) {
    return FieldOf(OutcomeFromProto(outcome, "acme", 3).status());
  };
  v1::ShipmentOutcome outcome = Outcome();
  outcome.set_name("connections/acme/shipments/x");
  EXPECT_EQ(field(outcome), "outcomes[3].name");
  outcome.set_name("connections/bolt/shipments/5");
  EXPECT_EQ(field(outcome), "outcomes[3].name");
  outcome = Outcome();
  outcome.clear_result();
  EXPECT_EQ(field(outcome), "outcomes[3].result");
  outcome.set_result(static_cast<v1::ShipmentOutcome::Result>(3));
  EXPECT_EQ(field(outcome), "outcomes[3].result");
  outcome = Outcome();
  outcome.set_sequence(0);
  EXPECT_EQ(field(outcome), "outcomes[3].sequence");
}

}  // namespace
}  // namespace oms_connector::server
