#include "domain/inventory/sync_plan.h"

#include "domain/feeds/feed_call.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'000'000);

// A connection that was pulled five minutes ago.
SyncFacts Facts() {
  SyncFacts facts;
  facts.context.connection.id = "acme";
  facts.context.connection.epoch = "e1";
  facts.context.settings.inventory_sync_mode =
      model::InventorySyncMode::kPerWarehouse;
  facts.context.settings.ignore_inactive_products = false;
  facts.feed.pull.last_success_time = kNow - absl::Minutes(5);
  facts.state.last_complete_full_time = kNow - absl::Hours(3);
  facts.state.last_revision = 50;
  facts.state.SetMark(WarehousesSource(), kNow - absl::Minutes(5));
  return facts;
}

TEST(SyncPlan, APullIsDueWhenTheLastOneIsOlderThanAccepted) {
  SyncRequest request;
  EXPECT_FALSE(PullIsDue(request, Facts(), kNow));
  EXPECT_TRUE(PullIsDue(request, Facts(), kNow + absl::Minutes(10)));
  request.max_staleness = absl::Minutes(6);
  EXPECT_FALSE(PullIsDue(request, Facts(), kNow));
  request.max_staleness = absl::Minutes(5);
  EXPECT_TRUE(PullIsDue(request, Facts(), kNow));
  request.max_staleness = absl::ZeroDuration();
  EXPECT_TRUE(PullIsDue(request, Facts(), kNow - absl::Hours(1)));
}

TEST(SyncPlan, FullCountsFromTheLastCompleteFullPull) {
  SyncRequest request;
  request.kind = model::SyncKind::kFull;
  EXPECT_TRUE(PullIsDue(request, Facts(), kNow));
  request.max_staleness = absl::Hours(4);
  EXPECT_FALSE(PullIsDue(request, Facts(), kNow));
}

TEST(SyncPlan, APullInTheFutureCountsAsNever) {
  SyncRequest request;
  EXPECT_TRUE(PullIsDue(request, Facts(), kNow - absl::Hours(72)));
  request.kind = model::SyncKind::kFull;
  request.max_staleness = absl::Hours(4);
  EXPECT_TRUE(PullIsDue(request, Facts(), kNow - absl::Hours(72)));
}

TEST(SyncPlan, WhatWasNeverPulledIsDue) {
  SyncFacts facts = Facts();
  facts.context.settings.ignore_inactive_products = true;
  EXPECT_TRUE(PullIsDue({}, facts, kNow));
  facts = Facts();
  facts.feed.pull.last_success_time.reset();
  EXPECT_TRUE(PullIsDue({}, facts, kNow));
  facts = Facts();
  facts.state.base_url = "https://elsewhere.skubana.com";
  EXPECT_TRUE(PullIsDue({}, facts, kNow));
}

TEST(SyncPlan, WaitsUntilMaxWaitOrJustBeforeTheDeadline) {
  SyncRequest request;
  const absl::Time never = absl::InfiniteFuture();
  EXPECT_EQ(WaitUntil(request, never, kNow), kNow + absl::Seconds(30));
  EXPECT_EQ(WaitUntil(request, kNow + absl::Seconds(10), kNow),
            kNow + absl::Seconds(9));
  request.max_wait = absl::Seconds(60);
  EXPECT_EQ(WaitUntil(request, never, kNow), kNow + absl::Seconds(60));
  EXPECT_EQ(WaitUntil(request, kNow + absl::Seconds(10), kNow),
            kNow + absl::Seconds(9));
  request.max_wait = absl::ZeroDuration();
  EXPECT_EQ(WaitUntil(request, never, kNow), kNow);
}

TEST(SyncPlan, PageSizesAreDefaultedAndCapped) {
  SyncRequest request;
  EXPECT_EQ(PageSize(request), 1000);
  request.max_results = 10;
  EXPECT_EQ(PageSize(request), 10);
  request.max_results = 1'000'000;
  EXPECT_EQ(PageSize(request), 5000);
}

TEST(SyncPlan, RefusesNegativeSizesAndDurationsNamingTheField) {
  SyncRequest request;
  request.max_results = -1;
  request.max_wait = absl::Seconds(-1);
  request.max_staleness = absl::Seconds(-1);
  const auto details = model::DetailsOf(CheckSyncRequest(request, Facts()));
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->violations.size(), 3u);
  EXPECT_EQ(details->violations[0].field, "max_results");
}

TEST(SyncPlan, RefusesACursorOfAnotherConnectionOrFromBeforeARestore) {
  SyncRequest request;
  request.position = 50;
  request.scope = feeds::CursorScope("acme", "e1");
  EXPECT_TRUE(CheckSyncRequest(request, Facts()).ok());
  request.scope = feeds::CursorScope("acme", "e2");
  EXPECT_EQ(model::ReasonOf(CheckSyncRequest(request, Facts())),
            "CURSOR_EXPIRED");
  request.scope = feeds::CursorScope("acme", "e1");
  request.position = 51;
  EXPECT_EQ(model::ReasonOf(CheckSyncRequest(request, Facts())),
            "CURSOR_EXPIRED");
}

TEST(SyncPlan, AnUnservedCartIsToldOnceTheChannelsWereRead) {
  SyncFacts facts = Facts();
  facts.context.settings.inventory_sync_mode =
      model::InventorySyncMode::kPerSalesChannel;
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "nowhere";
  facts.context.connection.carts = {cart};
  SyncRequest request;
  request.cart = "shop";
  EXPECT_TRUE(CartStatus(request, facts).ok());
  facts.state.SetMark(ChannelsSource(), kNow);
  EXPECT_EQ(model::ReasonOf(CartStatus(request, facts)),
            "SALES_CHANNEL_NOT_FOUND");
  request.cart = "";
  EXPECT_TRUE(CartStatus(request, facts).ok());
}

}  // namespace
}  // namespace oms_connector::inventory
