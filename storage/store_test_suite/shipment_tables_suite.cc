// The tables of orders and shipments, one promise at a time.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/shipment.h"
#include "storage/shipment_tables.h"
#include "storage/store.h"
#include "storage/store_test_suite/noun_text.h"
#include "storage/store_test_suite/random_nouns.h"
#include "storage/store_test_suite/shipment_samples.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

using model::DeliveryState;
using model::StoredDelivery;
using shipment_samples::IdsOf;
using shipment_samples::In;
using shipment_samples::kAcme;
using shipment_samples::kFirst;
using shipment_samples::kNow;
using shipment_samples::Order;
using shipment_samples::Put;
using shipment_samples::Shipment;
using shipment_samples::StoredOrder;
using shipment_samples::StoredShipment;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kRandomRows = 40;

}  // namespace

TEST_P(StoreTest, OrdersComeBackAsTheyWereStored) {
  Insert(kAcme);
  Insert("bolt");
  RandomNouns random(1);
  In(store(), [&](ShipmentWriter& tables) {
    for (int i = 1; i <= kRandomRows; ++i) {
      StoredOrder stored;
      random.Fill(&stored);
      stored.order.order_id = 1 + i % 7;  // again and again
      stored.released = i % 2 == 0;
      stored.blocking = i % 3 == 0;
      ASSERT_EQ(Put(tables, std::vector<StoredOrder>{stored}),
                absl::OkStatus());
      const auto found = tables.FindOrders(kAcme, {99, stored.order.order_id});
      ASSERT_TRUE(found.ok()) << found.status();
      ASSERT_THAT(*found, SizeIs(1));
      EXPECT_EQ(TextOf(found->front()), TextOf(stored));
      EXPECT_EQ(found->front().released, stored.released);
      EXPECT_EQ(found->front().blocking, stored.blocking);
    }
    EXPECT_THAT(*tables.FindOrders("bolt", {1}), IsEmpty());
    EXPECT_THAT(*tables.FindOrderIds(kAcme, {3, 99, 1}), ElementsAre(1, 3));
    EXPECT_THAT(IdsOf(*tables.ListOrders(kAcme, 5, 2)), ElementsAre(6, 7));
  });
}

TEST_P(StoreTest, LinksAreFollowedBackAndReplaced) {
  Insert(kAcme);
  Insert("bolt");
  StoredOrder one = Order(1);
  one.order.related_order_ids = {2, 0, 1};  // 0 and itself link nobody
  StoredOrder three = Order(3);
  three.order.related_order_ids = {1, 2};
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(Put(tables, std::vector<StoredOrder>{one, three}).ok());
    EXPECT_THAT(*tables.OrdersThatName(kAcme, {1}), ElementsAre(3));
    EXPECT_THAT(*tables.OrdersThatName(kAcme, {2}), ElementsAre(1, 3));
    EXPECT_THAT(*tables.OrdersThatName(kAcme, {2, 1}), ElementsAre(1, 3));
    EXPECT_THAT(*tables.OrdersThatName("bolt", {1}), IsEmpty());
    one.order.related_order_ids = {4, 4};
    ASSERT_TRUE(Put(tables, std::vector<StoredOrder>{one}).ok());
    EXPECT_THAT(*tables.OrdersThatName(kAcme, {2}), ElementsAre(3));
    EXPECT_THAT(*tables.OrdersThatName(kAcme, {4}), ElementsAre(1));
  });
}

