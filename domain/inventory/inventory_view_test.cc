#include "domain/inventory/inventory_view.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

using model::InventorySyncMode;
using model::SkuSource;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

model::Cart Cart(const std::string& id, const std::string& channel,
                 std::vector<int64_t> warehouses = {}) {
  model::Cart cart;
  cart.cart_id = id;
  cart.sales_channel = channel;
  cart.warehouse_ids = std::move(warehouses);
  return cart;
}

// Channels 5 "Shop", 6 "Market", 7 "5" and 8, which is inactive; warehouses 1,
// 2 and 3, which is inactive.
InventoryContext Context(InventorySyncMode mode,
                         std::vector<model::Cart> carts = {}) {
  InventoryContext context;
  context.connection.id = "acme";
  context.connection.carts = std::move(carts);
  context.settings.inventory_sync_mode = mode;
  const auto add = [&](model::LocationKind kind, int64_t id,
                       const std::string& name, bool active = true,
                       bool listed = true) {
    context.locations.push_back({{kind, id, name}, "", active, listed});
  };
  add(model::LocationKind::kSalesChannel, 5, "Shop");
  add(model::LocationKind::kSalesChannel, 6, "Market");
  add(model::LocationKind::kSalesChannel, 7, "5");
  add(model::LocationKind::kSalesChannel, 8, "Closed", false);
  add(model::LocationKind::kSalesChannel, 9, "Market", true, false);
  add(model::LocationKind::kWarehouse, 1, "One");
  add(model::LocationKind::kWarehouse, 2, "Two");
  add(model::LocationKind::kWarehouse, 3, "Three", false);
  add(model::LocationKind::kWarehouse, 4, "Four", true, false);
  return context;
}

// Rule 4.
TEST(InventoryView, MatchesAChannelByIdOrNameWithoutRegardToCase) {
  const InventoryContext context = Context(InventorySyncMode::kPerSalesChannel);
  EXPECT_EQ(*ChannelOf(context, Cart("c", "shop")), 5);
  EXPECT_EQ(*ChannelOf(context, Cart("c", " MARKET ")), 6);
  EXPECT_EQ(*ChannelOf(context, Cart("c", "6")), 6);
  EXPECT_EQ(*ChannelOf(context, Cart("c", "5")), 5);
}

// Rule 4.
TEST(InventoryView, AChannelThatMatchesNoneOrTwoIsAnErrorWithNames) {
  InventoryContext context = Context(InventorySyncMode::kPerSalesChannel);
  absl::Status status = ChannelOf(context, Cart("c", "sho")).status();
  EXPECT_EQ(model::ReasonOf(status), "SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("Market (6)"));
  context.locations[4].listed = true;
  status = ChannelOf(context, Cart("c", "market")).status();
  EXPECT_EQ(model::ReasonOf(status), "SALES_CHANNEL_AMBIGUOUS");
}

TEST(InventoryView, ACartWithoutAChannelMatchesNotEvenANamelessOne) {
  InventoryContext context = Context(InventorySyncMode::kPerSalesChannel);
  context.locations[0].location.name = "";
  EXPECT_EQ(model::ReasonOf(ChannelOf(context, Cart("c", "")).status()),
            "SALES_CHANNEL_NOT_FOUND");
}

TEST(InventoryView, AChannelWhoseNumbersGoElsewhereIsNotAsked) {
  const std::vector<model::Cart> carts = {Cart("a", "Shop"),
                                          Cart("b", "Market")};
  InventoryContext context =
      Context(InventorySyncMode::kPerSalesChannel, carts);
  context.locations[0].numbers_in_use = true;
  EXPECT_THAT(ChannelsToPull(context), ElementsAre(6));
  const std::vector<model::CartError> errors = CartErrors(context);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].cart_id, "a");
  EXPECT_EQ(model::ReasonOf(errors[0].status), "ACCOUNT_IN_USE");
  context.settings.inventory_sync_mode = InventorySyncMode::kPerWarehouse;
  EXPECT_THAT(CartErrors(context), IsEmpty()) << "no number is asked for";
}

TEST(InventoryView, NotesWhichLocationsHaveComeBack) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  InventoryContext context =
      Context(InventorySyncMode::kPerWarehouse, {Cart("a", "Shop", {1, 3})});
  model::InventoryState state;
  for (const int64_t id : {1, 2, 3}) state.SetMark(StockSource(id), now);
  const auto ids = [](const std::vector<model::StoredLocation>& locations) {
    std::vector<int64_t> found;
    for (const auto& each : locations) found.push_back(each.location.id);
    return found;
  };
  // All but channel 5 and warehouse 1 are away.
  EXPECT_THAT(ids(NoteReturns(now, &context, &state)),
              ElementsAre(6, 7, 8, 9, 2, 3, 4));
  EXPECT_THAT(NoteReturns(now, &context, &state), IsEmpty());
  // The cart takes up a warehouse, and another one becomes active.
  context.connection.carts[0].warehouse_ids = {1, 2, 3};
  context.locations[7].active = true;
  EXPECT_THAT(ids(NoteReturns(now, &context, &state)), ElementsAre(2, 3));
  EXPECT_EQ(ReadFrom(context, model::LocationKind::kWarehouse, 2),
            now + absl::Microseconds(1));
  EXPECT_EQ(ReadFrom(context, model::LocationKind::kWarehouse, 3),
            now + absl::Microseconds(1));
  EXPECT_EQ(ReadFrom(context, model::LocationKind::kWarehouse, 1),
            absl::InfinitePast());
  EXPECT_TRUE(state.MarkOf(StockSource(1)).has_value());
  EXPECT_FALSE(state.MarkOf(StockSource(2)).has_value()) << "to be read again";
}

