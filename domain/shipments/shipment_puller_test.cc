#include "domain/shipments/shipment_puller.h"

#include <algorithm>
#include <memory>

#include "domain/shipments/pull_position.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Puller : public ::testing::Test {
 protected:
  // `count` orders with a parcel each.
  void PutMany(int count) {
    for (int i = 1; i <= count; ++i) {
      world_.Put(MakeOrder(i));
      world_.Put(MakeShipment(100 + i, i, "1Z-" + std::to_string(i)));
    }
  }

  // Fails the n-th request of that name, once.
  void FailOnce(const std::string& name, int n, absl::Status status) {
    world_.SetFault([name, n, status, seen = std::make_shared<int>(0)](
                        const std::string& asked) {
      if (asked != name || ++*seen != n) return absl::OkStatus();
      return status;
    });
  }

  model::SyncRun LatestRun() { return world_.LatestRun(); }

  int64_t LastSequence() {
    int64_t last = -1;
    EXPECT_TRUE(world_.store
                    ->Read(world_.context,
                           [&](storage::ReadTransaction& txn) {
                             last = txn.shipments()
                                        .GetShipmentSummary(kConnection)
                                        ->last_sequence;
                             return absl::OkStatus();
                           })
                    .ok());
    return last;
  }

  int64_t Requests(const std::string& name) {
    const auto requests = world_.TakeRequests();
    return std::count(requests.begin(), requests.end(), name);
  }

  ShipmentWorld world_;
};

// Rule 1.
TEST_F(Puller, FirstPullBeginsAtTheEarliestShipmentTime) {
  world_.Put(MakeOrder(1));
  Shipment old = MakeShipment(11, 1, "1Z-A");
  old.created = world_.clock->Now() - absl::Hours(24 * 8);
  world_.Put(old);
  Shipment young = MakeShipment(12, 1, "1Z-B");
  young.created = world_.clock->Now() - absl::Hours(24 * 6);
  world_.Put(young);
  EXPECT_THAT(world_.Take(), SizeIs(1));
}

// Rule 1.
TEST_F(Puller, ReadsSevenDaysAgain) {
  PutMany(1);
  world_.Take();
  world_.manual_clock.Advance(absl::Hours(24 * 6));
  // Created long before the last pull, but seen only now.
  Shipment late = MakeShipment(200, 1, "1Z-L");
  late.created = world_.clock->Now() - absl::Hours(24 * 10);
  world_.Put(late);
  EXPECT_THAT(world_.Take(), SizeIs(1));
}

// Rule 1.
TEST_F(Puller, ShipmentsAreReadInWindowsOfAWeekWithBothEnds) {
  world_.Configure([this](model::Connection& connection) {
    connection.earliest_shipment_time =
        world_.clock->Now() - absl::Hours(24 * 20);
  });
  const absl::Time start = world_.clock->Now();
  ASSERT_TRUE(world_.Pull().ok());
  world_.TakeRequests();
  world_.manual_clock.Advance(absl::Hours(24 * 30));
  world_.Put(MakeOrder(1));
  EXPECT_THAT(world_.Take(), IsEmpty());
  absl::Time reached[2] = {start - absl::Hours(24 * 20),
                           start - kShipmentOverlap};  // voided, created
  for (const auto& request : world_.order_manager.TakeRequests()) {
    if (request.endpoint != "shipments") continue;
    const order_manager::ShipmentFilter& filter = request.filter;
    absl::Time& from = reached[filter.voided_only ? 0 : 1];
    ASSERT_TRUE(filter.created.has_value());
    EXPECT_EQ(filter.created->from, from) << "nothing is left out";
    EXPECT_LE(filter.created->to - filter.created->from, absl::Hours(24 * 7));
    from = filter.created->to;
  }
  EXPECT_EQ(reached[0], start - kShipmentOverlap);
  EXPECT_EQ(reached[1], world_.clock->Now() + absl::Hours(24));
}

