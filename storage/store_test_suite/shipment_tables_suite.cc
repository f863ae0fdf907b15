// The tables of orders and shipments, one promise at a time.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/shipment.h"
#include "storage/shipment_tables.h"
#include "storage/store.h"
#include "storage/store_test_suite/shipment_samples.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

using model::DeliveryState;
using shipment_samples::IdsOf;
using shipment_samples::In;
using shipment_samples::kAcme;
using shipment_samples::kFirst;
using shipment_samples::kNow;
using shipment_samples::kOdd;
using shipment_samples::Order;
using shipment_samples::Shipment;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

}  // namespace

TEST_P(StoreTest, OrdersComeBackAsTheyWereStored) {
  Insert(kAcme);
  Insert("bolt");
  StoredOrder stored = Order(7);
  stored.order.order_number = kOdd;
  stored.order.status = "ON_HOLD";
  stored.order.sales_channel_id = 3;
  stored.order.ship_country = "CA";
  stored.order.modify_time = kNow - absl::Hours(1);
  stored.order.custom_fields = {"", kOdd, "x"};
  stored.order.related_order_ids = {9, 8};
  stored.order.lines = {{kOdd, "", 2}, {"", kOdd, -1}};
  stored.order.shipment_items = {{70, {{"l", "m", 1}, {"l2", "", 4}}},
                                 {71, {{kOdd, kOdd, 5}}}};
  stored.order.external = true;
  stored.order.suppress_channel_update = true;
  stored.known = false;
  stored.readable = false;
  stored.read_time = absl::UnixEpoch();
  stored.cart_id = "shop";
  stored.family_key = kOdd;
  stored.released = true;
  stored.pending = true;
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutOrders(kAcme, {Order(1), stored}).ok());
    const auto found = tables.FindOrders(kAcme, {7, 99, 1});
    ASSERT_TRUE(found.ok());
    ASSERT_THAT(IdsOf(*found), ElementsAre(7, 1));
    const StoredOrder& back = found->front();
    EXPECT_EQ(back.order.order_number, kOdd);
    EXPECT_EQ(back.order.status, "ON_HOLD");
    EXPECT_EQ(back.order.sales_channel_id, 3);
    EXPECT_EQ(back.order.ship_country, "CA");
    EXPECT_EQ(back.order.modify_time, stored.order.modify_time);
    EXPECT_EQ(back.order.custom_fields, stored.order.custom_fields);
    EXPECT_THAT(back.order.related_order_ids, ElementsAre(9, 8));
    ASSERT_THAT(back.order.lines, SizeIs(2));
    EXPECT_EQ(back.order.lines[0].listing_sku, kOdd);
    EXPECT_EQ(back.order.lines[1].quantity, -1);
    ASSERT_THAT(back.order.shipment_items, SizeIs(2));
    EXPECT_THAT(back.order.shipment_items[0].items, SizeIs(2));
    EXPECT_EQ(back.order.shipment_items[1].items[0].master_sku, kOdd);
    EXPECT_TRUE(back.order.external && back.order.suppress_channel_update);
    EXPECT_FALSE(back.known || back.readable);
    EXPECT_EQ(back.read_time, absl::UnixEpoch());
    EXPECT_EQ(back.status_time, kNow);
    EXPECT_EQ(back.cart_id, "shop");
    EXPECT_EQ(back.family_key, kOdd);
    EXPECT_TRUE(back.released && back.pending);
    EXPECT_THAT(*tables.FindOrders("bolt", {7}), IsEmpty());
  });
}

TEST_P(StoreTest, LinksAreFollowedInBothDirectionsAndReplaced) {
  Insert(kAcme);
  Insert("bolt");
  StoredOrder one = Order(1);
  one.order.related_order_ids = {2, 0, 1};  // 0 and itself link nobody
  StoredOrder three = Order(3);
  three.order.related_order_ids = {1};
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutOrders(kAcme, {one, three}).ok());
    EXPECT_THAT(*tables.LinkedOrders(kAcme, {1}), ElementsAre(2, 3));
    EXPECT_THAT(*tables.LinkedOrders(kAcme, {2}), ElementsAre(1));
    EXPECT_THAT(*tables.LinkedOrders(kAcme, {1, 2}), ElementsAre(3));
    EXPECT_THAT(*tables.LinkedOrders("bolt", {1}), IsEmpty());
    one.order.related_order_ids = {4};
    ASSERT_TRUE(tables.PutOrders(kAcme, {one}).ok());
    EXPECT_THAT(*tables.LinkedOrders(kAcme, {1}), ElementsAre(3, 4));
    EXPECT_THAT(*tables.LinkedOrders(kAcme, {2}), IsEmpty());
  });
}

