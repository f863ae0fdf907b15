#include "omsctl/shipment_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kTen = 1'786'960'800;  // 2026-08-17T10:00:00Z

v1::Shipment InState(v1::Delivery::State state) {
  v1::Shipment shipment;
  shipment.set_shipment_id(90004);
  shipment.set_order_number("NW-50007");
  shipment.set_cart("shop");
  shipment.set_tracking_number("94001000");
  shipment.mutable_delivery()->set_state(state);
  return shipment;
}

v1::Shipment Held(v1::Delivery::HoldReason reason) {
  v1::Shipment shipment = InState(v1::Delivery::STATE_HELD);
  shipment.mutable_delivery()->set_hold_reason(reason);
  shipment.mutable_delivery()->mutable_hold_time()->set_seconds(kTen);
  return shipment;
}

void Block(v1::Shipment& shipment, int64_t id, const char* number,
           const char* status) {
  v1::BlockingOrder& order =
      *shipment.mutable_delivery()->add_blocking_orders();
  order.set_order_id(id);
  order.set_order_number(number);
  order.set_status(status);
  order.mutable_since_time()->set_seconds(kTen - 3600);
}

TEST(CarrierText, TellsHowTheCarrierIsKnown) {
  v1::Carrier carrier;
  carrier.set_code("UPS");
  carrier.set_source(v1::Carrier::SOURCE_ORDER_MANAGER);
  EXPECT_EQ(CarrierText(carrier), "UPS");

  carrier.set_code("PUROLATOR");
  carrier.set_display_name("Purolator");
  carrier.set_source(v1::Carrier::SOURCE_TRACKING_NUMBER);
  carrier.set_rule("purolator.pin12.luhn");
  carrier.set_confidence(v1::Carrier::CONFIDENCE_HIGH);
  EXPECT_EQ(CarrierText(carrier),
            "Purolator (from the tracking number: purolator.pin12.luhn, high)");

  carrier.set_source(v1::Carrier::SOURCE_CUSTOM_FIELD);
  EXPECT_EQ(CarrierText(carrier), "Purolator (from the custom field)");
}

TEST(CarrierText, AdmitsWhatIsNotKnown) {
  v1::Carrier carrier;
  carrier.set_source(v1::Carrier::SOURCE_UNRESOLVED);
  EXPECT_EQ(CarrierText(carrier), "(unresolved)");
  carrier.set_code("OTHER_CARRIER");
  EXPECT_EQ(CarrierText(carrier), "OTHER_CARRIER (unresolved)");
  carrier.add_candidates("DYNAMEX");
  carrier.add_candidates("PUROLATOR");
  EXPECT_EQ(CarrierText(carrier),
            "OTHER_CARRIER (unresolved: DYNAMEX or PUROLATOR)");
}

TEST(StandingText, NamesTheOrdersThatBlock) {
  v1::Shipment shipment = Held(v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY);
  Block(shipment, 50009, "NW-50009", "ON_HOLD");
  EXPECT_EQ(StandingText(shipment),
            "Shipment 90004 of order NW-50007 is held since 2026-08-17 10:00Z "
            "because order NW-50009 is ON_HOLD since 2026-08-17 09:00Z.");
  Block(shipment, 50010, "", "");
  EXPECT_THAT(StandingText(shipment),
              HasSubstr("ON_HOLD since 2026-08-17 09:00Z, and order 50010 "
                        "could not be read since"));
  v1::Shipment untracked = Held(v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY);
  Block(untracked, 50009, "NW-50009", "SHIPPED");
  EXPECT_THAT(StandingText(untracked),
              HasSubstr("SHIPPED since 2026-08-17 09:00Z, but a parcel of it "
                        "with a tracking number is still to be read."));
}

