// What pulls, polls and acknowledgements of shipments ask of the database: the
// budgets that keep them fast with any number of rows, counted.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/shipments/acknowledgement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using ::testing::SizeIs;
using testing_support::SqlCounts;

// A connection with `count` orders that have a parcel each, all new.
class World {
 public:
  explicit World(int count) {
    for (int i = 1; i <= count; ++i) {
      world.Put(MakeOrder(i));
      world.Put(MakeShipment(100'000 + i, i, absl::StrCat("1Z-", i)));
    }
  }

  SqlCounts CountPull() {
    world.counter.Reset();
    EXPECT_TRUE(world.Pull().ok());
    return world.counter.counts();
  }

  ShipmentWorld world;
};

int64_t WorkOf(const SqlCounts& counts) {
  return counts.statements + counts.batch_rows + counts.rows_read +
         counts.rows_changed;
}

TEST(ShipmentCost, TenTimesTheShipmentsAreTenTimesTheWork) {
  World small(1000);
  World large(10'000);
  const int64_t first_small = WorkOf(small.CountPull());
  const int64_t first_large = WorkOf(large.CountPull());
  EXPECT_LE(first_large, first_small * 105 / 10);
  // And when all of it is read again and nothing has changed.
  const int64_t again_small = WorkOf(small.CountPull());
  const int64_t again_large = WorkOf(large.CountPull());
  EXPECT_LE(again_large, again_small * 105 / 10);
}

TEST(ShipmentCost, PageIsReadByFewListsAndItsRowsAreWrittenTwice) {
  constexpr int kRows = 1000;
  World world(kRows);
  world.CountPull();
  const std::map<std::string, int64_t> texts = world.world.counter.texts();
  const SqlCounts counts = world.world.counter.counts();
  // One page of each, and two batches of decisions.
  int64_t lists = 0;
  for (const auto& [text, times] : texts) {
    const bool by_list = absl::StrContains(text, "SELECT") &&
                         (absl::StrContains(text, "FROM orders") ||
                          absl::StrContains(text, "FROM shipments") ||
                          absl::StrContains(text, "FROM deliveries") ||
                          absl::StrContains(text, "FROM order_links") ||
                          absl::StrContains(text, "FROM pending_orders"));
    if (by_list) lists += times;
    // No statement is asked once per row.
    EXPECT_LT(times, 100) << text;
  }
  // A page of orders, one of shipments, the same page again in the window
  // after; what is unreadable, held and blocking is asked for once or twice.
  EXPECT_LE(lists, 4 + 4 + 4 + 2 * 4 + 12) << world.world.counter.Report();
  // An order, its parcel with its delivery, and all three once more when
  // decided; its event; that it is pending, and is no more; and a few rows a
  // transaction.
  EXPECT_LE(counts.rows_changed, 9 * kRows + 100)
      << world.world.counter.Report();
}

TEST(ShipmentCost, UnchangedPagesAreNotWritten) {
  constexpr int kRows = 1000;
  World world(kRows);
  world.CountPull();
  const SqlCounts counts = world.CountPull();
  EXPECT_LE(counts.rows_changed, 40) << world.world.counter.Report();
  EXPECT_LE(counts.statements, 120) << world.world.counter.Report();
}

TEST(ShipmentCost, AcknowledgementReadsAndWritesEachRowOnce) {
  constexpr int kRows = 500;
  World world(kRows);
  const auto events = world.world.Take();
  ASSERT_THAT(events, SizeIs(kRows));
  PollRequest poll;
  poll.consumer = "erp";
  ASSERT_TRUE(world.world.Poll(poll).ok());
  AcknowledgeRequest request;
  request.connection = kConnection;
  request.consumer = "erp";
  request.cursor = events.back().sequence;
  for (const auto& event : events) {
    model::ShipmentOutcome outcome;
    outcome.shipment_id = event.shipment.shipment_id;
    request.outcomes.push_back(outcome);
  }
  world.world.counter.Reset();
  const auto errors = Acknowledgement(world.world.store.get())
                          .Acknowledge(world.world.context, request);
  ASSERT_TRUE(errors.ok());
  EXPECT_THAT(*errors, SizeIs(0));
  const SqlCounts counts = world.world.counter.counts();
  EXPECT_EQ(counts.transactions, 1);
  // Six, and one to read the rows, one to write them, one for their counts,
  // and one when a cart confirms for the first time.
  EXPECT_LE(counts.statements, 6 + 4) << world.world.counter.Report();
  EXPECT_LE(counts.batch_rows, 2 * kRows + 5) << world.world.counter.Report();
  EXPECT_LE(counts.rows_changed, kRows + 5) << world.world.counter.Report();
}

// How often events were read.
int64_t EventReads(const World& world) {
  int64_t reads = 0;
  for (const auto& [text, times] : world.world.counter.texts()) {
    if (absl::StrContains(text, "FROM shipment_events e")) reads += times;
  }
  return reads;
}

// Ten events from the beginning, of what is stored.
PollRequest FirstTen() {
  PollRequest poll;
  poll.max_results = 10;
  poll.max_staleness = absl::Hours(1);
  poll.cursor = 0;
  return poll;
}

TEST(ShipmentCost, ThePageAfterAFullOneIsReadBeforeItIsAskedFor) {
  World world(30);
  world.CountPull();
  PollRequest poll = FirstTen();
  for (const int64_t reads : {2, 1, 0}) {
    SCOPED_TRACE(*poll.cursor);
    world.world.counter.Reset();
    const auto page = world.world.Poll(poll);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_THAT(page->events, SizeIs(10));
    EXPECT_EQ(page->caught_up, reads == 0);
    // The first page and the one after it, the third, and nothing.
    EXPECT_EQ(EventReads(world), reads) << world.world.counter.Report();
    poll.cursor = page->next_cursor;
  }
  // At the head, where nothing has changed since, a look reads nothing.
  ASSERT_TRUE(world.world.Poll(poll).ok());
  world.world.counter.Reset();
  ASSERT_TRUE(world.world.Poll(poll).ok());
  EXPECT_EQ(world.world.counter.counts().statements, 0)
      << world.world.counter.Report();
}

TEST(ShipmentCost, APageThatWasReadAheadShowsWhatHasHappenedSince) {
  World world(30);
  world.CountPull();
  PollRequest poll = FirstTen();
  const auto first = world.world.Poll(poll);
  ASSERT_TRUE(first.ok()) << first.status();
  // Confirmed before it is handed out a second time.
  poll.cursor = first->next_cursor;
  const auto events = world.world.Poll(poll)->events;
  AcknowledgeRequest request;
  request.connection = kConnection;
  model::ShipmentOutcome outcome;
  outcome.shipment_id = events.front().shipment.shipment_id;
  request.outcomes.push_back(outcome);
  ASSERT_TRUE(world.world.Poll(FirstTen()).ok());
  ASSERT_TRUE(Acknowledgement(world.world.store.get())
                  .Acknowledge(world.world.context, request)
                  .ok());
  const auto again = world.world.Poll(poll);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->events.front().shipment.delivery.state,
            model::DeliveryState::kConfirmed);
}

// Other writers have their turn between.
TEST(ShipmentCost, ACartThatChangesIsAppliedAThousandOrdersAtATime) {
  World world(2500);
  world.CountPull();
  world.world.Configure([](model::Connection& connection) {
    connection.carts[0].family_rule.kind =
        model::FamilyRuleKind::kOrderNumberPrefix;
    connection.carts[0].family_rule.order_number_pattern = "^(N-\\d+)";
  });
  world.world.counter.Reset();
  world.world.PollStored(0);
  const SqlCounts counts = world.world.counter.counts();
  // Three to give each its key, three to decide them.
  EXPECT_EQ(counts.write_transactions, 6) << world.world.counter.Report();
}

// Not even where a cart's pattern finds the same in all of them.
TEST(ShipmentCost, AFamilyOfTooManyIsNotDecidedOrderByOrder) {
  World world(2500);
  world.world.Configure([](model::Connection& connection) {
    connection.carts[0].family_rule.kind =
        model::FamilyRuleKind::kOrderNumberPrefix;
    connection.carts[0].family_rule.order_number_pattern = "^(N)-";
  });
  const SqlCounts counts = world.CountPull();
  EXPECT_LE(counts.write_transactions, 20) << world.world.counter.Report();
}

}  // namespace
}  // namespace oms_connector::shipments