TEST_F(Puller, ServerThatIgnoresWindowsIsReadAllTheSame) {
  world_.fake->Mutate([](auto& world) {
    world.ignored_parameters = {"shipmentCreatedFromDate",
                                "shipmentCreatedToDate"};
    world.longest_page = 2;
  });
  for (int i = 1; i <= 5; ++i) {
    Shipment record = MakeShipment(100 + i, i, "1Z");
    record.created = world_.clock->Now() - absl::Hours(24 * i);
    world_.Put(MakeOrder(i));
    world_.Put(record);
  }
  EXPECT_THAT(world_.Take(), SizeIs(5));
  EXPECT_THAT(world_.Take(), IsEmpty());
}

// A full first page that is the same in two windows does not say that the
// windows are: it holds the oldest.
TEST_F(Puller, ServerThatIgnoresWhereWindowsBeginIsReadToTheEndOfEach) {
  world_.Configure([this](model::Connection& connection) {
    connection.earliest_shipment_time =
        world_.clock->Now() - absl::Hours(24 * 20);
  });
  world_.fake->Mutate([](auto& world) {
    world.ignored_parameters = {"shipmentCreatedFromDate"};
    world.longest_page = 2;
  });
  for (int i = 1; i <= 6; ++i) {
    Shipment record = MakeShipment(100 + i, i, "1Z");
    record.created = world_.clock->Now() - absl::Hours(24 * (21 - 3 * i));
    world_.Put(MakeOrder(i));
    world_.Put(record);
  }
  EXPECT_THAT(world_.Take(), SizeIs(6));
}

TEST_F(Puller, FilterThatIsRefusedCostsThatPartOnly) {
  world_.Configure([this](model::Connection& connection) {
    connection.earliest_shipment_time =
        world_.clock->Now() - absl::Hours(24 * 20);
  });
  ASSERT_TRUE(world_.Pull().ok());
  world_.Put(MakeOrder(1));
  world_.Put(MakeShipment(11, 1, ""));
  ASSERT_TRUE(world_.Pull().ok());  // it is held from now on
  world_.Put(MakeOrder(2));
  world_.Put(MakeShipment(21, 2, "1Z-A"));
  world_.SetFault([](const std::string& name) {
    return name == "orders" || name == "shipments voided" ||
                   name == "shipments by id"
               ? absl::UnimplementedError("400")
               : absl::OkStatus();
  });
  EXPECT_THAT(world_.Take(), SizeIs(1)) << "its order is read by id";
  const model::SyncRun run = LatestRun();
  EXPECT_EQ(run.state, model::SyncState::kSucceeded);
  ASSERT_THAT(run.notes, SizeIs(3));
  EXPECT_EQ(run.notes[0].identifier, "modifiedDateFrom");
  EXPECT_EQ(run.notes[1].identifier, "deliveryStatus");
  EXPECT_EQ(run.notes[2].identifier, "shipmentId[]");
  // The next pull begins with the first part.
  world_.TakeRequests();
  ASSERT_TRUE(world_.Pull().ok());
  EXPECT_GE(Requests("orders"), 1);
}

TEST_F(Puller, ClockThatWasAheadForAWhileStopsNothing) {
  world_.fake->Mutate([](auto& world) { world.tells_time = false; });
  PutMany(1);
  ASSERT_TRUE(world_.Pull().ok());
  world_.manual_clock.Jump(absl::Hours(24 * 30));
  ASSERT_TRUE(world_.Pull().ok());
  world_.manual_clock.Jump(-absl::Hours(24 * 30));
  world_.manual_clock.Advance(absl::Minutes(5));
  world_.Put(MakeOrder(2));
  world_.Put(MakeShipment(21, 2, "1Z-B"));
  EXPECT_THAT(world_.Take(), SizeIs(2));
}

// Rule 1.
TEST_F(Puller, OrderThatTheMirrorLacksIsReadById) {
  Order old = MakeOrder(1);
  old.modified = world_.clock->Now() - absl::Hours(24 * 300);
  world_.Put(old);
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  const auto events = world_.Take();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].shipment.cart_id, kCart);
  EXPECT_EQ(Requests("order 1"), 1);
  world_.Take();
  EXPECT_EQ(Requests("order 1"), 0) << "known from then on";
}