TEST(StandingText, SaysEveryStateInASentence) {
  v1::Shipment released = InState(v1::Delivery::STATE_READY);
  released.mutable_delivery()->set_outcome_reason("released by hand: call");
  v1::Shipment corrected = InState(v1::Delivery::STATE_READY);
  corrected.mutable_delivery()->mutable_outcome_time()->set_seconds(kTen);
  v1::Shipment answered_late = corrected;
  answered_late.mutable_delivery()->set_outcome_reason("no such order");
  v1::Shipment external = InState(v1::Delivery::STATE_NOT_REQUIRED);
  external.mutable_delivery()->set_outcome_reason("its order is external");
  v1::Shipment rejected = InState(v1::Delivery::STATE_REJECTED);
  rejected.mutable_delivery()->set_outcome_reason("no such order");
  rejected.mutable_delivery()->mutable_outcome_time()->set_seconds(kTen);
  v1::Shipment confirmed = InState(v1::Delivery::STATE_CONFIRMED);
  confirmed.mutable_delivery()->mutable_outcome_time()->set_seconds(kTen);
  const struct {
    v1::Shipment shipment;
    const char* want;
  } cases[] = {
      {Held(v1::Delivery::HOLD_REASON_NO_TRACKING_NUMBER),
       "is held since 2026-08-17 10:00Z because it has no tracking number "
       "yet."},
      {Held(v1::Delivery::HOLD_REASON_ORDER_UNREADABLE),
       "because its order could not be read."},
      {Held(v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY),
       "because other orders of its family are not done."},
      {InState(v1::Delivery::STATE_READY),
       "was handed out; cart shop has not answered yet."},
      {released,
       "was handed out (released by hand: call); cart shop has not answered "
       "yet."},
      {confirmed, "was confirmed by cart shop at 2026-08-17 10:00Z."},
      {rejected,
       "was rejected by cart shop at 2026-08-17 10:00Z: no such order."},
      {corrected,
       "was handed out; cart shop has not answered its latest event yet."},
      {answered_late,
       "has not answered its latest event yet, and said before: no such "
       "order."},
      {external, "is not to be sent: its order is external."},
      {InState(v1::Delivery::STATE_NOT_REQUIRED), "is not to be sent: "},
      {Held(v1::Delivery::HOLD_REASON_UNSPECIFIED),
       "because it was read just now and is not decided on yet."},
      {InState(v1::Delivery::STATE_UNSPECIFIED), "does not know."},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(StandingText(c.shipment), HasSubstr(c.want));
  }
}

TEST(StandingText, OtherPeoplesWordsStayInOneLine) {
  v1::Shipment rejected = InState(v1::Delivery::STATE_REJECTED);
  rejected.mutable_delivery()->set_outcome_reason("no\n\x1b[2Jway");
  EXPECT_THAT(StandingText(rejected), Not(HasSubstr("\n")));
  EXPECT_THAT(StandingText(rejected), Not(HasSubstr("\x1b")));
}

TEST(EventsText, ShowsWhatACartNeeds) {
  v1::ShipmentEvent event;
  event.set_sequence(12);
  event.set_kind(v1::ShipmentEvent::KIND_CORRECTED);
  event.set_release_group(4);
  event.set_release_group_size(2);
  *event.mutable_shipment() = InState(v1::Delivery::STATE_READY);
  event.mutable_shipment()->mutable_carrier()->set_code("USPS");
  v1::ShipmentItem& item = *event.mutable_shipment()->add_items();
  item.set_sku("SMT-BOT-500");
  item.set_quantity(2);
  EXPECT_EQ(EventsText({event}),
            "SEQ  EVENT      SHIPMENT  ORDER     CART  TRACKING NUMBER  "
            "CARRIER  TOGETHER      ITEMS\n"
            " 12  CORRECTED  90004     NW-50007  shop  94001000         USPS  "
            "   2 in group 4  2 × SMT-BOT-500\n");
}

TEST(ShipmentsText, ShowsWhereEachStands) {
  v1::Shipment held = Held(v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY);
  Block(held, 50009, "NW-50009", "ON_HOLD");
  EXPECT_EQ(ShipmentsText({held}),
            "SHIPMENT  ORDER     CART  TRACKING NUMBER  STATE  SINCE          "
            "    WHY\n"
            "90004     NW-50007  shop  94001000         held   2026-08-17 "
            "10:00Z  order NW-50009 is ON_HOLD since 2026-08-17 09:00Z\n");
}

// Also of one that no cart has answered yet.
TEST(ShipmentsText, ShowsSinceWhenAParcelWaitsForItsCart) {
  v1::Shipment ready = InState(v1::Delivery::STATE_READY);
  ready.mutable_delivery()->mutable_state_time()->set_seconds(kTen);
  EXPECT_EQ(ShipmentsText({ready}),
            "SHIPMENT  ORDER     CART  TRACKING NUMBER  STATE  SINCE\n"
            "90004     NW-50007  shop  94001000         ready  2026-08-17 "
            "10:00Z\n");
}

TEST(ConsumersText, ShowsHowFarBehindTheyAre) {
  v1::Consumer fresh;
  fresh.set_name("shop");
  fresh.set_cart("shop");
  fresh.set_lag(1);
  v1::Consumer all;
  all.set_name("audit");
  all.mutable_position_time()->set_seconds(kTen);
  EXPECT_EQ(ConsumersText({fresh, all}, absl::FromUnixSeconds(kTen + 120)),
            "CONSUMER  CART     BEHIND  STANDS AT\n"
            "shop      shop    1 event  the beginning\n"
            "audit     (all)  0 events  2026-08-17 10:00:00Z, 2 min ago\n");
}

}  // namespace
}  // namespace oms_connector::omsctl
