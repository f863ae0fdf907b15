#include "domain/shipments/shipment_admin.h"

#include "domain/shipments/acknowledgement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using model::DeliveryState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using model::ReasonOf;

class ShipmentAdminTest : public ::testing::Test {
 protected:
  // Waiting for the open order 2: 11 and 12 of order 1; 13 of it has no
  // number. 31 is handed out, 41 is not required, 51 voided.
  void SetUp() override {
    world_.Wait();
    Order open = MakeOrder(2, "ON_HOLD");
    open.related_order_ids = {1};
    Order external = MakeOrder(4);
    external.external = true;
    for (const Order& order :
         {MakeOrder(1), open, MakeOrder(3), external, MakeOrder(5)}) {
      world_.Put(order);
    }
    world_.Put(MakeShipment(11, 1, "1Z-11"));
    world_.Put(MakeShipment(12, 1, "1Z-12"));
    world_.Put(MakeShipment(13, 1, ""));
    world_.Put(MakeShipment(31, 3, "1Z-31"));
    world_.Put(MakeShipment(41, 4, "1Z-41"));
    Shipment voided = MakeShipment(51, 5, "1Z-51");
    voided.delivery_status = "VOIDED";
    world_.Put(voided);
    ASSERT_THAT(world_.Take(), SizeIs(1));
  }

  std::vector<int64_t> List(const ShipmentFilter& filter) {
    ShipmentListRequest request;
    request.connection = kConnection;
    request.filter = filter;
    const auto list = admin_.List(world_.context, request);
    EXPECT_TRUE(list.ok()) << list.status();
    std::vector<int64_t> ids;
    for (const auto& shipment : list->shipments) {
      ids.push_back(shipment.shipment_id);
    }
    return ids;
  }

  absl::StatusOr<std::vector<model::Shipment>> Release(
      std::vector<int64_t> ids, std::optional<int64_t> order = {}) {
    ReleaseRequest request;
    request.connection = kConnection;
    request.shipment_ids = std::move(ids);
    request.order_id = order;
    request.reason = "shopper called";
    const auto answer = admin_.Release(world_.context, request);
    if (!answer.ok()) return answer.status();
    return answer->result;
  }

  absl::StatusOr<int64_t> ReplayBy(const ReplayRequest& request) {
    const auto answer = admin_.Replay(world_.context, request);
    if (!answer.ok()) return answer.status();
    return answer->result;
  }

  absl::StatusOr<int64_t> Replay(std::vector<int64_t> ids) {
    ReplayRequest request;
    request.connection = kConnection;
    request.shipment_ids = std::move(ids);
    return ReplayBy(request);
  }

  void GiveNumber(int64_t id) {
    Shipment record = MakeShipment(id, 1, "1Z-late");
    record.created = world_.clock->Now();
    world_.Put(record);
  }

  ShipmentWorld world_;
  ShipmentAdmin admin_{world_.store.get(), &world_.signal};
};

TEST_F(ShipmentAdminTest, ListsByEachConditionNewestFirst) {
  EXPECT_THAT(List({}), ElementsAre(51, 41, 31, 13, 12, 11));
  ShipmentFilter held;
  held.states = {DeliveryState::kHeld};
  EXPECT_THAT(List(held), ElementsAre(13, 12, 11));
  ShipmentFilter two;
  two.states = {DeliveryState::kReady, DeliveryState::kNotRequired};
  EXPECT_THAT(List(two), ElementsAre(51, 41, 31));
  ShipmentFilter number;
  number.order_number = "N-1";
  EXPECT_THAT(List(number), ElementsAre(13, 12, 11));
  number.tracking_number = "1z 12";
  EXPECT_THAT(List(number), ElementsAre(12));
  ShipmentFilter tracking;
  tracking.tracking_number = "1z.31";
  EXPECT_THAT(List(tracking), ElementsAre(31));
  tracking.tracking_number = " - ";
  EXPECT_THAT(List(tracking), IsEmpty()) << "no number, which is not any";
  ShipmentFilter cart;
  cart.cart = "gone";
  EXPECT_THAT(List(cart), IsEmpty());
  cart.cart = kCart;
  EXPECT_THAT(List(cart), SizeIs(6));
}

