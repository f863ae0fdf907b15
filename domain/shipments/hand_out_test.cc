// What is handed out, corrected and taken back under Immediately Send, from the
// Order Manager's rows to the events of the feed, over a real store.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using model::DeliveryState;
using model::EventKind;
using model::HoldReason;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

MATCHER_P2(IsEvent, kind, shipment_id, "") {
  return arg.kind == kind && arg.shipment.shipment_id == shipment_id;
}

class HandOut : public ::testing::Test {
 protected:
  // Order 1 with parcel 11.
  void PutOne() {
    world_.Put(MakeOrder(1));
    world_.Put(MakeShipment(11, 1, "1Z-A"));
  }

  // A later state of the parcel, as created.
  Shipment Later(const std::string& tracking_number) {
    Shipment record = MakeShipment(11, 1, tracking_number);
    record.created = created_;
    return record;
  }

  void Turn(const std::function<void(Order&)>& change) {
    Order order = MakeOrder(1);
    change(order);
    world_.Put(order);
  }

  ShipmentWorld world_;
  const absl::Time created_ = world_.clock->Now();
};

TEST_F(HandOut, ShippedAtOnceWithAllThatTheCartNeeds) {
  world_.fake->Mutate([](auto& world) {
    world.warehouses[3].warehouse_id = 3;
    world.warehouses[3].name = "East";
  });
  world_.Put(MakeOrder(1, "AWAITING_SHIPMENT"));
  Shipment record = MakeShipment(11, 1, "1Z-A");
  record.warehouse_id = 3;
  record.external = true;
  world_.Put(record);

  const auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kShipped, 11)));
  const model::Shipment& shipment = events[0].shipment;
  EXPECT_EQ(shipment.order_id, 1);
  EXPECT_EQ(shipment.order_number, "N-1");
  EXPECT_EQ(shipment.cart_id, kCart);
  EXPECT_THAT(shipment.family_order_ids, ElementsAre(1));
  EXPECT_EQ(shipment.tracking_number, "1Z-A");
  EXPECT_EQ(shipment.carrier.code, "UPS");
  EXPECT_EQ(shipment.carrier.source, model::CarrierSource::kOrderManager);
  EXPECT_EQ(shipment.warehouse_name, "East");
  EXPECT_TRUE(shipment.external);
  ASSERT_THAT(shipment.items, SizeIs(1));
  EXPECT_EQ(shipment.items[0].sku, "M-1");
  EXPECT_EQ(shipment.items[0].quantity, 2);
  EXPECT_EQ(shipment.delivery.state, DeliveryState::kReady);
  EXPECT_EQ(events[0].release_group, events[0].sequence);
  EXPECT_EQ(events[0].release_group_size, 1);
  EXPECT_THAT(world_.Take(), IsEmpty()) << "and once";
}

// Rule 1.
TEST_F(HandOut, ReturnsNeverAppear) {
  world_.Put(MakeOrder(1));
  Shipment record = MakeShipment(11, 1, "1Z-A");
  record.type = "RETURN";
  world_.Put(record);
  EXPECT_THAT(world_.Take(), IsEmpty());
}

// Rule 1.
TEST_F(HandOut, SecondRecordWithTheSameNumberIsHandedOutToo) {
  PutOne();
  world_.Put(MakeShipment(12, 1, "1z a"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kShipped, 11),
                                         IsEvent(EventKind::kShipped, 12)));
}

// Rule 2.
TEST_F(HandOut, VoidedBeforeNeverAppears) {
  world_.Put(MakeOrder(1));
  Shipment record = MakeShipment(11, 1, "1Z-A");
  record.delivery_status = "VOIDED";
  world_.Put(record);
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kNotRequired);
  EXPECT_EQ(world_.PollStored(0).held_orders, 0);
}

// Rule 2.
TEST_F(HandOut, VoidedAfterIsTakenBackAndShippedAgainWhenTheVoidIs) {
  PutOne();
  world_.Take();
  Shipment voided = Later("1Z-A");
  voided.delivery_status = "VOIDED";
  world_.Put(voided);
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kVoided, 11)));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.Put(Later("1Z-A"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kShipped, 11)));
}

// Rule 2.
TEST_F(HandOut, VoidIsSeenUpTo90DaysAfterCreation) {
  PutOne();
  world_.Take();
  Shipment voided = Later("1Z-A");
  voided.delivery_status = "VOIDED";
  world_.Put(voided);
  world_.manual_clock.Advance(absl::Hours(24 * 60));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kVoided, 11)));
}

// Rule 2.
TEST_F(HandOut, AnotherTrackingNumberOrCarrierIsACorrection) {
  PutOne();
  world_.Take();
  world_.Put(Later("1Z-B"));
  auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kCorrected, 11)));
  EXPECT_EQ(events[0].shipment.tracking_number, "1Z-B");

  Shipment record = Later("1Z-B");
  record.ship_method.shipping_carrier = "FEDEX";
  world_.Put(record);
  events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kCorrected, 11)));
  EXPECT_EQ(events[0].shipment.carrier.code, "FEDEX");
}

