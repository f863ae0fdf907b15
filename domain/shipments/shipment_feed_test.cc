#include "domain/shipments/shipment_feed.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "base/status_macros.h"
#include "domain/shipments/acknowledgement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "model/limits.h"
#include "tests/shipments/pending_poll.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Feed : public ::testing::Test {
 protected:
  void PutMany(int count) {
    for (int i = 1; i <= count; ++i) {
      world_.Put(MakeOrder(i));
      world_.Put(MakeShipment(100 + i, i, "1Z-" + std::to_string(i)));
    }
  }

  void PruneUntil(absl::Time before) {
    EXPECT_TRUE(world_.store
                    ->Write(world_.context,
                            [&](storage::WriteTransaction& txn) {
                              storage::ShipmentWriter::PrunePosition position;
                              return txn.shipments()
                                  .PruneShipments(kConnection, before, 100,
                                                  position)
                                  .status();
                            })
                    .ok());
  }

  PollRequest From(int64_t cursor, int max_results = 0) {
    PollRequest request;
    request.cursor = cursor;
    request.max_results = max_results;
    return request;
  }

  PollRequest As(const std::string& consumer, const std::string& cart = "") {
    PollRequest request;
    request.consumer = consumer;
    request.cart = cart;
    return request;
  }

  ShipmentWorld world_;
};

TEST_F(Feed, PollsPullWhatIsStaleAndNoMore) {
  PutMany(1);
  auto page = world_.Poll(From(0));
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(Ids(*page), ElementsAre(101));
  EXPECT_TRUE(page->caught_up);
  EXPECT_EQ(page->pull.last_success_time, world_.clock->Now());
  world_.TakeRequests();

  world_.manual_clock.Advance(absl::Minutes(5));
  EXPECT_THAT(Ids(*world_.Poll(From(0))), ElementsAre(101));
  EXPECT_THAT(world_.TakeRequests(), IsEmpty())
      << "within the connection's interval";
  world_.manual_clock.Advance(absl::Seconds(1));
  ASSERT_TRUE(world_.Poll(From(0)).ok());
  EXPECT_FALSE(world_.TakeRequests().empty());

  PollRequest now = From(0);
  now.max_staleness = absl::ZeroDuration();
  ASSERT_TRUE(world_.Poll(now).ok());
  EXPECT_FALSE(world_.TakeRequests().empty());
}

TEST_F(Feed, SameCursorGivesTheSameEventsInPages) {
  PutMany(5);
  const auto first = world_.Poll(From(0, 2));
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(Ids(*first), ElementsAre(101, 102));
  EXPECT_FALSE(first->caught_up);
  EXPECT_THAT(Ids(*world_.Poll(From(0, 2))), ElementsAre(101, 102));
  const auto second = world_.Poll(From(first->next_cursor, 2));
  EXPECT_THAT(Ids(*second), ElementsAre(103, 104));
  const auto third = world_.Poll(From(second->next_cursor, 2));
  EXPECT_THAT(Ids(*third), ElementsAre(105));
  EXPECT_TRUE(third->caught_up);
  const auto end = world_.Poll(From(third->next_cursor, 2));
  EXPECT_THAT(end->events, IsEmpty());
  EXPECT_EQ(end->next_cursor, third->next_cursor);
}

TEST_F(Feed, CartSeesItsOwnEvents) {
  PutMany(1);
  Order other = MakeOrder(2);
  other.sales_channel_id = 99;
  world_.Put(other);
  world_.Put(MakeShipment(21, 2, "1Z-B"));
  PollRequest request = From(0);
  EXPECT_THAT(Ids(*world_.Poll(request)), ElementsAre(101, 21));
  request.cart = kCart;
  EXPECT_THAT(Ids(*world_.Poll(request)), ElementsAre(101));
  request.cart = "nobody";
  EXPECT_EQ(ReasonOf(world_.Poll(request).status()), "CART_NOT_FOUND");
}