TEST_P(StoreTest, OrdersAreFoundByWhatTheyWaitFor) {
  Insert(kAcme);
  Insert("bolt");
  StoredOrder never = Order(2);
  never.readable = false;
  never.read_time = absl::UnixEpoch();
  StoredOrder failed = Order(3);
  failed.readable = false;
  StoredOrder member = Order(4);
  member.cart_id = "shop";
  member.family_key = "K";
  member.blocking = true;
  const absl::Time later = kNow + absl::Seconds(1);
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        Put(tables, std::vector<StoredOrder>{Order(1), never, failed, member})
            .ok());
    EXPECT_THAT(*tables.ListUnreadableOrders(kAcme, later, later, 9),
                ElementsAre(2, 3));
    EXPECT_THAT(*tables.ListUnreadableOrders(kAcme, kNow, later, 9),
                ElementsAre(2));
    // Tried in the future: the clock was wrong.
    EXPECT_THAT(*tables.ListUnreadableOrders(kAcme, absl::UnixEpoch(),
                                             kNow - absl::Seconds(1), 9),
                ElementsAre(3));
    EXPECT_THAT(*tables.ListBlockingOrders(kAcme, later, later, 9),
                ElementsAre(4));
    EXPECT_THAT(*tables.ListBlockingOrders(kAcme, kNow, later, 9), IsEmpty());
    StoredOrder open = Order(5), done = Order(6), gone = Order(7);
    open.order.status = "ON_HOLD";
    done.order.status = "SHIPPED";
    gone.readable = false;
    gone.times_missing = 2;
    ASSERT_TRUE(Put(tables, std::vector<StoredOrder>{open, done, gone}).ok());
    EXPECT_THAT(*tables.ListOpenOrders(kAcme, later, later, 9),
                IsSupersetOf({5, 7}));
    EXPECT_THAT(*tables.ListOpenOrders(kAcme, later, later, 9),
                Not(Contains(6)));
    EXPECT_THAT(*tables.ListOpenOrders(kAcme, kNow, later, 9), IsEmpty());
    EXPECT_THAT(*tables.ListUnreadableOrders(kAcme, later, later, 9),
                ElementsAre(2, 3));
    EXPECT_THAT(*tables.OrdersWithFamilyKeys(kAcme, "shop", {"K", "L"}, 9),
                ElementsAre(4));
    EXPECT_THAT(*tables.OrdersWithFamilyKeys(kAcme, "other", {"K"}, 9),
                IsEmpty());
    EXPECT_THAT(*tables.OrdersWithFamilyKeys(kAcme, "shop", {""}, 9),
                IsEmpty());
  });
}

TEST_P(StoreTest, WhatIsDecidedOfOrdersIsKeptAndFound) {
  Insert(kAcme);
  StoredOrder open = Order(1);
  open.order.status = "AWAITING_SHIPMENT";
  const absl::Time later = kNow + absl::Seconds(1);
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        Put(tables, std::vector<StoredOrder>{open, Order(2), Order(3)}).ok());
    EXPECT_THAT(*tables.ListOpenOrders(kAcme, later, later, 9), ElementsAre(1));
    std::vector<StoredOrder> rows = *tables.FindOrders(kAcme, {1, 2, 3});
    const std::string before = TextOf(rows[0]);
    rows[0].released = true;
    rows[1].released = true;
    rows[2].blocking = true;
    const std::vector<StoredOrder*> all = {&rows[0], &rows[1], &rows[2]};
    ASSERT_TRUE(tables.PutOrderDecisions(kAcme, all).ok());
    const std::vector<StoredOrder> found = *tables.FindOrders(kAcme, {1, 2, 3});
    EXPECT_EQ(TextOf(found[0]), before);
    EXPECT_TRUE(found[0].released && found[1].released && !found[2].released);
    EXPECT_TRUE(!found[0].blocking && !found[1].blocking && found[2].blocking);
    // Of one whose parcels went no more is asked.
    EXPECT_THAT(*tables.ListOpenOrders(kAcme, later, later, 9), IsEmpty());
    EXPECT_THAT(*tables.ListBlockingOrders(kAcme, later, later, 9),
                ElementsAre(3));
    // And back again, by the rows that were written.
    rows[0].released = rows[2].blocking = false;
    ASSERT_TRUE(tables.PutOrderDecisions(kAcme, all).ok());
    EXPECT_THAT(*tables.ListOpenOrders(kAcme, later, later, 9), ElementsAre(1));
    EXPECT_THAT(*tables.ListBlockingOrders(kAcme, later, later, 9), IsEmpty());
    EXPECT_TRUE(tables.FindOrders(kAcme, {2})->front().released);
  });
}