// Rule 3.
TEST_F(HandOut, WithoutATrackingNumberItIsHeld) {
  world_.Put(MakeOrder(1));
  world_.Put(MakeShipment(11, 1, "  "));
  EXPECT_THAT(world_.Take(), IsEmpty());
  const model::Delivery held = world_.Find(11).delivery;
  EXPECT_EQ(held.state, DeliveryState::kHeld);
  EXPECT_EQ(held.hold_reason, HoldReason::kNoTrackingNumber);
  EXPECT_EQ(held.hold_time, created_);
  EXPECT_EQ(world_.PollStored(0).held_orders, 1);

  world_.manual_clock.Advance(absl::Hours(1));
  world_.Put(Later("1Z-A"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kShipped, 11)));
  EXPECT_EQ(world_.PollStored(0).held_orders, 0);
}

// Rule 1: however old it is.
TEST_F(HandOut, HeldShipmentsAreReadAgainByTheirIds) {
  world_.Put(MakeOrder(1));
  world_.Put(MakeShipment(11, 1, ""));
  world_.Take();
  world_.manual_clock.Advance(absl::Hours(24 * 200));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.Put(Later("1Z-A"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kShipped, 11)));
}

// Rule 3.
TEST_F(HandOut, TrackingNumberTakenAwayTellsNothingUntilThereIsOneAgain) {
  PutOne();
  world_.Take();
  world_.Put(Later(""));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kReady);
  world_.Put(Later("1Z-B"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kCorrected, 11)));
}

// Rule 3.
TEST_F(HandOut, OrderThatCannotBeReadHoldsItsShipmentsOnly) {
  PutOne();
  Turn([](Order& order) { order.raw["orderId"] = "null"; });
  world_.Put(MakeOrder(2));
  world_.Put(MakeShipment(21, 2, "1Z-C"));
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kShipped, 21)));
  EXPECT_EQ(world_.Find(11).delivery.hold_reason, HoldReason::kOrderUnreadable);

  Turn([](Order&) {});
  const auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kShipped, 11)));
  EXPECT_EQ(events[0].shipment.cart_id, kCart);
}

// Rule 3.
TEST_F(HandOut, UnknownOrderHoldsItsShipments) {
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(world_.Find(11).delivery.hold_reason, HoldReason::kOrderUnreadable);
}

// Rule 3.
TEST_F(HandOut, ChannelThatNoCartHasIsHandedOutWithoutACart) {
  Turn([](Order& order) { order.sales_channel_id = 99; });
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  const auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kShipped, 11)));
  EXPECT_EQ(events[0].shipment.cart_id, "");
}

// Rule 4.
TEST_F(HandOut, OrdersThatTheCartIsNotToldOfAreNotRequired) {
  const std::function<void(Order&)> cases[] = {
      [](Order& order) { order.external = true; },
      [](Order& order) { order.suppress_channel_update = true; },
      [](Order& order) {
        order.order_status = "PROCESSED_OUTSIDE_OF_SKUBANA";
      }};
  for (const auto& change : cases) {
    ShipmentWorld world;
    Order order = MakeOrder(1);
    change(order);
    world.Put(order);
    world.Put(MakeShipment(11, 1, "1Z-A"));
    EXPECT_THAT(world.Take(), IsEmpty());
    EXPECT_EQ(world.Find(11).delivery.state, DeliveryState::kNotRequired);
    EXPECT_NE(world.Find(11).delivery.outcome_reason, "");

    world.Put(MakeOrder(1));
    EXPECT_THAT(world.Take(), ElementsAre(IsEvent(EventKind::kShipped, 11)))
        << "when the flag is taken away";
  }
}

// Rule 4.
TEST_F(HandOut, SuppressedLaterOnItHearsOfTheVoidWhenTheFlagIsTakenAway) {
  PutOne();
  world_.Take();
  Turn([](Order& order) { order.suppress_channel_update = true; });
  Shipment voided = Later("1Z-A");
  voided.delivery_status = "VOIDED";
  world_.Put(voided);
  EXPECT_THAT(world_.Take(), IsEmpty());
  Turn([](Order&) {});
  EXPECT_THAT(world_.Take(), ElementsAre(IsEvent(EventKind::kVoided, 11)));
}

