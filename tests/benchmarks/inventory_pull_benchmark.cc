// What a pull of a big catalogue costs: the real server as a process of its
// own, on a SQLite file, reading 200,000 stock rows over HTTP from a fake Order
// Manager in this process.
//
//   rows          stock rows a second
//   of_limit      the same as a part of what SQLite by hand does with as many
//                 rows in the same run (hand_made_stock.h; the "/s" that the
//                 library prints behind it means nothing)
//   levels        levels written; a pull that found nothing new must write none
//   peak_mib      how far the server's memory rose above that of a server
//                 which has started and answered one call
//
// OMS_BENCH_ROWS sets another number of rows.
#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "benchmark/benchmark.h"
#include "tests/benchmarks/hand_made_stock.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {
namespace {

constexpr int64_t kDefaultRows = 200'000;
constexpr absl::Duration kPullLimit = absl::Minutes(30);
// More than this above an idle server is an error.
constexpr int64_t kMostMemory = 40 * 1024 * 1024;
// Whether a pull finds anything new.
constexpr bool kChanges = true;
void Require(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "inventory_pull_benchmark: %s failed\n", what.c_str());
  std::abort();
}

int64_t Rows() {
  int64_t rows = 0;
  const char* asked = getenv("OMS_BENCH_ROWS");
  return asked != nullptr && absl::SimpleAtoi(asked, &rows) ? rows
                                                            : kDefaultRows;
}

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// The Order Manager, the store's file and a server on it.
class Site {
 public:
  Site()
      : fake_(StartFakeOrderManager(LongWireWorld(static_cast<int>(Rows())))) {
    Start();
    Call(&ConnectionStub::CreateConnection,
         NewConnectionRequest("acme", fake_->base_url(), ""));
    Call<v1::UpdateSettingsRequest>(&ConnectorStub::UpdateSettings, R"pb(
      settings {
        name: "connections/acme/settings"
        inventory { inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE }
      })pb");
    Restart();
  }

  // A server without a past: nothing of what it holds is of an earlier pull.
  void Restart() {
    process_->Signal(SIGTERM);
    process_->Wait();
    Start();
    Call<v1::GetSettingsRequest>(&ConnectorStub::GetSettings,
                                 R"pb(name: "connections/acme/settings")pb");
  }

  v1::SyncInventoryResponse Pull(const std::string& rest) {
    return Call<v1::SyncInventoryRequest>(
        &ConnectorStub::SyncInventory,
        absl::StrCat("connection: 'connections/acme' max_results: 1 "
                     "",
                     rest));
  }

  // Forgets the highest use of memory so far.
  void ResetPeak() {
    std::ofstream(absl::StrCat("/proc/", process_->pid(), "/clear_refs")) << 5;
  }
  // A line of /proc/PID/status, in bytes: VmRSS, VmHWM.
  int64_t Memory(const std::string& name) const {
    std::ifstream file(absl::StrCat("/proc/", process_->pid(), "/status"));
    const std::string prefix = name + ":";
    for (std::string line; std::getline(file, line);) {
      if (line.compare(0, prefix.size(), prefix) == 0) {
        return atoll(line.c_str() + prefix.size()) * 1024;
      }
    }
    Require(false, "reading the server's memory");
    return 0;
  }

  // Rows a second of SQLite by hand, for a first pull or one with no news.
  double LimitRowsPerSecond(bool changes) {
    HandMadeStock limit(
        directory_.File(absl::StrCat("limit", ++limits_, ".db")));
    auto start = std::chrono::steady_clock::now();
    limit.FirstPull(Rows());
    if (!changes) {
      start = std::chrono::steady_clock::now();
      Require(limit.UnchangedPull(Rows()) == 0, "comparing by hand");
    }
    return static_cast<double>(Rows()) / SecondsSince(start);
  }

 private:
  std::string File() const { return directory_.File("store.db"); }

  void Start() {
    process_ = ServerProcess::Start(
        {"--listen=127.0.0.1:0",
         "--admin_listen=", absl::StrCat("--store=sqlite:", File()),
         "--allow_loopback_order_manager", "--background_sync=false",
         "--order_manager_requests_per_second=0", "--drain_delay=0s"},
        directory_.File("log"));
    Require(!process_->address().empty(), "starting the server");
    client_ = std::make_unique<WireClient>(process_->address());
  }

  template <typename Stub, typename Request, typename Response>
  Response Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                             const Request&, Response*),
                const Request& request) {
    const auto answer = client_->Call(method, request, kPullLimit);
    Require(answer.ok(), answer.error());
    return answer.response;
  }
  template <typename Request, typename Stub, typename Response>
  Response Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                             const Request&, Response*),
                const std::string& text) {
    Request request;
    FillFromText(text, &request);
    return Call(method, request);
  }

  TestDirectory directory_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerProcess> process_;
  std::unique_ptr<WireClient> client_;
  int limits_ = 0;
};

Site& TheSite() {
  static Site site;
  return site;
}

void PullOnce(benchmark::State& state, const std::string& request,
              bool changes) {
  Site& site = TheSite();
  site.Restart();
  site.ResetPeak();
  const int64_t idle = site.Memory("VmRSS");
  const auto start = std::chrono::steady_clock::now();
  const v1::SyncInventoryResponse answer = site.Pull(request);
  const double seconds = SecondsSince(start);
  state.SetIterationTime(seconds);
  Require(answer.run().state() == v1::SyncRun::STATE_SUCCEEDED, "the pull");
  const auto rows = static_cast<double>(Rows());
  const double mib = 1024 * 1024;
  state.counters["rows"] = rows / seconds;
  state.counters["of_limit"] =
      rows / seconds / site.LimitRowsPerSecond(changes);
  const int64_t written = answer.run().counts().levels_changed();
  const int64_t risen = site.Memory("VmHWM") - idle;
  state.counters["levels"] = static_cast<double>(written);
  state.counters["idle_mib"] = static_cast<double>(idle) / mib;
  state.counters["peak_mib"] = static_cast<double>(risen) / mib;
  if (!changes && written != 0) state.SkipWithError("levels were written");
  if (risen > kMostMemory) state.SkipWithError("too much memory was used");
}

// In this order: the later ones find nothing new.
void BM_FirstPull(benchmark::State& state) {
  for (auto _ : state) PullOnce(state, "max_staleness {}", kChanges);
}
void BM_UnchangedPull(benchmark::State& state) {
  TheSite().Pull("max_staleness { seconds: 86400 }");
  for (auto _ : state) PullOnce(state, "max_staleness {}", !kChanges);
}
void BM_UnchangedFullPull(benchmark::State& state) {
  TheSite().Pull("max_staleness { seconds: 86400 }");
  for (auto _ : state)
    PullOnce(state, "max_staleness {} kind: SYNC_KIND_FULL", !kChanges);
}
BENCHMARK(BM_FirstPull)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_UnchangedPull)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_UnchangedFullPull)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace oms_connector::testing_support

BENCHMARK_MAIN();