TEST_F(ShipmentAdminTest, ListsWhatHasBeenInItsStateForLong) {
  world_.manual_clock.Advance(absl::Hours(2));
  ASSERT_TRUE(Release({11}).ok());
  ShipmentFilter old;
  old.older_than = absl::Hours(1);
  EXPECT_THAT(List(old), ElementsAre(51, 41, 31, 13, 12));
  old.older_than = absl::Hours(3);
  EXPECT_THAT(List(old), IsEmpty());
}

TEST_F(ShipmentAdminTest, ListsInPages) {
  ShipmentListRequest request;
  request.connection = kConnection;
  request.page_size = 4;
  const auto first = admin_.List(world_.context, request);
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(first->shipments, SizeIs(4));
  ASSERT_EQ(first->next_before, 13);
  request.before = *first->next_before;
  const auto second = admin_.List(world_.context, request);
  EXPECT_THAT(second->shipments, SizeIs(2));
  EXPECT_EQ(second->next_before, std::nullopt);

  request.page_size = -1;
  EXPECT_EQ(ReasonOf(admin_.List(world_.context, request).status()),
            "INVALID_REQUEST");
}

// Rule 6: by name, that parcel.
TEST_F(ShipmentAdminTest, ReleasesOneParcelAndLeavesItsOrderWaiting) {
  const auto released = Release({11});
  ASSERT_TRUE(released.ok()) << released.status();
  ASSERT_THAT(*released, SizeIs(1));
  EXPECT_EQ((*released)[0].delivery.state, DeliveryState::kReady);
  EXPECT_THAT((*released)[0].delivery.outcome_reason,
              HasSubstr("shopper called"));
  EXPECT_THAT(world_.Take(), SizeIs(1));
  EXPECT_EQ(world_.Find(12).delivery.hold_reason,
            model::HoldReason::kWaitingForFamily);
  const auto again = Release({11});
  ASSERT_TRUE(again.ok());
  EXPECT_THAT(*again, IsEmpty()) << "READY already";
  EXPECT_THAT(world_.Take(), IsEmpty());
}

// Rule 6: once nothing is held back any more, its later parcels go at once.
TEST_F(ShipmentAdminTest, OrderWhoseLastParcelIsReleasedCountsAsReleased) {
  world_.Put(MakeShipment(21, 2, "1Z-21"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  ASSERT_TRUE(Release({21}).ok());
  world_.Put(MakeShipment(22, 2, "1Z-22"));
  // 2 is waited for no more either, so 1 is done.
  EXPECT_THAT(world_.Take(), SizeIs(4));
}

// Rule 6: by order, the order.
TEST_F(ShipmentAdminTest, ReleasesAnOrderAllOrNothing) {
  EXPECT_EQ(ReasonOf(Release({}, 1).status()), "SHIPMENT_NOT_RELEASABLE")
      << "13 has no number";
  EXPECT_THAT(world_.Take(), IsEmpty());
  GiveNumber(13);
  EXPECT_THAT(world_.Take(), IsEmpty());
  const auto released = Release({}, 1);
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_THAT(*released, SizeIs(3));
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[2].release_group, events[0].release_group);
  EXPECT_EQ(events[0].release_group_size, 3);
  world_.Put(MakeShipment(14, 1, "1Z-14"));
  EXPECT_THAT(world_.Take(), SizeIs(1)) << "its later parcels go at once";
}

TEST_F(ShipmentAdminTest, ReleasesAnOrderThatCannotBeRead) {
  world_.Put(MakeShipment(61, 6, "1Z-61"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(world_.Find(61).delivery.hold_reason,
            model::HoldReason::kOrderUnreadable);
  ASSERT_TRUE(Release({61}).ok());
  EXPECT_THAT(world_.Take(), SizeIs(1));
}

TEST_F(ShipmentAdminTest, RefusesWhatCannotBeReleased) {
  for (const int64_t id : {13, 41, 51}) {
    EXPECT_EQ(ReasonOf(Release({11, id}).status()), "SHIPMENT_NOT_RELEASABLE")
        << id;
  }
  EXPECT_EQ(ReasonOf(Release({11, 99}).status()), "SHIPMENT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Release({}, 99).status()), "ORDER_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Release({}).status()), "INVALID_REQUEST");
  EXPECT_EQ(ReasonOf(Release({11}, 1).status()), "INVALID_REQUEST");
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kHeld)
      << "all or nothing";
}

TEST_F(ShipmentAdminTest, ReplaysTheLatestEventAtTheHead) {
  Acknowledgement acknowledgement(world_.store.get());
  AcknowledgeRequest said;
  said.connection = kConnection;
  said.outcomes.resize(1);
  said.outcomes[0].shipment_id = 31;
  ASSERT_TRUE(acknowledgement.Acknowledge(world_.context, said).ok());

  const auto count = Replay({31, 31});
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, 1);
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].kind, model::EventKind::kShipped);
  EXPECT_EQ(events[0].shipment.tracking_number, "1Z-31");
  EXPECT_EQ(events[0].shipment.delivery.state, DeliveryState::kReady);
  EXPECT_EQ(events[0].release_group_size, 1);
  EXPECT_THAT(world_.PollStored(0).events, SizeIs(2));
}