TEST_P(StoreTest, OrdersAreFoundByWhatTheyWaitFor) {
  Insert(kAcme);
  Insert("bolt");
  StoredOrder pending = Order(1);
  pending.pending = true;
  StoredOrder never = Order(2);
  never.readable = false;
  never.read_time = absl::UnixEpoch();
  StoredOrder failed = Order(3);
  failed.readable = false;
  StoredOrder member = Order(4);
  member.cart_id = "shop";
  member.family_key = "K";
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutOrders(kAcme, {pending, never, failed, member}).ok());
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, kFirst, 9), ElementsAre(1));
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, 1, 9), IsEmpty());
    EXPECT_THAT(*tables.ListUnreadableOrders(kAcme, kNow + absl::Seconds(1), 9),
                ElementsAre(2, 3));
    EXPECT_THAT(*tables.ListUnreadableOrders(kAcme, kNow, 9), ElementsAre(2));
    EXPECT_THAT(*tables.OrdersWithFamilyKey(kAcme, "shop", "K", 9),
                ElementsAre(4));
    EXPECT_THAT(*tables.OrdersWithFamilyKey(kAcme, "other", "K", 9), IsEmpty());
    EXPECT_THAT(*tables.OrdersWithFamilyKey(kAcme, "", "", 9), IsEmpty());
    EXPECT_THAT(IdsOf(*tables.ListOrders(kAcme, 1, 2)), ElementsAre(2, 3));

    ASSERT_TRUE(tables.SetPending(kAcme, {1, 99}, false).ok());
    ASSERT_TRUE(tables.SetPending(kAcme, {3, 2}, true).ok());
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, kFirst, 1), ElementsAre(2));
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, kFirst, 9), ElementsAre(2, 3));
  });
}

TEST_P(StoreTest, ShipmentsComeBackAsTheyWereStored) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment stored = Shipment(70, 7);
  stored.record.order_number = kOdd;
  stored.record.voided = true;
  stored.record.tracking_number = "1Z 9";
  stored.tracking_key = "1Z9";
  stored.record.shipping_carrier = "OTHER_CARRIER";
  stored.record.shipping_provider_id = 5;
  stored.record.shipping_service_id = 55;
  stored.record.warehouse_id = 3;
  stored.record.external = true;
  stored.record.ship_time = kNow - absl::Hours(2);
  stored.record.create_time = kNow - absl::Hours(3);
  stored.cart_id = "shop";
  stored.family_order_ids = {7, 8};
  stored.carrier = {"UPS",
                    kOdd,
                    model::CarrierSource::kTrackingNumber,
                    "ups.1z",
                    model::CarrierConfidence::kHigh,
                    {"A", kOdd},
                    "Ground"};
  stored.items = {{kOdd, "m", 3}};
  stored.warehouse_name = "East";
  stored.delivery.hold_reason = model::HoldReason::kWaitingForFamily;
  stored.delivery.blocking_orders = {{8, kOdd, "", kNow}};
  stored.delivery.outcome_reason = kOdd;
  stored.delivery.outcome_time = kNow;
  stored.last_event = LastEvent{12,
                                model::EventKind::kCorrected,
                                "1Z",
                                "DHL",
                                {"a", "b", "customField1", kOdd}};
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutShipments(kAcme, {stored}).ok());
    const auto found = tables.FindShipments(kAcme, {99, 70});
    ASSERT_TRUE(found.ok());
    ASSERT_THAT(*found, SizeIs(1));
    const StoredShipment& back = found->front();
    EXPECT_EQ(back.record.order_number, kOdd);
    EXPECT_TRUE(back.record.voided && back.record.external);
    EXPECT_EQ(back.record.tracking_number, "1Z 9");
    EXPECT_EQ(back.tracking_key, "1Z9");
    EXPECT_EQ(back.record.shipping_service_id, 55);
    EXPECT_EQ(back.record.ship_time, stored.record.ship_time);
    EXPECT_EQ(back.record.create_time, stored.record.create_time);
    EXPECT_THAT(back.family_order_ids, ElementsAre(7, 8));
    EXPECT_EQ(back.carrier.display_name, kOdd);
    EXPECT_EQ(back.carrier.confidence, model::CarrierConfidence::kHigh);
    EXPECT_THAT(back.carrier.candidates, ElementsAre("A", kOdd));
    ASSERT_THAT(back.items, SizeIs(1));
    EXPECT_EQ(back.items[0].sku, kOdd);
    EXPECT_EQ(back.items[0].quantity, 3);
    EXPECT_EQ(back.delivery.hold_time, kNow);
    ASSERT_THAT(back.delivery.blocking_orders, SizeIs(1));
    EXPECT_EQ(back.delivery.blocking_orders[0].order_number, kOdd);
    EXPECT_EQ(back.delivery.blocking_orders[0].since_time, kNow);
    EXPECT_EQ(back.delivery.outcome_time, kNow);
    ASSERT_TRUE(back.last_event.has_value());
    EXPECT_EQ(back.last_event->kind, model::EventKind::kCorrected);
    EXPECT_EQ(back.last_event->inputs, stored.last_event->inputs);

    ASSERT_TRUE(tables.PutShipments(kAcme, {Shipment(70, 7)}).ok());
    EXPECT_EQ(tables.FindShipments(kAcme, {70})->front().last_event,
              std::nullopt);
  });
}