TEST_F(Puller, OrdersAreReadWithTenMinutesOfOverlap) {
  PutMany(1);
  world_.Take();
  world_.manual_clock.Advance(absl::Hours(1));
  Order late = MakeOrder(1, "ON_HOLD");
  late.suppress_channel_update = true;
  late.modified = world_.clock->Now() - absl::Minutes(69);
  world_.Put(late);
  world_.Put(MakeShipment(102, 1, "1Z-N"));
  EXPECT_THAT(world_.Take(), IsEmpty());
}

// Where the Order Manager does not tell its time either.
TEST_F(Puller, ModificationTimeInTheFutureDoesNotEndReading) {
  world_.fake->Mutate([](auto& world) { world.tells_time = false; });
  Order order = MakeOrder(1);
  order.modified = world_.clock->Now() + absl::Hours(24 * 365 * 100);
  world_.Put(order);
  world_.Take();
  world_.manual_clock.Advance(absl::Hours(1));
  world_.Put(MakeOrder(2));
  world_.Put(MakeShipment(21, 2, "1Z-A"));
  world_.TakeRequests();
  EXPECT_THAT(world_.Take(), SizeIs(1));
  EXPECT_EQ(Requests("order 2"), 0);
}

TEST_F(Puller, ReadsEveryPage) {
  world_.fake->Mutate([](auto& world) { world.longest_page = 3; });
  PutMany(10);
  EXPECT_THAT(world_.Take(), SizeIs(10));
  EXPECT_GE(LatestRun().counts.pages, 8);
  // Both ends of a window are in it, so one can be told twice.
  EXPECT_GE(LatestRun().counts.rows, 20);
}

TEST_F(Puller, GoesOnWhereItWasBroken) {
  world_.fake->Mutate([](auto& world) { world.longest_page = 3; });
  PutMany(12);
  FailOnce("shipments", 3, absl::UnavailableError("down"));
  EXPECT_FALSE(world_.Pull().ok());
  EXPECT_EQ(LastSequence(), 0) << "nothing is decided on half a pull";
  world_.TakeRequests();
  EXPECT_THAT(world_.Take(), SizeIs(12));
  EXPECT_EQ(Requests("orders"), 0) << "those were read";
}

TEST_F(Puller, QuotaEndsThePullAsPartialAndItGoesOnLater) {
  world_.fake->Mutate([](auto& world) { world.longest_page = 3; });
  PutMany(12);
  FailOnce("orders", 3, order_manager::QuotaExhausted(absl::Minutes(1)));
  EXPECT_FALSE(world_.Pull().ok());
  EXPECT_EQ(LatestRun().state, model::SyncState::kPartial);
  world_.manual_clock.Advance(absl::Minutes(2));
  EXPECT_THAT(world_.Take(), SizeIs(12));
}

TEST_F(Puller, OneOrderThatAlwaysFailsDoesNotStopTheOthers) {
  PutMany(3);
  world_.fake->Mutate([](auto& world) { world.orders.erase(2); });
  world_.SetFault([](const std::string& name) {
    return name == "order 2" ? absl::UnavailableError("400") : absl::OkStatus();
  });
  EXPECT_THAT(world_.Take(), SizeIs(2));
  EXPECT_EQ(world_.Find(102).delivery.hold_reason,
            model::HoldReason::kOrderUnreadable);
}

// The second run begins at the same moment as the first, and so counts as later
// than its own clock says.
TEST_F(Puller, OrderThatCannotBeReadIsAskedForOnceAPull) {
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(world_.Pull().ok());
    EXPECT_EQ(Requests("order 1"), 1) << "pull " << i;
  }
}