// Rule 0.
TEST(InventoryView, PullsAllActiveWarehousesUnlessEveryCartHasAList) {
  const auto mode = InventorySyncMode::kPerWarehouse;
  EXPECT_THAT(WarehousesToPull(Context(mode)), ElementsAre(1, 2));
  EXPECT_THAT(WarehousesToPull(Context(mode, {Cart("a", "", {2, 3, 77})})),
              ElementsAre(2));
  EXPECT_THAT(
      WarehousesToPull(Context(mode, {Cart("a", "", {2}), Cart("b", "")})),
      ElementsAre(1, 2));
  EXPECT_THAT(WarehousesToPull(Context(InventorySyncMode::kPerSalesChannel)),
              IsEmpty());
}

// Rule 0.
TEST(InventoryView, PullsTheActiveChannelsThatCartsName) {
  const InventoryContext context =
      Context(InventorySyncMode::kPerSalesChannel,
              {Cart("a", "Shop"), Cart("b", "Closed"), Cart("c", "Nowhere")});
  EXPECT_THAT(ChannelsToPull(context), ElementsAre(5));
  const std::vector<model::CartError> errors = CartErrors(context);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].cart_id, "c");
}

TEST(InventoryView, PerWarehouseNeedsAChannelForListingSkusOnly) {
  model::Cart listing = Cart("a", "Shop");
  listing.sku_source = SkuSource::kListingSku;
  EXPECT_THAT(ChannelsToPull(Context(InventorySyncMode::kPerWarehouse,
                                     {listing, Cart("b", "Nowhere")})),
              ElementsAre(5));
  EXPECT_THAT(CartErrors(Context(InventorySyncMode::kPerWarehouse,
                                 {listing, Cart("b", "Nowhere")})),
              IsEmpty());
}

TEST(InventoryView, ACartSeesItsOwnLocations) {
  std::vector<View> views =
      BuildViews(Context(InventorySyncMode::kPerSalesChannel,
                         {Cart("b", "Market"), Cart("a", "Shop"),
                          Cart("c", "Nowhere"), Cart("d", "Closed")}));
  ASSERT_THAT(views, SizeIs(5));
  EXPECT_EQ(views[0].id, "");
  EXPECT_THAT(views[0].locations, ElementsAre(5, 6));
  EXPECT_EQ(views[1].id, "a");
  EXPECT_THAT(views[1].locations, ElementsAre(5));
  EXPECT_THAT(views[2].locations, ElementsAre(6));
  EXPECT_THAT(views[3].locations, IsEmpty());
  EXPECT_THAT(views[4].locations, IsEmpty());
  views = BuildViews(Context(InventorySyncMode::kPerWarehouse,
                             {Cart("a", "", {2, 3}), Cart("b", "")}));
  EXPECT_THAT(views[0].locations, ElementsAre(1, 2));
  EXPECT_THAT(views[1].locations, ElementsAre(2));
  EXPECT_THAT(views[2].locations, ElementsAre(1, 2));
}

TEST(InventoryView, SomethingNeverReadIsNeeded) {
  InventoryContext context = Context(InventorySyncMode::kPerWarehouse);
  const absl::Time now = absl::FromUnixSeconds(100'000);
  model::InventoryState marks;
  marks.SetMark(ProductsSource(), now);
  marks.SetMark(WarehousesSource(), now);
  marks.SetMark(StockSource(1), now);
  EXPECT_TRUE(NeedsUnreadSource(context, marks));
  marks.SetMark(StockSource(2), now - absl::Hours(2));
  EXPECT_FALSE(NeedsUnreadSource(context, marks));
  EXPECT_TRUE(NeedsUnreadSource(context, marks, now - absl::Hours(1)));
  context.settings.inventory_sync_mode = InventorySyncMode::kPerSalesChannel;
  EXPECT_TRUE(NeedsUnreadSource(context, marks));
  marks.SetMark(ChannelsSource(), now);
  EXPECT_FALSE(NeedsUnreadSource(context, marks));
  context.connection.carts = {Cart("a", "Shop")};
  marks.SetMark(ListingsSource(5), now);
  EXPECT_TRUE(NeedsUnreadSource(context, marks));
  marks.SetMark(NumbersSource(5), now);
  EXPECT_FALSE(NeedsUnreadSource(context, marks));
}

// Rule 11: with both settings off no product call is made.
TEST(InventoryView, ProductsAreNeededForFlagsOrDetails) {
  model::Settings settings;
  EXPECT_TRUE(NeedsProducts(settings));
  settings.ignore_inactive_products = false;
  EXPECT_FALSE(NeedsProducts(settings));
  settings.download_products_data = true;
  EXPECT_TRUE(NeedsProducts(settings));
}

}  // namespace
}  // namespace oms_connector::inventory
