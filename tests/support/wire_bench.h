// A whole server in the test's own process: real gRPC over loopback, a real
// database of its own of the kind that the program runs against
// (tests/endpoints), real HTTP to a fake Order Manager.
//
//   WireBench bench;
//   bench.CreateConnection("acme", R"pb(carts { id: "shop" sales_channel: "7"
//   })pb"); const auto page = bench.Call(&ConnectorStub::SyncInventory,
//                                R"pb(connection: "connections/acme")pb");
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_WIRE_BENCH_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_WIRE_BENCH_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/world.h"
#include "server/server.h"
#include "tests/endpoints/test_database.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {

// The only token that WireBench's Order Manager takes.
inline constexpr char kWireToken[] = "token-of-the-order-manager";

// A directory of the test's own, removed with the object.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::string& path() const { return path_; }
  // The path of a file in it.
  std::string File(absl::string_view name) const;

 private:
  std::string path_;
};

// Channel 7 "Shop"; warehouses 1 and 2; products 10 TEE-RED and 11 TEE-BLUE,
// 5 and 8 of them in warehouse 1, 6 and 9 in warehouse 2; each listed on the
// channel as shop-TEE-… with the numbers 50 and 80.
FakeWorld SmallWireWorld();

// As many products as asked for, SKU-1001 and so on, with stock in warehouse 1;
// no channel.
FakeWorld LongWireWorld(int products);

// Makes a key that seals tokens, for servers that share a database.
void MakeKeyFile(const std::string& path);

// An empty database, in a file of `directory` where it is SQLite's; a test
// failure where there is none.
std::unique_ptr<TestDatabase> NewTestDatabase(const TestDirectory& directory);

std::unique_ptr<FakeOrderManager> StartFakeOrderManager(FakeWorld world);

// `connection` is the text of a Connection, which needs no account.
v1::CreateConnectionRequest NewConnectionRequest(const std::string& id,
                                                 const std::string& base_url,
                                                 absl::string_view connection);

class WireBench {
 public:
  // Port, store and Order Manager are the bench's own; nothing is pulled
  // without being asked for.
  explicit WireBench(FakeWorld world = SmallWireWorld(),
                     server::Server::Options options = {});
  ~WireBench();

  server::Server& server() { return *server_; }
  FakeOrderManager& fake() { return *fake_; }
  const TestDirectory& directory() const { return directory_; }
  WireClient& client() { return *client_; }

  template <typename... Arguments>
  auto Call(Arguments&&... arguments) {
    return client_->Call(std::forward<Arguments>(arguments)...);
  }

  // `connection` as in NewConnectionRequest; a test failure where it fails.
  void CreateConnection(const std::string& id = "acme",
                        absl::string_view connection = "");
  // Changes settings by the text of a Settings; a failure where it fails.
  v1::Settings UpdateSettings(absl::string_view settings,
                              const std::string& id = "acme");
  void SetPerWarehouse(const std::string& id = "acme");
  // Adds or patches rows of the fake's world; see MergeRows.
  void Merge(absl::string_view table, absl::string_view json);

  // Pulls now, waits, and gives the first page.
  WireAnswer<v1::SyncInventoryResponse> SyncNow(const std::string& id = "acme",
                                                const std::string& cursor = "");

 private:
  TestDirectory directory_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<WireClient> client_;
};

// Waits until so many long-polls wait at the server whose admin pages these
// are; false when that takes over 30 s.
bool AwaitLongPolls(const std::string& admin_address, int count);

// "TEE-BLUE@1=WITHHELD_REASON_NO_LISTING TEE-RED@1=5", in order of the text.
std::string Brief(const v1::SyncInventoryResponse& page);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_WIRE_BENCH_H_