// Rule 9.
TEST_F(HandOut, OrderManagersCarrierIsPassedOnUnchanged) {
  const struct {
    bool fallback;
    const char* carrier;
    const char* code;
    model::CarrierSource source;
  } cases[] = {
      {false, "UPS", "UPS", model::CarrierSource::kOrderManager},
      {false, "Ups mail ", "Ups mail", model::CarrierSource::kOrderManager},
      {false, "OTHER_CARRIER", "OTHER_CARRIER",
       model::CarrierSource::kOrderManager},
      {true, "UPS", "UPS", model::CarrierSource::kOrderManager},
      // Absent is nothing to fall back from.
      {true, "", "", model::CarrierSource::kUnresolved},
  };
  for (const auto& c : cases) {
    ShipmentWorld world;
    world.Set([&](model::Settings& settings) {
      settings.parse_carrier_fallback = c.fallback;
    });
    world.Put(MakeOrder(1));
    Shipment record = MakeShipment(11, 1, "TBA123456789012");
    record.ship_method.shipping_carrier = c.carrier;
    world.Put(record);
    const auto events = world.Take();
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(events[0].shipment.carrier.code, c.code);
    EXPECT_EQ(events[0].shipment.carrier.source, c.source);
  }
}

// Rule 10.
TEST_F(HandOut, ServiceIsNamedWhereItsIdIsKnown) {
  world_.fake->Mutate([](auto& world) {
    world.providers[5] = {5, "UPS", {{55, "", "Ground", ""}}, {}};
  });
  world_.Put(MakeOrder(1));
  Shipment known = MakeShipment(11, 1, "1Z-A");
  known.ship_method.shipping_provider_id = 5;
  known.ship_method.shipping_service_id = 55;
  world_.Put(known);
  Shipment unknown = MakeShipment(12, 1, "1Z-B");
  unknown.ship_method.shipping_provider_id = 6;
  unknown.ship_method.shipping_service_id = 55;
  world_.Put(unknown);
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].shipment.carrier.service, "Ground");
  EXPECT_EQ(events[1].shipment.carrier.service, "");
}

// Rule 9.
TEST_F(HandOut, ItemsAreOfTheParcelAndCarryTheCartsSku) {
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].sku_source = model::SkuSource::kListingSku;
  });
  Turn([](Order& order) {
    order.items = {{1, "L-1", "M-1", 5}, {2, "", "M-2", 1}};
  });
  Shipment described = MakeShipment(11, 1, "1Z-A");
  described.items = {{"l-1", 3}};
  world_.Put(described);
  world_.Put(MakeShipment(12, 1, "1Z-B"));
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(2));
  const auto item = [](const char* sku, const char* master, int64_t quantity) {
    return AllOf(Field(&model::ShipmentItem::sku, sku),
                 Field(&model::ShipmentItem::master_sku, master),
                 Field(&model::ShipmentItem::quantity, quantity));
  };
  EXPECT_THAT(events[0].shipment.items, ElementsAre(item("l-1", "M-1", 3)));
  EXPECT_THAT(events[1].shipment.items,
              ElementsAre(item("L-1", "M-1", 5), item("M-2", "M-2", 1)))
      << "a parcel that the order does not describe holds the order's lines";
}

// Rule 8.
TEST_F(HandOut, FallbackAsksTheTrackingNumberThenTheCustomField) {
  world_.Set([](model::Settings& settings) {
    settings.parse_carrier_fallback = true;
  });
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].carrier_custom_field = "customField2";
  });
  Turn([](Order& order) { order.custom_field2 = " purolator "; });
  Shipment by_number = MakeShipment(11, 1, "TBA123456789012");
  by_number.ship_method.shipping_carrier = "other_carrier";
  world_.Put(by_number);
  Shipment by_field = MakeShipment(12, 1, "??");
  by_field.ship_method.shipping_carrier = "OTHER_CARRIER";
  world_.Put(by_field);
  Shipment known = MakeShipment(13, 1, "TBA123456789012");
  world_.Put(known);
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[0].shipment.carrier.code, "AMAZON");
  EXPECT_EQ(events[0].shipment.carrier.source,
            model::CarrierSource::kTrackingNumber);
  EXPECT_EQ(events[1].shipment.carrier.code, "PUROLATOR");
  EXPECT_EQ(events[1].shipment.carrier.source,
            model::CarrierSource::kCustomField);
  EXPECT_EQ(events[2].shipment.carrier.code, "UPS");
}

// Rule 8.
TEST_F(HandOut, ChangeOfTheFallbackLeavesWhatWasHandedOut) {
  world_.Put(MakeOrder(1));
  Shipment record = MakeShipment(11, 1, "TBA123456789012");
  record.ship_method.shipping_carrier = "OTHER_CARRIER";
  world_.Put(record);
  world_.Put(MakeOrder(2));
  world_.Put(MakeShipment(21, 2, ""));
  EXPECT_EQ(world_.Take()[0].shipment.carrier.code, "OTHER_CARRIER");

  world_.Set([](model::Settings& settings) {
    settings.parse_carrier_fallback = true;
  });
  Shipment held = MakeShipment(21, 2, "TBA123456789012");
  held.ship_method.shipping_carrier = "OTHER_CARRIER";
  held.created = created_;
  world_.Put(held);
  const auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kShipped, 21)));
  EXPECT_EQ(events[0].shipment.carrier.code, "AMAZON");
}

