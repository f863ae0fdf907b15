// The real program over a database that outlives it: for what a server leaves
// behind when it is killed, told to end, or started beside another one.
//
//   RestartBench bench;
//   bench.Start();
//   bench.CreateConnection();
//   bench.KillInTheMiddleOfAPull();
//   bench.Start();
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_RESTART_BENCH_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_RESTART_BENCH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fake_order_manager/fake_order_manager.h"
#include "tests/endpoints/test_database.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {

// Not thread-safe.
class RestartBench {
 public:
  // More than two pages of stock at the largest page size there is.
  static constexpr int kProducts = 3500;

  RestartBench();

  // Of the program; the log says everything, and nothing is pulled without
  // being asked for.
  std::vector<std::string> Arguments() const;
  // Starts the program, anew where it ran before; a test failure where it does
  // not listen.
  void Start();
  // "acme", with inventory per warehouse.
  void CreateConnection();

  WireAnswer<v1::SyncInventoryResponse> Sync(const std::string& rest = "");
  // Pulls to the end. With PostgreSQL the run of a killed server has to lose
  // its lease first, which takes a minute.
  WireAnswer<v1::SyncInventoryResponse> SyncToEnd();
  // How often that page of the stock was asked for.
  int64_t StockRequests(const char* page) const;
  // Starts a pull and holds it at the Order Manager's page 2; what to release.
  int64_t HoldInTheMiddleOfAPull();
  void KillInTheMiddleOfAPull();

  const TestDirectory& directory() const { return directory_; }
  FakeOrderManager& fake() { return *fake_; }
  ServerProcess& process() { return *process_; }
  WireClient& client() { return *client_; }

 private:
  TestDirectory directory_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerProcess> process_;
  std::unique_ptr<WireClient> client_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_RESTART_BENCH_H_
