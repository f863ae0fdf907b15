// The tables of the shipment feed's events and consumers, and what is pruned of
// shipments, one promise at a time.
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
using shipment_samples::Event;
using shipment_samples::IdsOf;
using shipment_samples::In;
using shipment_samples::kAcme;
using shipment_samples::kFirst;
using shipment_samples::kNow;
using shipment_samples::kOdd;
using shipment_samples::Order;
using shipment_samples::SequencesOf;
using shipment_samples::Shipment;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

}  // namespace

TEST_P(StoreTest, EventsStayAndShowTheDeliveryAsItIsNow) {
  Insert(kAcme);
  Insert("bolt");
  model::ShipmentEvent event = Event(5, 1, "shop");
  event.kind = model::EventKind::kVoided;
  event.release_group_size = 3;
  event.shipment.order_number = kOdd;
  event.shipment.family_order_ids = {1, 2};
  event.shipment.items = {{kOdd, "", 1}};
  event.shipment.carrier.candidates = {kOdd};
  event.shipment.create_time = kNow;
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        tables
            .PutShipments(kAcme, {Shipment(1, 1, DeliveryState::kReady),
                                  Shipment(2, 1, DeliveryState::kReady)})
            .ok());
    ASSERT_TRUE(
        tables.AppendEvents(kAcme, {event, Event(6, 2), Event(7, 1, "shop")})
            .ok());
    EXPECT_THAT(SequencesOf(*tables.ListEvents(kAcme, "", 0, 9)),
                ElementsAre(5, 6, 7));
    EXPECT_THAT(SequencesOf(*tables.ListEvents(kAcme, "", 5, 1)),
                ElementsAre(6));
    EXPECT_THAT(SequencesOf(*tables.ListEvents(kAcme, "shop", 0, 9)),
                ElementsAre(5, 7));
    EXPECT_THAT(SequencesOf(*tables.FindEvents(kAcme, {7, 99, 5})),
                ElementsAre(7, 5));
    EXPECT_THAT(*tables.ShipmentsWithEvents(kAcme, 5, 7), ElementsAre(1, 2));
    EXPECT_EQ(*tables.LastSequence(kAcme), 7);
    EXPECT_EQ(*tables.LastSequence("bolt"), 0);
    EXPECT_EQ(*tables.EventTimeAt(kAcme, 6), Event(6, 2).event_time);
    EXPECT_EQ(*tables.EventTimeAt(kAcme, 4), std::nullopt);
    EXPECT_EQ(*tables.CountEventsAfter(kAcme, "", 5), 2);
    EXPECT_EQ(*tables.CountEventsAfter(kAcme, "shop", 5), 1);

    StoredShipment confirmed = Shipment(1, 1, DeliveryState::kConfirmed);
    ASSERT_TRUE(tables.PutShipments(kAcme, {confirmed}).ok());
    const model::ShipmentEvent back =
        tables.ListEvents(kAcme, "", 0, 1)->front();
    EXPECT_EQ(back.kind, model::EventKind::kVoided);
    EXPECT_EQ(back.release_group_size, 3);
    EXPECT_EQ(back.shipment.order_number, kOdd);
    EXPECT_THAT(back.shipment.family_order_ids, ElementsAre(1, 2));
    EXPECT_EQ(back.shipment.items[0].sku, kOdd);
    EXPECT_THAT(back.shipment.carrier.candidates, ElementsAre(kOdd));
    EXPECT_EQ(back.shipment.create_time, kNow);
    EXPECT_EQ(back.shipment.delivery.state, DeliveryState::kConfirmed);
  });
}

