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
#include "storage/store_test_suite/noun_text.h"
#include "storage/store_test_suite/random_nouns.h"
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
using shipment_samples::Put;
using shipment_samples::SequencesOf;
using shipment_samples::Shipment;
using shipment_samples::StoredOrder;
using shipment_samples::StoredShipment;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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
        Put(tables,
            std::vector<StoredShipment>{Shipment(1, 1, DeliveryState::kReady),
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
                ElementsAre(5, 7));
    const auto told = *tables.ListEventShipments(kAcme, 5, 7, 9);
    ASSERT_THAT(told, SizeIs(2));
    EXPECT_EQ(told[0].first, 6);
    EXPECT_EQ(told[0].second, 2);
    EXPECT_THAT(*tables.ListEventShipments(kAcme, 0, 6, 1), SizeIs(1));
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->last_sequence, 7);
    EXPECT_EQ(tables.GetShipmentSummary("bolt")->last_sequence, 0);
    EXPECT_EQ(*tables.EventTimeAt(kAcme, 6), Event(6, 2).event_time);
    EXPECT_EQ(*tables.EventTimeAt(kAcme, 4), std::nullopt);
    EXPECT_EQ(*tables.CountEventsAfter(kAcme, "", 5), 2);
    EXPECT_EQ(*tables.CountEventsAfter(kAcme, "shop", 5), 1);

    StoredShipment confirmed = Shipment(1, 1, DeliveryState::kConfirmed);
    ASSERT_TRUE(Put(tables, std::vector<StoredShipment>{confirmed}).ok());
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
  RandomNouns random(3);
  model::ShipmentState state;
  random.Fill(&state);
  model::ReferenceNames names;
  random.Fill(&names);
  In(store(), [&](ShipmentWriter& tables) {
    EXPECT_EQ(TextOf(tables.GetShipmentSummary(kAcme)->state),
              TextOf(model::ShipmentState()));
    ASSERT_TRUE(tables.PutShipmentState(kAcme, state).ok());
    EXPECT_EQ(TextOf(tables.GetShipmentSummary(kAcme)->state), TextOf(state));
    ASSERT_TRUE(tables.PutReferenceNames(kAcme, names).ok());
    EXPECT_EQ(TextOf(*tables.GetReferenceNames(kAcme)), TextOf(names));
    EXPECT_EQ(TextOf(*tables.GetReferenceNames("bolt")),
              TextOf(model::ReferenceNames()));

    ASSERT_TRUE(tables.PutConsumer(kAcme, {"erp", "shop", 5, kNow}).ok());
    ASSERT_TRUE(tables.PutConsumer(kAcme, {"bi", "", 0, std::nullopt}).ok());
    EXPECT_EQ((*tables.FindConsumer(kAcme, "erp"))->position, 5);
    EXPECT_EQ((*tables.FindConsumer(kAcme, "erp"))->position_time, kNow);
    EXPECT_EQ(*tables.FindConsumer("bolt", "erp"), std::nullopt);
    EXPECT_EQ(tables.ListConsumers(kAcme, "", 9)->front().name, "bi");
    EXPECT_EQ(tables.ListConsumers(kAcme, "bi", 9)->front().name, "erp");
    EXPECT_THAT(*tables.ListConsumers(kAcme, "", 1), SizeIs(1));
    EXPECT_TRUE(*tables.DeleteConsumer(kAcme, "bi"));
    EXPECT_FALSE(*tables.DeleteConsumer(kAcme, "bi"));
  });
}

// An order goes with its parcels and their events, once nothing is open.
TEST_P(StoreTest, PrunesWhatIsFinishedAndCountsItPerCart) {
  Insert(kAcme);
  Insert("bolt");
  const auto told = [](int64_t id, DeliveryState state, int64_t sequence,
                       const std::string& cart) {
    StoredShipment shipment = Shipment(id, id, state);
    shipment.cart_id = cart;
    shipment.record.create_time = kNow;
    shipment.last_event =
        model::LastEvent{sequence, model::EventKind::kCorrected, "", "", {}};
    return shipment;
  };
  StoredOrder open = Order(5);
  open.order.status = "ON_HOLD";
  const absl::Time later = kNow + absl::Hours(1);
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(
        Put(tables, std::vector<StoredOrder>{Order(1), Order(2), Order(3),
                                             Order(4), open, Order(6)})
            .ok());
    ASSERT_TRUE(
        Put(tables,
            std::vector<StoredShipment>{
                told(1, DeliveryState::kConfirmed, 2, "shop"),
                told(2, DeliveryState::kReady, 4, "shop"),  // unanswered
                Shipment(3, 3),                             // held
                told(5, DeliveryState::kConfirmed, 6, "shop"),
                told(6, DeliveryState::kReady, 7, "mute")})
            .ok());
    ASSERT_TRUE(tables.NoteConfirmingCarts(kAcme, {"shop"}).ok());
    ASSERT_TRUE(tables.AddPending(kAcme, {4}).ok());
    ASSERT_TRUE(
        tables
            .AppendEvents(kAcme, {Event(1, 1, "shop"), Event(2, 1, "shop"),
                                  Event(3, 2, "shop"), Event(4, 2, "shop"),
                                  Event(5, 5, "shop"), Event(6, 5, "shop"),
                                  Event(7, 6, "mute")})
            .ok());
    ShipmentWriter::PrunePosition position;
    EXPECT_EQ(*tables.PruneShipments(kAcme, kNow, 9, position), 0);
    EXPECT_TRUE(position.done);

    // Orders 1 and 6, for a cart that never confirms waits for nothing; their
    // events; and what was said before the last event of parcel 5.
    int64_t gone = 0;
    position = {};
    for (int i = 0; i < 9 && !position.done; ++i) {
      gone += *tables.PruneShipments(kAcme, later, 2, position);
    }
    EXPECT_TRUE(position.done);
    EXPECT_EQ(gone, 2 + 2 + 4);
    EXPECT_THAT(SequencesOf(*tables.ListEvents(kAcme, "", 0, 9)),
                ElementsAre(3, 4, 6));
    EXPECT_THAT(IdsOf(*tables.ListOrders(kAcme, kFirst, 9)),
                ElementsAre(2, 3, 4, 5));
    EXPECT_THAT(IdsOf(*tables.ListShipments(kAcme, {}, 99, 9)),
                ElementsAre(5, 3, 2));
    EXPECT_EQ(*tables.PrunedThrough(kAcme, "shop"), 5);
    EXPECT_EQ(*tables.PrunedThrough(kAcme, "mute"), 7);
    EXPECT_EQ(*tables.PrunedThrough(kAcme, "quiet"), 0);
    EXPECT_EQ(*tables.PrunedThrough(kAcme, ""), 7);
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->ready_shipments, 1);
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->state.forgotten_through, kNow);
    EXPECT_EQ(*tables.CountEventsAfter(kAcme, "shop", 4), 1);
  });
}

TEST_P(StoreTest, DeletedConnectionTakesItsShipmentsAlong) {
  Insert(kAcme);
  Insert("bolt");
  In(store(), [&](ShipmentWriter& tables) {
    ASSERT_TRUE(Put(tables, std::vector<StoredOrder>{Order(1)}).ok());
    ASSERT_TRUE(Put(tables, std::vector<StoredShipment>{Shipment(1, 1)}).ok());
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
    EXPECT_THAT(*tables.ListConsumers(kAcme, "", 9), IsEmpty());
    EXPECT_EQ(tables.GetShipmentSummary(kAcme)->held_orders, 0);
  });
}

}  // namespace oms_connector::storage