// So that what it acknowledges does not fall behind what is pruned.
TEST_F(Feed, QuietCartsCursorFollowsTheEndOfTheFeed) {
  world_.PutChannel(8, "Quiet");
  PutMany(3);
  const auto all = world_.Poll(From(0));
  ASSERT_THAT(all->events, SizeIs(3));
  world_.Configure([](model::Connection& connection) {
    model::Cart quiet;
    quiet.cart_id = "quiet";
    quiet.sales_channel = "8";
    connection.carts.push_back(quiet);
  });
  PollRequest request = From(0);
  request.cart = "quiet";
  const auto page = world_.Poll(request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->events, IsEmpty());
  EXPECT_EQ(page->next_cursor, all->next_cursor);
  // With more of its own to come, it is where the page ends.
  request.cart = kCart;
  request.max_results = 2;
  const auto first = world_.Poll(request);
  EXPECT_EQ(first->next_cursor, first->events.back().sequence);
}

TEST_F(Feed, RefusesWhatMakesNoSense) {
  PollRequest both = From(0);
  both.consumer = "a";
  PollRequest negative = From(0, -1);
  PollRequest stale = From(0);
  stale.max_staleness = absl::Seconds(-1);
  PollRequest wait = From(0);
  wait.max_wait = absl::Seconds(-1);
  for (const PollRequest& request :
       {both, negative, stale, wait, As("Shop"), As("1a"), As("a_b"),
        As(std::string(64, 'a'))}) {
    EXPECT_EQ(ReasonOf(world_.Poll(request).status()), "INVALID_REQUEST");
  }
  EXPECT_EQ(ReasonOf(world_.Poll(From(5)).status()), "CURSOR_EXPIRED")
      << "beyond what there is: from before a restore";
  absl::Notification done;
  PollRequest elsewhere;
  elsewhere.connection = "nobody";
  world_.feed->Poll({}, elsewhere, [&](absl::StatusOr<PollPage> page) {
    EXPECT_EQ(ReasonOf(page.status()), "CONNECTION_NOT_FOUND");
    done.Notify();
  });
  done.WaitForNotification();
}

TEST_F(Feed, ConsumerStaysWhereItIsAndIsBoundToItsCart) {
  PutMany(2);
  ASSERT_THAT(Ids(*world_.Poll(As("erp", kCart))), ElementsAre(101, 102));
  EXPECT_THAT(Ids(*world_.Poll(As("erp", kCart))), ElementsAre(101, 102));
  EXPECT_EQ(ReasonOf(world_.Poll(As("erp")).status()), "INVALID_REQUEST");
  EXPECT_THAT(Ids(*world_.Poll(As("other"))), ElementsAre(101, 102));
}