TEST_F(ShipmentAdminTest, ReplaysARangeAndKeepsItsGroups) {
  GiveNumber(13);
  world_.Take();
  const int64_t start = world_.taken;
  ASSERT_TRUE(Release({}, 1).ok());
  world_.Take();
  ReplayRequest request;
  request.connection = kConnection;
  request.start = start;
  request.end = world_.taken;
  const auto count = ReplayBy(request);
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, 3);
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[0].release_group, events[0].sequence);
  EXPECT_EQ(events[2].release_group, events[0].sequence);
  EXPECT_EQ(events[0].release_group_size, 3);
}

TEST_F(ShipmentAdminTest, RepeatsNoRangeThatWasReplayed) {
  ReplayRequest request;
  request.connection = kConnection;
  request.start = 0;
  request.end = world_.taken;
  const auto replay = [&] { return *ReplayBy(request); };
  EXPECT_EQ(replay(), 1);
  EXPECT_EQ(replay(), 0) << "it is still ahead of whoever reads on";
  EXPECT_THAT(world_.Take(), SizeIs(1));
  // By name it goes again, and so does the range that holds the replay.
  EXPECT_EQ(*Replay({31}), 1);
  world_.Take();
  request.end = world_.taken;
  EXPECT_EQ(replay(), 1);
}

TEST_F(ShipmentAdminTest, RefusesToReplayWhatWasNeverHandedOut) {
  EXPECT_EQ(ReasonOf(Replay({31, 11}).status()), "SHIPMENT_NOT_HANDED_OUT");
  EXPECT_EQ(ReasonOf(Replay({99}).status()), "SHIPMENT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Replay({}).status()), "INVALID_REQUEST");
  ReplayRequest half;
  half.connection = kConnection;
  half.start = 0;
  EXPECT_EQ(ReasonOf(admin_.Replay(world_.context, half).status()),
            "INVALID_REQUEST");
  half.end = 1'000'000;
  EXPECT_EQ(ReasonOf(admin_.Replay(world_.context, half).status()),
            "CURSOR_EXPIRED");
  half.start = 2;
  half.end = 1;
  EXPECT_EQ(ReasonOf(admin_.Replay(world_.context, half).status()),
            "INVALID_REQUEST");
  EXPECT_THAT(world_.Take(), IsEmpty());
}

}  // namespace
}  // namespace oms_connector::shipments