TEST_F(Puller, WhatIsSetAsideOfOrdersReadByIdStandsInTheRun) {
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  world_.Put(MakeShipment(21, 2, "1Z-B"));
  Order garbled = MakeOrder(1);
  garbled.modified = world_.clock->Now() - absl::Hours(24 * 300);
  garbled.raw["orderId"] = "null";
  world_.Put(garbled);
  Order partial = MakeOrder(2);
  partial.modified = garbled.modified;
  partial.raw["shipCountry"] = "true";  // no text: left out
  world_.Put(partial);
  EXPECT_THAT(world_.Take(), SizeIs(1));
  const model::SyncRun run = LatestRun();
  ASSERT_THAT(run.rejected_rows, SizeIs(1));
  EXPECT_EQ(run.rejected_rows[0].endpoint, "orders");
  ASSERT_THAT(run.notes, SizeIs(1));
  EXPECT_EQ(run.notes[0].identifier, "orderId 2, orderNumber N-2");
  EXPECT_EQ(run.counts.rows_rejected, 1);
  EXPECT_EQ(run.counts.rows_noted, 1);
}

TEST_F(Puller, OrderManagerThatFailsForEveryOrderFailsThePull) {
  for (int i = 1; i <= 5; ++i) {
    world_.Put(MakeShipment(100 + i, i, "1Z"));
  }
  world_.SetFault([](const std::string& name) {
    return name.rfind("order ", 0) == 0 ? absl::UnavailableError("down")
                                        : absl::OkStatus();
  });
  EXPECT_FALSE(world_.Pull().ok());
}

TEST_F(Puller, RefusedNamesDoNotKeepShipments) {
  PutMany(1);
  world_.SetFault([](const std::string& name) {
    if (name == "warehouses") return absl::UnavailableError("down");
    if (name == "providers") return absl::PermissionDeniedError("no");
    return absl::OkStatus();
  });
  EXPECT_THAT(world_.Take(), SizeIs(1));
}

TEST_F(Puller, CartWithoutAChannelStandsInTheRun) {
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].sales_channel = "Shopp";
  });
  ASSERT_TRUE(world_.Pull().ok());
  const model::SyncRun run = LatestRun();
  ASSERT_THAT(run.cart_errors, SizeIs(1));
  EXPECT_EQ(model::ReasonOf(run.cart_errors[0].status),
            "SALES_CHANNEL_NOT_FOUND");
}

TEST_F(Puller, OneEmptyListOfChannelsIsNotBelieved) {
  PutMany(1);
  world_.Take();
  EXPECT_EQ(world_.Find(101).cart_id, kCart);
  world_.fake->Mutate([](auto& world) { world.sales_channels.clear(); });
  world_.Put(MakeOrder(2));
  world_.Put(MakeShipment(102, 2, ""));
  world_.Take();
  EXPECT_EQ(world_.Find(102).cart_id, kCart);
  EXPECT_THAT(LatestRun().notes, SizeIs(1));
  EXPECT_THAT(LatestRun().cart_errors, IsEmpty());
  world_.Take();
  EXPECT_EQ(world_.Find(102).cart_id, "") << "the second time";
}

TEST_F(Puller, CartsOfChannelsThatWentAreTold) {
  PutMany(1);
  const int64_t end = world_.Take().back().sequence;
  world_.fake->Mutate([](auto& world) { world.sales_channels.clear(); });
  PollRequest request;
  request.cart = kCart;
  request.cursor = end;
  request.max_staleness = absl::ZeroDuration();
  const auto doubted = world_.Poll(request);
  ASSERT_TRUE(doubted.ok()) << doubted.status();
  EXPECT_THAT(doubted->run->cart_errors, IsEmpty());
  const absl::Status refused = world_.Poll(request).status();
  EXPECT_EQ(model::ReasonOf(refused), "SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(LatestRun().cart_errors, SizeIs(1));
  // What is known stands while the list cannot be read.
  world_.SetFault([](const std::string& name) {
    return name == "channels" ? absl::PermissionDeniedError("no")
                              : absl::OkStatus();
  });
  EXPECT_FALSE(world_.Poll(request).ok());
  EXPECT_THAT(LatestRun().cart_errors, SizeIs(1));
  world_.SetFault(nullptr);
  world_.PutChannel(kChannel, "Shop");
  EXPECT_TRUE(world_.Poll(request).ok());
  EXPECT_THAT(LatestRun().cart_errors, IsEmpty());
}

TEST_F(Puller, ChannelThatIsRenamedMovesItsOrders) {
  world_.Put(MakeOrder(1));
  world_.Put(MakeShipment(11, 1, ""));
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].sales_channel = "New Shop";
  });
  world_.Take();
  EXPECT_EQ(world_.Find(11).cart_id, "");
  world_.PutChannel(kChannel, "new shop");
  world_.Take();
  EXPECT_EQ(world_.Find(11).cart_id, kCart);
}