TEST_P(StoreTest, PendingOrdersWaitUntilTheyAreCleared) {
  Insert(kAcme);
  Insert("bolt");
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.AddPending(kAcme, {5, 1, 3}).ok());
    ASSERT_TRUE(tables.AddPending(kAcme, {3, 4}).ok());
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, kFirst, 9),
                ElementsAre(1, 3, 4, 5));
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, 1, 2), ElementsAre(3, 4));
    EXPECT_THAT(*tables.ListPendingOrders("bolt", kFirst, 9), IsEmpty());
    ASSERT_TRUE(tables.ClearPending(kAcme, 1, 3).ok());
    ASSERT_TRUE(tables.RemovePending(kAcme, {5, 99}).ok());
    EXPECT_THAT(*tables.ListPendingOrders(kAcme, kFirst, 9), ElementsAre(1, 4));
  });
}

TEST_P(StoreTest, ShipmentsComeBackAsTheyWereStored) {
  Insert(kAcme);
  Insert("bolt");
  RandomNouns random(2);
  In(store(), [&](ShipmentWriter& tables) {
    for (int i = 1; i <= kRandomRows; ++i) {
      StoredShipment stored;
      random.Fill(&stored);
      stored.record.shipment_id = 1 + i % 7;
      ASSERT_EQ(Put(tables, std::vector<StoredShipment>{stored}),
                absl::OkStatus());
      const auto found =
          tables.FindShipments(kAcme, {99, stored.record.shipment_id});
      ASSERT_TRUE(found.ok()) << found.status();
      ASSERT_THAT(*found, SizeIs(1));
      EXPECT_EQ(TextOf(found->front()), TextOf(stored));
      const StoredDelivery delivery =
          tables.FindDeliveries(kAcme, {stored.record.shipment_id})->front();
      EXPECT_EQ(TextOf(delivery.delivery), TextOf(stored.delivery));
      EXPECT_EQ(delivery.cart_id, stored.cart_id);
      EXPECT_EQ(delivery.state_time, stored.state_time);
      EXPECT_EQ(delivery.last_sequence, stored.last_event.has_value()
                                            ? stored.last_event->sequence
                                            : 0);
    }
    EXPECT_THAT(*tables.FindShipments("bolt", {1}), IsEmpty());
  });
}

TEST_P(StoreTest, WhatIsDecidedOfShipmentsIsKeptAndFound) {
  Insert(kAcme);
  StoredShipment undecided = Shipment(11, 1);
  undecided.decided = false;
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        Put(tables, std::vector<StoredShipment>{undecided, Shipment(12, 1)})
            .ok());
    std::vector<StoredShipment> rows = *tables.FindShipments(kAcme, {11, 12});
    EXPECT_FALSE(rows[0].decided);
    for (StoredShipment& row : rows) {
      row.decided = true;
      row.cart_id = "shop";
      row.delivery = model::Delivery();
      row.delivery.state = DeliveryState::kReady;
      // As its order says, where the record says nothing.
      row.record.order_number = "N-1";
    }
    ASSERT_TRUE(
        tables.PutShipmentDecisions(kAcme, {{&rows[0], &rows[1]}}).ok());
    const std::vector<StoredShipment> found =
        *tables.FindShipments(kAcme, {11, 12});
    EXPECT_EQ(TextOf(found[0]), TextOf(rows[0]));
    EXPECT_EQ(TextOf(found[1]), TextOf(rows[1]));
    model::ShipmentSearch search;
    search.order_number = "N-1";
    EXPECT_THAT(IdsOf(*tables.ListShipments(kAcme, search, 99, 9)),
                ElementsAre(12, 11));
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->ready_shipments, 2);
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->held_orders, 0);
  });
}