TEST_P(StoreTest, ShipmentsOfManyOrdersComeInTheOrderAskedFor) {
  Insert(kAcme);
  Insert("bolt");
  std::vector<StoredShipment> rows;
  std::vector<int64_t> orders;
  for (int64_t i = 100; i > 0; --i) {
    orders.push_back(i);
    rows.push_back(Shipment(1000 + i, i));
    rows.push_back(Shipment(2000 + i, i));
  }
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutShipments(kAcme, rows).ok());
    const auto found = tables.ShipmentsOfOrders(kAcme, orders);
    ASSERT_TRUE(found.ok());
    ASSERT_THAT(*found, SizeIs(200));
    EXPECT_EQ((*found)[0].record.shipment_id, 1100);
    EXPECT_EQ((*found)[1].record.shipment_id, 2100);
    EXPECT_EQ((*found)[199].record.shipment_id, 2001);
  });
}

TEST_P(StoreTest, SearchesByEveryCondition) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment ready = Shipment(3, 1, DeliveryState::kReady);
  ready.record.order_number = "N-1";
  ready.tracking_key = "T3";
  ready.cart_id = "shop";
  ready.state_time = kNow - absl::Hours(1);
  StoredShipment held = Shipment(2, 1);
  held.record.order_number = "N-1";
  held.tracking_key = "T2";
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        tables
            .PutShipments(kAcme, {Shipment(1, 9, DeliveryState::kNotRequired),
                                  held, ready})
            .ok());
    const auto search = [&](const ShipmentSearch& what, int64_t before = 99,
                            int limit = 9) {
      return IdsOf(*tables.ListShipments(kAcme, what, before, limit));
    };
    EXPECT_THAT(search({}), ElementsAre(3, 2, 1));
    EXPECT_THAT(search({}, 3, 1), ElementsAre(2));
    ShipmentSearch what;
    what.states = {DeliveryState::kHeld};
    EXPECT_THAT(search(what), ElementsAre(2));
    what.states.push_back(DeliveryState::kReady);
    EXPECT_THAT(search(what), ElementsAre(3, 2));
    what.in_state_since = kNow - absl::Minutes(1);
    EXPECT_THAT(search(what), ElementsAre(3));
    what = {};
    what.order_number = "N-1";
    EXPECT_THAT(search(what), ElementsAre(3, 2));
    what.tracking_key = "T2";
    EXPECT_THAT(search(what), ElementsAre(2));
    what.order_number.clear();
    EXPECT_THAT(search(what), ElementsAre(2));
    what.cart_id = "shop";
    EXPECT_THAT(search(what), IsEmpty());
  });
}

TEST_P(StoreTest, HealthCountsWhatWasDecided) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment undecided = Shipment(1, 1);
  undecided.delivery.hold_time.reset();
  StoredShipment ready = Shipment(5, 3, DeliveryState::kReady);
  ready.state_time = kNow - absl::Hours(2);
  In(store(), [&](ShipmentWriter& tables) {
    EXPECT_EQ(tables.GetDeliveryHealth(kAcme)->oldest_hold, std::nullopt);
    ASSERT_TRUE(tables
                    .PutShipments(kAcme, {undecided, Shipment(2, 2),
                                          Shipment(3, 2), ready})
                    .ok());
    const auto health = tables.GetDeliveryHealth(kAcme);
    ASSERT_TRUE(health.ok());
    EXPECT_EQ(health->held_orders, 1);
    EXPECT_EQ(health->oldest_hold, kNow);
    EXPECT_EQ(health->unconfirmed_shipments, 1);
    EXPECT_EQ(health->oldest_unconfirmed, ready.state_time);
    EXPECT_THAT(*tables.ListHeldShipments(kAcme, kFirst, 9), ElementsAre(2, 3));
    EXPECT_THAT(*tables.ListHeldShipments(kAcme, 2, 9), ElementsAre(3));
  });
}

TEST_P(StoreTest, WhatIsUndeliveredBecomesPending) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment gone = Shipment(3, 3, DeliveryState::kNotRequired);
  gone.last_event = LastEvent{1, model::EventKind::kShipped, "", "", {}};
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        tables.PutOrders(kAcme, {Order(1), Order(2), Order(3), Order(4)}).ok());
    ASSERT_TRUE(
        tables
            .PutShipments(kAcme, {Shipment(1, 1),
                                  Shipment(2, 2, DeliveryState::kNotRequired),
                                  gone, Shipment(4, 4, DeliveryState::kReady)})
            .ok());
    ASSERT_TRUE(tables.SetUndeliveredPending(kAcme).ok());
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, kFirst, 9), ElementsAre(1, 2));
  });
}

}  // namespace oms_connector::storage