TEST_F(Puller, UnchangedRowsAreNotDecidedAgain) {
  PutMany(5);
  world_.Take();
  std::vector<int64_t> pending;
  ASSERT_TRUE(world_.Pull().ok());
  ASSERT_TRUE(world_.store
                  ->Read(world_.context,
                         [&](storage::ReadTransaction& txn) {
                           pending = *txn.shipments().ListPendingOrders(
                               kConnection, 0, 100);
                           return absl::OkStatus();
                         })
                  .ok());
  EXPECT_THAT(pending, IsEmpty());
  EXPECT_THAT(world_.TakeRequests(),
              AllOf(Contains("shipments"), Not(Contains("shipments by id"))));
}

// 250 of them: more than a pull asks for by id. One is changed by something
// that leaves no date.
TEST_F(Puller, OrdersThatAreNotFinishedAreReadOnceADay) {
  for (int i = 1; i < 250; ++i) world_.Put(MakeOrder(i, "AWAITING_SHIPMENT"));
  Order order = MakeOrder(250, "AWAITING_SHIPMENT");
  order.suppress_channel_update = true;
  world_.Put(order);
  world_.Put(MakeShipment(11, 250, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  // Two more pulls, and no list tells of them any more.
  for (const int64_t id : {998, 999}) {
    world_.manual_clock.Advance(absl::Hours(1));
    world_.Put(MakeOrder(id, "SHIPPED"));
    EXPECT_THAT(world_.Take(), IsEmpty());
  }
  order.suppress_channel_update = false;
  order.modified = world_.clock->Now() - absl::Hours(24 * 30);
  world_.Put(order);
  const auto read_by_id = [this] {
    const auto requests = world_.TakeRequests();
    return std::count_if(
        requests.begin(), requests.end(),
        [](const std::string& name) { return name.rfind("order ", 0) == 0; });
  };
  read_by_id();
  world_.manual_clock.Advance(absl::Hours(22));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(read_by_id(), 0);
  world_.manual_clock.Advance(absl::Hours(3));
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(read_by_id(), 200);
  EXPECT_THAT(world_.Take(), SizeIs(1));
  EXPECT_EQ(read_by_id(), 50);
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_EQ(read_by_id(), 0);
}

TEST_F(Puller, WhatAListHasMissedIsReadByTheNextPull) {
  Order order = MakeOrder(1);
  order.suppress_channel_update = true;
  world_.Put(order);
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.manual_clock.Advance(absl::Hours(1));
  order.suppress_channel_update = false;
  world_.Put(order);
  world_.manual_clock.Advance(absl::Hours(1));
  world_.Put(MakeOrder(2));
  world_.fake->Mutate([](auto& world) { world.hidden.orders = {1}; });
  EXPECT_THAT(world_.Take(), IsEmpty());
  world_.fake->Mutate([](auto& world) { world.hidden = {}; });
  EXPECT_THAT(world_.Take(), SizeIs(1));
}

// Ours is nine days ahead: windows begin by the one that is behind.
TEST_F(Puller, FindsNewParcelsWhateverOurClockSays) {
  for (const absl::Duration jump :
       {absl::Hours(24 * 9), -absl::Hours(24 * 18), absl::Hours(24 * 9)}) {
    world_.manual_clock.Jump(jump);
    ASSERT_TRUE(world_.Pull().ok());
    world_.manual_clock.Advance(absl::Minutes(10));
    const int64_t id = absl::ToUnixSeconds(world_.OrderManagerNow());
    world_.Put(MakeOrder(id));
    world_.Put(MakeShipment(id, id, "1Z-A"));
    EXPECT_THAT(world_.Take(), SizeIs(1)) << jump;
  }
}

}  // namespace
}  // namespace oms_connector::shipments
