// What the store costs over the databases under it: writes and reads through
// Store beside the same statements through the database's library alone, in the
// same run and on the same disk.
//
//   writes  transactions a second, over all threads
//   of_raw  the same as a part of what the library alone does in one thread
//   (the
//           "/s" that the library prints behind it means nothing)
//
// sqlite_full and postgres wait for the disk at each commit, sqlite_normal does
// not. Several threads may come above 1: SQLite's writes share commits, and
// PostgreSQL works on several at once. All write to one connection, the hardest
// case for PostgreSQL, where writers to one connection take turns.
#include <stdlib.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "benchmark/benchmark.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"
#include "tests/benchmarks/raw_store.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

using testing_support::PostgresServer;

enum class Kind { kSqliteFull, kSqliteNormal, kPostgres };

constexpr model::Feed kFeed = model::Feed::kInventory;
// How long the library alone is measured before each benchmark.
constexpr auto kRawTime = std::chrono::milliseconds(300);

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "store_benchmark: %s failed\n", what);
  std::abort();
}

// A folder of this benchmark alone, under TMPDIR.
class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "store_bench_XXXXXX")
                .string();
    Require(mkdtemp(path_.data()) != nullptr, "making a folder");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string File() const { return path_ + "/store.db"; }

 private:
  std::string path_;
};

PostgresServer& Postgres() {
  static const std::unique_ptr<PostgresServer> server = [] {
    PostgresServer::Options options;
    options.fsync = true;
    auto started = PostgresServer::Start(options);
    Require(started.ok(), "starting PostgreSQL");
    return *std::move(started);
  }();
  return *server;
}

// A store that holds one connection, "acme", with a checkpoint.
class OpenedStore {
 public:
  explicit OpenedStore(Kind kind) : kind_(kind) {
    options_.url = kind == Kind::kPostgres ? *Postgres().NewDatabase()
                                           : "sqlite:" + folder_.File();
    options_.commits_wait_for_disk = kind == Kind::kSqliteFull;
    options_.clock = &clock_;
    options_.sleeper = &sleeper_;
    options_.ids = &ids_;
    auto store = OpenStore(options_);
    Require(store.ok(), "opening the store");
    store_ = *std::move(store);
    Require(
        store_
            ->Write({},
                    [](WriteTransaction& txn) {
                      model::Connection connection;
                      connection.id = "acme";
                      OMS_RETURN_IF_ERROR(
                          txn.connections().InsertConnection(connection, {}));
                      return txn.runs().PutCheckpoint("acme", kFeed, "x");
                    })
            .ok(),
        "the first write");
  }
  ~OpenedStore() {
    store_ = nullptr;
    if (kind_ == Kind::kPostgres) Postgres().DropDatabase(options_.url);
  }

  Store& store() { return *store_; }
  // The library alone on the same data, which is the store's no more.
  std::unique_ptr<RawStore> OpenRaw() {
    store_ = nullptr;
    return kind_ == Kind::kPostgres
               ? OpenRawPostgres(options_.url)
               : OpenRawSqlite(folder_.File(), kind_ == Kind::kSqliteFull);
  }

 private:
  const Kind kind_;
  Folder folder_;
  StoreOptions options_;
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<Store> store_;
};

// How often a second `function` can be called, in one thread.
template <typename Function>
double RatePerSecond(Function function) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  int64_t calls = 0;
  Clock::duration elapsed{};
  do {
    for (int i = 0; i < 16; ++i, ++calls) function(calls);
    elapsed = Clock::now() - start;
  } while (elapsed < kRawTime);
  return static_cast<double>(calls) /
         std::chrono::duration<double>(elapsed).count();
}

double RawWritesPerSecond(Kind kind) {
  OpenedStore opened(kind);
  const std::unique_ptr<RawStore> raw = opened.OpenRaw();
  return RatePerSecond([&](int64_t i) { raw->WriteOnce(absl::StrCat(i)); });
}

double RawReadsPerSecond(Kind kind) {
  OpenedStore opened(kind);
  const std::unique_ptr<RawStore> raw = opened.OpenRaw();
  return RatePerSecond([&](int64_t) { raw->ReadOnce(); });
}

// What the threads of one benchmark share; made by the first of them before
// the others begin.
struct Shared {
  std::unique_ptr<OpenedStore> opened;
  double raw_rate = 0;
};

void Report(benchmark::State& state, const char* unit, double raw_rate) {
  const auto rate = benchmark::Counter::kIsRate;
  const auto done = static_cast<double>(state.iterations());
  state.counters[unit] = benchmark::Counter(done, rate);
  state.counters["of_raw"] = benchmark::Counter(done / raw_rate, rate);
}

void BM_Write(benchmark::State& state, Kind kind) {
  static Shared shared;
  if (state.thread_index() == 0) {
    shared.raw_rate = RawWritesPerSecond(kind);
    shared.opened = std::make_unique<OpenedStore>(kind);
  }
  int64_t i = 0;
  for (auto _ : state) {
    const std::string text = absl::StrCat(++i);
    Require(shared.opened->store()
                .Write({},
                       [&](WriteTransaction& txn) {
                         return txn.runs().PutCheckpoint("acme", kFeed, text);
                       })
                .ok(),
            "a write");
  }
  Report(state, "writes", shared.raw_rate);
  if (state.thread_index() == 0) shared.opened = nullptr;
}

void WriteThreads(benchmark::internal::Benchmark* benchmark) {
  benchmark->Threads(1)->Threads(8)->Threads(64)->UseRealTime();
}
BENCHMARK_CAPTURE(BM_Write, sqlite_full, Kind::kSqliteFull)
    ->Apply(WriteThreads);
BENCHMARK_CAPTURE(BM_Write, sqlite_normal, Kind::kSqliteNormal)
    ->Apply(WriteThreads);
BENCHMARK_CAPTURE(BM_Write, postgres, Kind::kPostgres)->Apply(WriteThreads);

void BM_Read(benchmark::State& state, Kind kind) {
  static Shared shared;
  if (state.thread_index() == 0) {
    shared.raw_rate = RawReadsPerSecond(kind);
    shared.opened = std::make_unique<OpenedStore>(kind);
  }
  for (auto _ : state) {
    Require(shared.opened->store()
                .Read({},
                      [](ReadTransaction& txn) {
                        return txn.runs().GetCheckpoint("acme", kFeed).status();
                      })
                .ok(),
            "a read");
  }
  Report(state, "reads", shared.raw_rate);
  if (state.thread_index() == 0) shared.opened = nullptr;
}

void ReadThreads(benchmark::internal::Benchmark* benchmark) {
  benchmark->Threads(1)->Threads(2)->Threads(8)->UseRealTime();
}
BENCHMARK_CAPTURE(BM_Read, sqlite, Kind::kSqliteNormal)->Apply(ReadThreads);
BENCHMARK_CAPTURE(BM_Read, postgres, Kind::kPostgres)->Apply(ReadThreads);

}  // namespace
}  // namespace oms_connector::storage