TEST_P(StoreTest, StateNamesAndConsumersAreKept) {
  Insert(kAcme);
  Insert("bolt");
  ShipmentState state;
  state.orders_read_through = kNow;
  state.decided_under = "a";
  state.keyed_under = "b";
  state.next_hold_end = kNow + absl::Hours(1);
  In(store(), [&](ShipmentWriter& tables) {
    EXPECT_EQ(tables.GetShipmentState(kAcme)->decided_under, "");
    ASSERT_TRUE(tables.PutShipmentState(kAcme, state).ok());
    EXPECT_EQ(tables.GetShipmentState(kAcme)->orders_read_through, kNow);
    EXPECT_EQ(tables.GetShipmentState(kAcme)->shipments_read_through,
              std::nullopt);
    EXPECT_EQ(tables.GetShipmentState(kAcme)->next_hold_end,
              state.next_hold_end);

    const ReferenceName east = {NameKind::kWarehouse, 0, 3, "East"};
    const ReferenceName shop = {NameKind::kSalesChannel, 0, 7, kOdd};
    ASSERT_TRUE(
        tables.PutReferenceNames(kAcme, NameKind::kWarehouse, {east}).ok());
    ASSERT_TRUE(
        tables.PutReferenceNames(kAcme, NameKind::kSalesChannel, {shop}).ok());
    EXPECT_THAT(*tables.ListReferenceNames(kAcme), ElementsAre(shop, east));
    ASSERT_TRUE(tables.PutReferenceNames(kAcme, NameKind::kWarehouse, {}).ok());
    EXPECT_THAT(*tables.ListReferenceNames(kAcme), ElementsAre(shop));

    ASSERT_TRUE(tables.PutConsumer(kAcme, {"erp", "shop", 5, kNow}).ok());
    ASSERT_TRUE(tables.PutConsumer(kAcme, {"bi", "", 0, std::nullopt}).ok());
    EXPECT_EQ((*tables.FindConsumer(kAcme, "erp"))->position, 5);
    EXPECT_EQ((*tables.FindConsumer(kAcme, "erp"))->position_time, kNow);
    EXPECT_EQ(*tables.FindConsumer("bolt", "erp"), std::nullopt);
    EXPECT_EQ(tables.ListConsumers(kAcme)->front().name, "bi");
    EXPECT_TRUE(*tables.DeleteConsumer(kAcme, "bi"));
    EXPECT_FALSE(*tables.DeleteConsumer(kAcme, "bi"));
  });
}

// What is HELD, unconfirmed, or a shipment's latest event, is never pruned.
TEST_P(StoreTest, PrunesOnlyWhatIsFinished) {
  Insert(kAcme);
  Insert("bolt");
  StoredShipment done = Shipment(1, 1, DeliveryState::kConfirmed);
  done.last_event = LastEvent{2, model::EventKind::kCorrected, "", "", {}};
  StoredShipment ready = Shipment(2, 2, DeliveryState::kReady);
  ready.last_event = LastEvent{4, model::EventKind::kCorrected, "", "", {}};
  StoredOrder pending = Order(4);
  pending.pending = true;
  StoredOrder open = Order(5);
  open.order.status = "ON_HOLD";
  const absl::Time later = kNow + absl::Hours(1);
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutShipmentState(kAcme, {}).ok());
    ASSERT_TRUE(
        tables.PutOrders(kAcme, {Order(1), Order(2), Order(3), pending, open})
            .ok());
    ASSERT_TRUE(
        tables
            .PutShipments(kAcme, {done, ready, Shipment(3, 3),
                                  Shipment(6, 1, DeliveryState::kNotRequired)})
            .ok());
    ASSERT_TRUE(tables
                    .AppendEvents(kAcme, {Event(1, 1), Event(2, 1), Event(3, 2),
                                          Event(4, 2)})
                    .ok());
    EXPECT_EQ(*tables.PruneShipments(kNow, 9), 0);
    EXPECT_EQ(*tables.PruneShipments(later, 9), 3);
    EXPECT_THAT(SequencesOf(*tables.ListEvents(kAcme, "", 0, 9)),
                ElementsAre(2, 3, 4));
    EXPECT_EQ(tables.GetShipmentState(kAcme)->pruned_through, 1);
    EXPECT_THAT(IdsOf(*tables.ListOrders(kAcme, kFirst, 9)),
                ElementsAre(2, 3, 4, 5));
    EXPECT_THAT(IdsOf(*tables.ListShipments(kAcme, {}, 99, 9)),
                ElementsAre(3, 2, 1));
  });
}

TEST_P(StoreTest, DeletedConnectionTakesItsShipmentsAlong) {
  Insert(kAcme);
  Insert("bolt");
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(tables.PutOrders(kAcme, {Order(1)}).ok());
    ASSERT_TRUE(tables.PutShipments(kAcme, {Shipment(1, 1)}).ok());
    ASSERT_TRUE(tables.AppendEvents(kAcme, {Event(1, 1)}).ok());
    ASSERT_TRUE(tables.PutConsumer(kAcme, {"erp", "", 0, {}}).ok());
  });
  ASSERT_TRUE(Write([](WriteTransaction& txn) {
                return txn.connections().DeleteConnection(kAcme);
              }).ok());
  Insert(kAcme);
  In(store(), [&](ShipmentWriter& tables) {
    EXPECT_THAT(*tables.ListOrders(kAcme, kFirst, 9), IsEmpty());
    EXPECT_THAT(*tables.ListShipments(kAcme, {}, 99, 9), IsEmpty());
    EXPECT_THAT(*tables.ListEvents(kAcme, "", 0, 9), IsEmpty());
    EXPECT_THAT(*tables.ListConsumers(kAcme), IsEmpty());
  });
}

}  // namespace oms_connector::storage