// Rule 8.
TEST_F(HandOut, CustomFieldThatChangesIsACorrectionWhereItCounts) {
  world_.Set([](model::Settings& settings) {
    settings.parse_carrier_fallback = true;
  });
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].carrier_custom_field = "customField1";
  });
  Turn([](Order& order) { order.custom_field1 = "Canpar"; });
  Shipment record = MakeShipment(11, 1, "??");
  record.ship_method.shipping_carrier = "OTHER_CARRIER";
  world_.Put(record);
  EXPECT_EQ(world_.Take()[0].shipment.carrier.code, "CANPAR");

  world_.Configure([](model::Connection& connection) {
    connection.carts[0].carrier_custom_field = "customField2";
  });
  EXPECT_THAT(world_.Take(), IsEmpty()) << "another field named by the cart";
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].carrier_custom_field = "customField1";
  });
  Turn([](Order& order) { order.custom_field1 = "Yodel"; });
  const auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kCorrected, 11)));
  EXPECT_EQ(events[0].shipment.carrier.code, "YODEL");
}

// Rule 8: looked at once and found to make no difference.
TEST_F(HandOut, OldChangeOfInputsIsNotDugOutByASetting) {
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].carrier_custom_field = "customField1";
  });
  world_.Put(MakeOrder(1));
  Shipment record = MakeShipment(11, 1, "??");
  record.ship_method.shipping_carrier = "OTHER_CARRIER";
  world_.Put(record);
  world_.Take();
  Turn([](Order& order) { order.custom_field1 = "Yodel"; });
  EXPECT_THAT(world_.Take(), IsEmpty()) << "the fallback is off";
  world_.Set([](model::Settings& settings) {
    settings.parse_carrier_fallback = true;
  });
  Turn([](Order& order) {
    order.custom_field1 = "Yodel";
    order.ship_country = "CA";
  });
  EXPECT_THAT(world_.Take(), IsEmpty());
}

// Rule 8: what changes and changes back while the cart hears nothing is no
// correction, and leaves no other carrier behind.
TEST_F(HandOut, ChangesToAndFroWhileNothingIsToldAreNone) {
  for (const bool by_void : {false, true}) {
    ShipmentWorld world;
    world.Configure([](model::Connection& connection) {
      connection.carts[0].carrier_custom_field = "customField1";
    });
    Order order = MakeOrder(1);
    order.custom_field1 = "Yodel";
    world.Put(order);
    Shipment record = MakeShipment(11, 1, "??");
    record.ship_method.shipping_carrier = "OTHER_CARRIER";
    record.created = world.clock->Now();
    world.Put(record);
    ASSERT_EQ(world.Take()[0].shipment.carrier.code, "OTHER_CARRIER");
    world.Set([](model::Settings& settings) {
      settings.parse_carrier_fallback = true;
    });
    if (by_void) {
      record.delivery_status = "VOIDED";
      world.Put(record);
      ASSERT_THAT(world.Take(), ElementsAre(IsEvent(EventKind::kVoided, 11)));
    }
    for (const char* text : {"", "Canpar"}) {
      order.custom_field1 = text;
      order.suppress_channel_update = !by_void;
      world.Put(order);
      EXPECT_THAT(world.Take(), IsEmpty());
    }
    order.custom_field1 = "Yodel";
    order.suppress_channel_update = false;
    world.Put(order);
    EXPECT_THAT(world.Take(), IsEmpty());
    if (!by_void) continue;
    record.delivery_status = "UNKNOWN";
    world.Put(record);
    const auto events = world.Take();
    ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kShipped, 11)));
    EXPECT_EQ(events[0].shipment.carrier.code, "OTHER_CARRIER");
  }
}

TEST_F(HandOut, ShipmentOfARemovedCartStaysAndHearsOfItsVoid) {
  PutOne();
  world_.Take();
  world_.Configure(
      [](model::Connection& connection) { connection.carts.clear(); });
  Shipment voided = Later("1Z-A");
  voided.delivery_status = "VOIDED";
  world_.Put(voided);
  const auto events = world_.Take();
  ASSERT_THAT(events, ElementsAre(IsEvent(EventKind::kVoided, 11)));
  EXPECT_EQ(events[0].shipment.cart_id, kCart);
}

TEST_F(HandOut, CartNamedByTheIdOfItsChannelHasItsOrders) {
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].sales_channel = "7";
  });
  PutOne();
  EXPECT_EQ(world_.Take()[0].shipment.cart_id, kCart);
}

}  // namespace
}  // namespace oms_connector::shipments
