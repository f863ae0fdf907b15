// Calls a second of one, two and three servers over one PostgreSQL database,
// and of one server over SQLite: whole programs, over loopback, with as many
// callers in all cases. Callers, servers and database share this machine, so
// more servers show what sharing costs here, not what more machines bring.
//
//   calls  a second, over all callers
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "fake_order_manager/fake_order_manager.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_group.h"
#include "tests/support/wire_bench.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {
namespace {

constexpr int kCallers = 12;
constexpr int kProducts = 100;

// What the callers of one benchmark share.
class Service {
 public:
  // No servers: one, over SQLite.
  explicit Service(int servers) {
    std::string store = absl::StrCat("sqlite:", directory_.File("store.db"));
    if (servers > 0) {
      PostgresServer::Options options;
      options.fsync = true;
      database_ = *PostgresServer::Start(options);
      store = *database_->NewDatabase();
    }
    servers_ = std::make_unique<ServerGroup>(store);
    fake_ = StartFakeOrderManager(LongWireWorld(kProducts));
    for (int i = 0; i < std::max(1, servers); ++i) servers_->Add();
    for (int i = 0; i < kCallers; ++i) {
      clients_.push_back(std::make_unique<WireClient>(
          (*servers_)[i % servers_->size()].address()));
      SetUpConnection(i);
    }
  }
  ~Service() { servers_ = nullptr; }

  WireClient& client(int caller) { return *clients_[caller]; }

  // Each caller has one of its own, with levels and a pull of shipments.
  static std::string Connection(int caller) {
    return absl::StrCat("connections/shop-", caller);
  }

 private:
  void SetUpConnection(int caller) {
    const std::string name = Connection(caller);
    Require(
        client(caller).Call(&ConnectionStub::CreateConnection,
                            NewConnectionRequest(absl::StrCat("shop-", caller),
                                                 fake_->base_url(), "")));
    Require(client(caller).Call(
        &ConnectorStub::UpdateSettings,
        absl::StrCat("settings { name: '", name,
                     "/settings' inventory { inventory_sync_mode: "
                     "INVENTORY_SYNC_MODE_PER_WAREHOUSE } }")));
    Require(client(caller).Call(&ConnectorStub::SyncInventory,
                                absl::StrCat("connection: '", name, "'")));
    Require(client(caller).Call(&ConnectorStub::PollShipments,
                                absl::StrCat("connection: '", name, "'")));
  }
  template <typename Answer>
  static void Require(const Answer& answer) {
    if (answer.ok()) return;
    std::fprintf(stderr, "scaling_benchmark: %s\n", answer.error().c_str());
    std::abort();
  }

  TestDirectory directory_;
  std::unique_ptr<PostgresServer> database_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerGroup> servers_;
  std::vector<std::unique_ptr<WireClient>> clients_;
};

template <typename Call>
void Measure(benchmark::State& state, Call call) {
  static std::unique_ptr<Service> service;
  if (state.thread_index() == 0) {
    service = std::make_unique<Service>(static_cast<int>(state.range(0)));
  }
  int64_t i = 0;
  for (auto _ : state) {
    const auto answer = call(service->client(state.thread_index()),
                             Service::Connection(state.thread_index()), ++i);
    if (!answer.ok()) state.SkipWithError(answer.error().c_str());
  }
  state.counters["calls"] = benchmark::Counter(
      static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  if (state.thread_index() == 0) service = nullptr;
}

void Servers(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("postgres_servers")
      ->DenseRange(0, 3)
      ->Threads(kCallers)
      ->Iterations(200)  // each: a service is long in the making
      ->UseRealTime();
}

void BM_UpdateSettings(benchmark::State& state) {
  Measure(
      state, [](WireClient& client, const std::string& connection, int64_t i) {
        return client.Call(&ConnectorStub::UpdateSettings,
                           absl::StrCat("settings { name: '", connection,
                                        "/settings' inventory { "
                                        "subtract_locked_quantity: ",
                                        i % 2 == 0 ? "true" : "false", " } }"));
      });
}
BENCHMARK(BM_UpdateSettings)->Apply(Servers);

void BM_PollShipments(benchmark::State& state) {
  Measure(
      state, [](WireClient& client, const std::string& connection, int64_t) {
        return client.Call(&ConnectorStub::PollShipments,
                           absl::StrCat("connection: '", connection,
                                        "' max_staleness { seconds: 3600 }"));
      });
}
BENCHMARK(BM_PollShipments)->Apply(Servers);

// The first page of a hundred levels, as stored.
void BM_SyncInventory(benchmark::State& state) {
  Measure(
      state, [](WireClient& client, const std::string& connection, int64_t) {
        return client.Call(&ConnectorStub::SyncInventory,
                           absl::StrCat("connection: '", connection,
                                        "' max_staleness { seconds: 3600 }"));
      });
}
BENCHMARK(BM_SyncInventory)->Apply(Servers);

}  // namespace
}  // namespace oms_connector::testing_support