TEST_P(StoreTest, ShipmentsOfManyOrdersComeByOrderAndId) {
  Insert(kAcme);
  Insert("bolt");
  std::vector<StoredShipment> rows;
  std::vector<int64_t> orders;
  for (int64_t i = 100; i > 0; --i) {
    orders.push_back(i);
    rows.push_back(Shipment(2000 - i, i));
    rows.push_back(Shipment(3000 - i, i));
  }
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(Put(tables, rows).ok());
    const auto found = tables.ShipmentsOfOrders(kAcme, orders);
    ASSERT_TRUE(found.ok());
    ASSERT_THAT(*found, SizeIs(200));
    EXPECT_EQ((*found)[0].record.shipment_id, 1999);
    EXPECT_EQ((*found)[1].record.shipment_id, 2999);
    EXPECT_EQ((*found)[199].record.shipment_id, 2900);
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
        Put(tables,
            std::vector<StoredShipment>{
                Shipment(1, 9, DeliveryState::kNotRequired), held, ready})
            .ok());
    const auto search = [&](const model::ShipmentSearch& what,
                            int64_t before = 99, int limit = 9) {
      return IdsOf(*tables.ListShipments(kAcme, what, before, limit));
    };
    EXPECT_THAT(search({}), ElementsAre(3, 2, 1));
    EXPECT_THAT(search({}, 3, 1), ElementsAre(2));
    model::ShipmentSearch what;
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
    what.tracking_key.clear();
    EXPECT_THAT(search(what), ElementsAre(3));
    what.cart_id = "elsewhere";
    EXPECT_THAT(search(what), IsEmpty());
  });
}

TEST_P(StoreTest, CountsAreKeptAsShipmentsComeAndGo) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment undecided = Shipment(1, 1);
  undecided.delivery.hold_time.reset();
  StoredShipment ready = Shipment(5, 3, DeliveryState::kReady);
  ready.state_time = kNow - absl::Hours(2);
  In(store(), [&](ShipmentWriter& tables) {
    EXPECT_EQ(tables.GetDeliveryHealth(kAcme)->oldest_hold, std::nullopt);
    ASSERT_TRUE(
        Put(tables, std::vector<StoredShipment>{undecided, Shipment(2, 2),
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

    // One of two goes; one is held by another order now.
    ASSERT_TRUE(Put(tables,
                    std::vector<StoredShipment>{
                        Shipment(2, 2, DeliveryState::kReady), Shipment(3, 7)})
                    .ok());
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->held_orders, 1);
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->ready_shipments, 2);
    std::vector<StoredDelivery> answered = *tables.FindDeliveries(kAcme, {2});
    answered[0].delivery.state = DeliveryState::kConfirmed;
    ASSERT_TRUE(tables.PutDeliveries(kAcme, {&answered[0]}).ok());
    ASSERT_TRUE(Put(tables, std::vector<StoredShipment>{Shipment(
                                3, 7, DeliveryState::kNotRequired)})
                    .ok());
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->held_orders, 0);
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->ready_shipments, 1);
    EXPECT_EQ(tables.GetShipmentSummary("bolt")->ready_shipments, 0);
  });
}

TEST_P(StoreTest, WhatIsUndeliveredIsListedByState) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment gone = Shipment(3, 30, DeliveryState::kNotRequired);
  gone.last_event = model::LastEvent{1, model::EventKind::kShipped, "", "", {}};
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        Put(tables,
            std::vector<StoredShipment>{
                Shipment(1, 10), Shipment(2, 20, DeliveryState::kNotRequired),
                gone, Shipment(4, 40, DeliveryState::kReady)})
            .ok());
    const auto held =
        *tables.ListUndelivered(kAcme, DeliveryState::kHeld, kFirst, 9);
    ASSERT_THAT(held, SizeIs(1));
    EXPECT_EQ(held[0].first, 1);
    EXPECT_EQ(held[0].second, 10);
    const auto not_required =
        *tables.ListUndelivered(kAcme, DeliveryState::kNotRequired, kFirst, 9);
    ASSERT_THAT(not_required, SizeIs(1));
    EXPECT_EQ(not_required[0].second, 20);
    EXPECT_THAT(
        *tables.ListUndelivered(kAcme, DeliveryState::kNotRequired, 2, 9),
        IsEmpty());
  });
}

}  // namespace oms_connector::storage
