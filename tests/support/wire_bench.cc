#include "tests/support/wire_bench.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/secret_box.h"
#include "fake_order_manager/http_client.h"
#include "fake_order_manager/world_json.h"

namespace oms_connector::testing_support {

TestDirectory::TestDirectory() {
  const char* base = getenv("TEST_TMPDIR");
  path_ = absl::StrCat(base == nullptr ? "/tmp" : base, "/wireXXXXXX");
  EXPECT_NE(mkdtemp(path_.data()), nullptr);
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TestDirectory::File(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

FakeWorld SmallWireWorld() {
  const auto world = WorldFromJson(R"json({
    "salesChannels": [{"salesChannelId": 7, "name": "Shop"}],
    "warehouses": [{"warehouseId": 1, "name": "East"},
                   {"warehouseId": 2, "name": "West"}],
    "products": [
      {"productId": 10, "masterSku": "TEE-RED", "modifiedDate": "-2d"},
      {"productId": 11, "masterSku": "TEE-BLUE", "modifiedDate": "-2d"}],
    "stock": [
      {"productId": 10, "warehouseId": 1, "onHandQuantity": 5},
      {"productId": 11, "warehouseId": 1, "onHandQuantity": 8},
      {"productId": 10, "warehouseId": 2, "onHandQuantity": 6},
      {"productId": 11, "warehouseId": 2, "onHandQuantity": 9}],
    "listings": [
      {"listingId": 20, "listingSku": "shop-TEE-RED", "masterSku": "TEE-RED",
       "productId": 10, "salesChannelId": 7, "quantity": 50,
       "lastModified": "-2d", "quantityModified": "-2d"},
      {"listingId": 21, "listingSku": "shop-TEE-BLUE", "masterSku": "TEE-BLUE",
       "productId": 11, "salesChannelId": 7, "quantity": 80,
       "lastModified": "-2d", "quantityModified": "-2d"}]})json",
                                   absl::Now());
  EXPECT_TRUE(world.ok()) << world.status();
  return world.value_or(FakeWorld());
}

FakeWorld LongWireWorld(int products) {
  FakeWorld world;
  Warehouse warehouse;
  warehouse.warehouse_id = 1;
  warehouse.name = "East";
  world.Put(warehouse);
  for (int i = 1; i <= products; ++i) {
    Product product;
    product.product_id = 1000 + i;
    product.master_sku = absl::StrFormat("SKU-%d", 1000 + i);
    product.modified = absl::Now() - absl::Hours(48);
    world.Put(product);
    world.SetStock(product.product_id, 1, i);
  }
  return world;
}

void MakeKeyFile(const std::string& path) {
  const auto box = base::SecretBox::LoadOrCreate(path);
  EXPECT_TRUE(box.ok()) << box.status();
}

std::unique_ptr<TestDatabase> NewTestDatabase(const TestDirectory& directory) {
  auto database = TestDatabase::Make(directory.File("store.db"));
  EXPECT_TRUE(database.ok()) << database.status();
  return database.ok() ? *std::move(database) : nullptr;
}

std::unique_ptr<FakeOrderManager> StartFakeOrderManager(FakeWorld world) {
  FakeOrderManager::Options options;
  options.world = std::move(world);
  options.token = kWireToken;
  auto fake = FakeOrderManager::Start(std::move(options));
  EXPECT_TRUE(fake.ok()) << fake.status();
  return *std::move(fake);
}

v1::CreateConnectionRequest NewConnectionRequest(const std::string& id,
                                                 const std::string& base_url,
                                                 absl::string_view connection) {
  v1::CreateConnectionRequest request;
  FillFromText(connection, request.mutable_connection());
  request.set_connection_id(id);
  v1::OrderManagerAccount& account =
      *request.mutable_connection()->mutable_order_manager();
  if (account.base_url().empty()) account.set_base_url(base_url);
  if (!account.has_access_token()) account.set_access_token(kWireToken);
  return request;
}

WireBench::WireBench(FakeWorld world, server::Server::Options options)
    : database_(NewTestDatabase(directory_)),
      fake_(StartFakeOrderManager(std::move(world))) {
  options.listen = "127.0.0.1:0";
  options.admin_listen = "127.0.0.1:0";
  options.store = database_->url();
  options.secret_key_file = directory_.File("key");
  MakeKeyFile(options.secret_key_file);
  options.allow_loopback_order_manager = true;
  options.background_sync = false;
  options.order_manager_requests_per_second = 0;
  options.drain_delay = absl::ZeroDuration();
  auto server = server::Server::Start(options);
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  client_ = std::make_unique<WireClient>(server_->address());
}

WireBench::~WireBench() {
  // Held requests would keep pulls waiting.
  fake_->faults().ReleaseAll();
}

void WireBench::CreateConnection(const std::string& id,
                                 absl::string_view connection) {
  const auto answer =
      Call(&ConnectionStub::CreateConnection,
           NewConnectionRequest(id, fake_->base_url(), connection));
  ASSERT_TRUE(answer.ok()) << answer.error() << answer.status.error_message();
}

v1::Settings WireBench::UpdateSettings(absl::string_view settings,
                                       const std::string& id) {
  v1::UpdateSettingsRequest request;
  FillFromText(settings, request.mutable_settings());
  request.mutable_settings()->set_name(
      absl::StrCat("connections/", id, "/settings"));
  const auto answer = Call(&ConnectorStub::UpdateSettings, request);
  EXPECT_TRUE(answer.ok()) << answer.error() << answer.status.error_message();
  return answer->settings();
}

void WireBench::SetPerWarehouse(const std::string& id) {
  UpdateSettings(
      "inventory { inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE }",
      id);
}

void WireBench::Merge(absl::string_view table, absl::string_view json) {
  fake_->Mutate([&](FakeWorld& world) {
    const absl::Status merged = MergeRows(table, json, absl::Now(), world);
    EXPECT_TRUE(merged.ok()) << merged;
  });
}

WireAnswer<v1::SyncInventoryResponse> WireBench::SyncNow(
    const std::string& id, const std::string& cursor) {
  v1::SyncInventoryRequest request;
  request.set_connection(absl::StrCat("connections/", id));
  request.set_cursor(cursor);
  request.mutable_max_staleness();
  return Call(&ConnectorStub::SyncInventory, request);
}

bool AwaitLongPolls(const std::string& admin_address, int count) {
  const int port =
      atoi(admin_address.substr(admin_address.rfind(':') + 1).c_str());
  const std::string line = absl::StrCat("long-polls: ", count, "\n");
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (absl::Now() < deadline) {
    if (absl::StrContains(Get(port, "/statusz").body, line)) return true;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return false;
}

std::string Brief(const v1::SyncInventoryResponse& page) {
  std::vector<std::string> levels;
  for (const v1::InventoryLevel& level : page.levels()) {
    levels.push_back(absl::StrCat(
        level.sku(), "@",
        level.has_warehouse() ? level.warehouse().id()
                              : level.sales_channel().id(),
        "=",
        level.has_available() ? absl::StrCat(level.available())
                              : v1::InventoryLevel::WithheldReason_Name(
                                    level.withheld_reason())));
  }
  std::sort(levels.begin(), levels.end());
  return absl::StrJoin(levels, " ");
}

}  // namespace oms_connector::testing_support