TEST_F(Feed, AConnectionHasSoManyConsumersAndNoMore) {
  ASSERT_TRUE(world_.store
                  ->Write(world_.context,
                          [](storage::WriteTransaction& txn) -> absl::Status {
                            for (int i = 0; i < model::kMaxConsumers; ++i) {
                              OMS_RETURN_IF_ERROR(txn.shipments().PutConsumer(
                                  kConnection, {absl::StrCat("c", i), kCart, 0,
                                                std::nullopt}));
                            }
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_TRUE(world_.Poll(As("c7", kCart)).ok());
  const absl::Status refused = world_.Poll(As("another", kCart)).status();
  EXPECT_EQ(ReasonOf(refused), "INVALID_REQUEST");
  EXPECT_THAT(refused.message(), HasSubstr("DeleteConsumer"));
}

TEST_F(Feed, PositionBeforeWhatWasPrunedIsExpired) {
  PutMany(1);
  world_.Put(MakeOrder(1, "ON_HOLD"));  // not finished, so its parcels stay
  const absl::Time created = world_.clock->Now();
  std::vector<int64_t> sequences;
  for (const char* number : {"1Z-A", "1Z-B", "1Z-C"}) {
    Shipment record = MakeShipment(101, 1, number);
    record.created = created;
    world_.Put(record);
    const auto events = world_.Take();
    ASSERT_THAT(events, SizeIs(1));
    sequences.push_back(events[0].sequence);
  }
  ASSERT_TRUE(world_.Poll(As("erp")).ok());
  AcknowledgeRequest answer;
  answer.connection = kConnection;
  answer.consumer = "erp";
  answer.cursor = sequences[0];
  answer.outcomes.emplace_back();
  answer.outcomes[0].shipment_id = 101;
  answer.outcomes[0].confirmed = true;
  ASSERT_TRUE(Acknowledgement(world_.store.get())
                  .Acknowledge(world_.context, answer)
                  .ok());
  PruneUntil(created + absl::Hours(1));

  EXPECT_EQ(ReasonOf(world_.Poll(From(sequences[0])).status()),
            "CURSOR_EXPIRED");
  EXPECT_EQ(ReasonOf(world_.Poll(As("erp")).status()), "CURSOR_EXPIRED");
  EXPECT_THAT(Ids(*world_.Poll(From(sequences[1]))), ElementsAre(101));
  EXPECT_THAT(Ids(*world_.Poll(From(0))), ElementsAre(101))
      << "from the beginning of what there is";
}

TEST_F(Feed, WhoHasReadAllOfAQuietCartNeverExpires) {
  world_.PutChannel(8, "Other");
  world_.Configure([](model::Connection& connection) {
    connection.carts.push_back(connection.carts[0]);
    connection.carts[1].cart_id = "other";
    connection.carts[1].sales_channel = "Other";
  });
  world_.Put(MakeOrder(1, "ON_HOLD"));
  world_.Put(MakeShipment(101, 1, "1Z-A"));
  ASSERT_THAT(world_.Take(), SizeIs(1));
  const int64_t read = world_.taken;
  ASSERT_TRUE(world_.Poll(As("quiet", kCart)).ok());
  AcknowledgeRequest answer;
  answer.connection = kConnection;
  answer.consumer = "quiet";
  answer.cursor = read;
  Acknowledgement acknowledgement(world_.store.get());
  ASSERT_TRUE(acknowledgement.Acknowledge(world_.context, answer).ok());

  Order busy = MakeOrder(2);
  busy.sales_channel_id = 8;
  world_.Put(busy);
  world_.Put(MakeShipment(201, 2, "1Z-B"));
  ASSERT_THAT(world_.Take(), SizeIs(1));
  PruneUntil(world_.clock->Now() + absl::Hours(1));
  EXPECT_THAT(Ids(*world_.Poll(From(0))), ElementsAre(101));
  EXPECT_EQ(ReasonOf(world_.Poll(From(read)).status()), "CURSOR_EXPIRED");
  EXPECT_TRUE(world_.Poll(As("quiet", kCart)).ok());
  PollRequest of_cart = From(read);
  of_cart.cart = kCart;
  EXPECT_TRUE(world_.Poll(of_cart).ok());
}

TEST_F(Feed, ParcelThatWasPrunedIsNotHandedOutAgain) {
  PutMany(1);
  ASSERT_THAT(world_.Take(), SizeIs(1));
  PruneUntil(world_.clock->Now() + absl::Hours(1));
  EXPECT_THAT(Ids(*world_.Poll(From(0))), IsEmpty());
  EXPECT_THAT(world_.Take(), IsEmpty()) << "it is still within the overlap";
  world_.manual_clock.Advance(absl::Seconds(1));
  world_.Put(MakeShipment(102, 1, "1Z-N"));
  EXPECT_THAT(world_.Take(), SizeIs(1));
}

TEST_F(Feed, FailureBeforeTheFirstSuccessIsAStatus) {
  world_.SetFault(
      [](const std::string&) { return absl::UnavailableError("down"); });
  EXPECT_EQ(ReasonOf(world_.Poll(From(0)).status()),
            "ORDER_MANAGER_UNAVAILABLE");
  world_.SetFault(
      [](const std::string&) { return absl::UnauthenticatedError("401"); });
  EXPECT_EQ(ReasonOf(world_.Poll(From(0)).status()),
            "ORDER_MANAGER_CREDENTIALS_REJECTED");
}

TEST_F(Feed, FailureAfterASuccessLeavesWhatIsStored) {
  PutMany(1);
  ASSERT_TRUE(world_.Poll(From(0)).ok());
  world_.SetFault(
      [](const std::string&) { return absl::UnavailableError("down"); });
  PollRequest request = From(0);
  request.max_staleness = absl::ZeroDuration();
  const auto page = world_.Poll(request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(Ids(*page), ElementsAre(101));
  EXPECT_EQ(ReasonOf(page->pull.last_error), "ORDER_MANAGER_UNAVAILABLE");
}

TEST_F(Feed, NobodyIsCaughtUpBeforeTheFirstPullHasSucceeded) {
  absl::Notification go_on;
  world_.SetFault([&](const std::string&) {
    go_on.WaitForNotification();
    return absl::OkStatus();
  });
  PollRequest request = From(0);
  request.max_wait = absl::ZeroDuration();
  const auto page = world_.Poll(request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->events, IsEmpty());
  EXPECT_FALSE(page->caught_up);
  go_on.Notify();
  ASSERT_TRUE(world_.Pull().ok());
  EXPECT_TRUE(world_.PollStored(0).caught_up);
}

TEST_F(Feed, ManyCallersShareOnePull) {
  PutMany(1);
  absl::Notification all_have_joined;
  world_.SetFault([&](const std::string&) {
    all_have_joined.WaitForNotification();
    return absl::OkStatus();
  });
  std::vector<std::unique_ptr<Pending>> calls;
  for (int i = 0; i < 50; ++i) {
    calls.push_back(std::make_unique<Pending>(world_, From(0)));
  }
  // Behind all calls in the queue of the two threads, so when both meet here
  // no call is still on its way to the pull.
  absl::Barrier* const barrier = new absl::Barrier(3);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(world_.executor.TrySubmit([barrier] {
      if (barrier->Block()) delete barrier;
    }));
  }
  if (barrier->Block()) delete barrier;
  all_have_joined.Notify();
  for (const auto& call : calls) {
    ASSERT_TRUE(call->Wait().ok());
    EXPECT_THAT(Ids(*call->Wait()), ElementsAre(101));
  }
  const auto requests = world_.TakeRequests();
  EXPECT_EQ(std::count(requests.begin(), requests.end(), "channels"), 1);
}

TEST_F(Feed, ACartWithoutItsChannelIsRefusedOnceItHasReadAll) {
  PutMany(1);
  const int64_t end = world_.Take().back().sequence;
  const auto name_channel = [&](const std::string& channel) {
    world_.Configure([&](model::Connection& connection) {
      connection.carts[0].sales_channel = channel;
    });
  };
  const auto poll = [&](int64_t cursor, const std::string& cart) {
    PollRequest request = From(cursor);
    request.cart = cart;
    request.max_staleness = kLong;
    return world_.Poll(request);
  };
  // Where the channels were read it is known at once, without a pull.
  name_channel("Nowhere");
  EXPECT_THAT(poll(0, kCart)->events, SizeIs(1)) << "what is stored is told";
  EXPECT_EQ(ReasonOf(poll(end, kCart).status()), "SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(poll(end, "")->cart_errors, SizeIs(1));
  ASSERT_TRUE(world_.Pull().ok());
  EXPECT_THAT(poll(0, kCart)->events, SizeIs(1));
  const absl::Status refused = poll(end, kCart).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Shop (7)"));
  const auto all = poll(end, "");
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->run->cart_errors, SizeIs(1));
  EXPECT_EQ(all->run->cart_errors[0].cart_id, kCart);
  EXPECT_THAT(all->cart_errors, SizeIs(1));
  // Two of that name are no better, and one that is mended is served at once.
  world_.PutChannel(8, "shop");
  name_channel("Shop");
  EXPECT_TRUE(poll(end, kCart).ok());
  ASSERT_TRUE(world_.Pull().ok());
  EXPECT_EQ(ReasonOf(poll(end, kCart).status()), "SALES_CHANNEL_AMBIGUOUS");
  name_channel("7");
  EXPECT_TRUE(poll(end, kCart).ok());
  EXPECT_THAT(poll(end, "")->cart_errors, ::testing::IsEmpty());
}

}  // namespace
}  // namespace oms_connector::shipments
