// No answer is larger than a client takes that keeps gRPC's limit of 4 MiB,
// however long the texts of the Order Manager are: pages end early, and the
// rest comes behind the cursor or the page token.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

constexpr int kRows = 1200;
// Nearly as long as ids, names and SKUs are let in: a row that is told has
// three or more of them, so that a thousand rows are too many for one answer.
constexpr size_t kLongName = 1000;
constexpr size_t kLongText = 8000;
constexpr size_t kMaxAnswer = 3 * 1024 * 1024 + 64 * 1024;

// `text`, made long at its end.
std::string Long(const std::string& text) {
  return text + std::string(kLongName - text.size(), 'x');
}

// Products with long descriptions, and as many shipments, all in a warehouse
// with a long name.
FakeWorld LongTextWorld() {
  FakeWorld world;
  Warehouse warehouse;
  warehouse.warehouse_id = 1;
  warehouse.name = Long("warehouse");
  world.Put(warehouse);
  SalesChannel channel;
  channel.sales_channel_id = 7;
  channel.name = "Shop";
  world.Put(channel);
  const absl::Time past = absl::Now() - absl::Hours(24);
  for (int i = 0; i < kRows; ++i) {
    Product product;
    product.product_id = 1000 + i;
    product.master_sku = Long(absl::StrCat("SKU-", product.product_id));
    product.description = std::string(kLongText, 'd');
    product.modified = past;
    world.Put(product);
    world.SetStock(product.product_id, 1, 5);
    Order order;
    order.order_id = 50'000 + i;
    order.order_number = Long(absl::StrCat("A-", order.order_id));
    order.order_status = "SHIPPED";
    order.sales_channel_id = 7;
    order.created = order.modified = past;
    world.Put(order);
    Shipment shipment;
    shipment.shipment_id = 90'000 + i;
    shipment.order_id = order.order_id;
    shipment.order_number = order.order_number;
    shipment.created = shipment.ship_date = past;
    shipment.warehouse_id = 1;
    shipment.tracking_number = Long(absl::StrCat("1Z", shipment.shipment_id));
    shipment.ship_method.shipping_carrier = Long("CARRIER");
    world.Put(shipment);
  }
  return world;
}

class PageSizeWireTest : public ::testing::Test {
 protected:
  PageSizeWireTest() : bench_(LongTextWorld()) {
    bench_.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  }

  WireBench bench_;
};

TEST_F(PageSizeWireTest, InventoryEndsPagesEarlyAndLosesNothing) {
  bench_.SetPerWarehouse();
  bench_.UpdateSettings("inventory { download_products_data: true }");
  std::set<std::string> levels;
  std::set<int64_t> products;
  std::string cursor;
  int pages = 0;
  bool caught_up = false;
  while (!caught_up) {
    const auto page = bench_.Call(
        &ConnectorStub::SyncInventory,
        absl::StrCat(
            "connection: 'connections/acme' max_results: 5000 cursor: '",
            cursor, "'"));
    ASSERT_EQ(page.error(), "OK");
    ASSERT_LT(pages++, 10);
    EXPECT_LE(page->ByteSizeLong(), kMaxAnswer);
    EXPECT_GT(page->levels_size() + page->products_size(), 0);
    for (const auto& level : page->levels()) levels.insert(level.sku());
    for (const auto& product : page->products()) {
      EXPECT_TRUE(products.insert(product.product_id()).second);
    }
    cursor = page->next_cursor();
    caught_up = page->caught_up();
  }
  EXPECT_GE(pages, 4);
  EXPECT_EQ(levels.size(), kRows);
  EXPECT_EQ(products.size(), kRows);
}

TEST_F(PageSizeWireTest, ShipmentsEndPagesEarlyAndLoseNothing) {
  std::set<int64_t> shipments;
  std::string cursor;
  int pages = 0;
  bool caught_up = false;
  while (!caught_up) {
    const auto page = bench_.Call(
        &ConnectorStub::PollShipments,
        absl::StrCat(
            "connection: 'connections/acme' max_results: 5000 cursor: '",
            cursor, "'"));
    ASSERT_EQ(page.error(), "OK");
    ASSERT_LT(pages++, 10);
    EXPECT_LE(page->ByteSizeLong(), kMaxAnswer);
    for (const auto& event : page->events()) {
      EXPECT_TRUE(shipments.insert(event.shipment().shipment_id()).second);
    }
    cursor = page->next_cursor();
    caught_up = page->caught_up();
  }
  EXPECT_GE(pages, 2);
  EXPECT_EQ(shipments.size(), kRows);
}

TEST_F(PageSizeWireTest, ListsEndPagesEarlyAndLoseNothing) {
  ASSERT_EQ(bench_
                .Call(&ConnectorStub::PollShipments,
                      "connection: 'connections/acme' max_results: 1")
                .error(),
            "OK");
  std::set<int64_t> shipments;
  std::string token;
  int pages = 0;
  do {
    const auto page = bench_.Call(
        &ConnectionStub::ListShipments,
        absl::StrCat("parent: 'connections/acme' page_size: 1000 page_token: '",
                     token, "'"));
    ASSERT_EQ(page.error(), "OK");
    ASSERT_LT(pages++, 10);
    EXPECT_LE(page->ByteSizeLong(), kMaxAnswer);
    for (const auto& shipment : page->shipments()) {
      EXPECT_TRUE(shipments.insert(shipment.shipment_id()).second);
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_GE(pages, 2);
  EXPECT_EQ(shipments.size(), kRows);
}

TEST_F(PageSizeWireTest, PreviewEndsPagesEarlyAndLosesNothing) {
  bench_.SetPerWarehouse();
  ASSERT_EQ(bench_.SyncNow().error(), "OK");
  std::set<std::string> skus;
  std::string token;
  int pages = 0;
  do {
    const auto page = bench_.Call(
        &ConnectionStub::PreviewSettings,
        absl::StrCat(
            "name: 'connections/acme/settings' page_size: 1000 settings {"
            "  inventory { inventory_sync_mode: "
            "                INVENTORY_SYNC_MODE_PER_SALES_CHANNEL } }"
            "page_token: '",
            token, "'"));
    ASSERT_EQ(page.error(), "OK");
    ASSERT_LT(pages++, 10);
    EXPECT_LE(page->ByteSizeLong(), kMaxAnswer);
    for (const auto& row : page->rows()) {
      EXPECT_TRUE(skus.insert(row.before().sku()).second);
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_GE(pages, 2);
  EXPECT_EQ(skus.size(), kRows);
}

}  // namespace
}  // namespace oms_connector::testing_support
