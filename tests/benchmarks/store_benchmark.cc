// What the store costs over the database under it: writes and reads through
// Store beside the same statements through the SQLite library alone, in the
// same run and the same folder.
//
//   writes  transactions a second, over all threads
//   of_raw  the same as a part of what SQLite alone does in one thread (the
//           "/s" that the library prints behind it means nothing)
//
// Several threads may come above 1: their writes share commits.
#include <sqlite3.h>
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
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "benchmark/benchmark.h"
#include "domain/model/connection.h"
#include "domain/model/sync_run.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"

namespace oms_connector::storage {
namespace {

constexpr model::Feed kFeed = model::Feed::kInventory;
constexpr char kUpsert[] =
    "INSERT INTO pulls (connection, feed, checkpoint) VALUES ($1, $2, $3) "
    "ON CONFLICT (connection, feed) DO UPDATE SET "
    "checkpoint = excluded.checkpoint";
constexpr char kSelect[] =
    "SELECT run_id, holder, fence, lease_expire_time, checkpoint, "
    "last_success_time, last_full_success_time, last_error "
    "FROM pulls WHERE connection = $1 AND feed = $2";
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

// A store that holds one connection, "acme", with a checkpoint.
class OpenedStore {
 public:
  explicit OpenedStore(bool full) {
    StoreOptions options;
    options.url = "sqlite:" + folder_.File();
    options.sqlite_synchronous_full = full;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    auto store = OpenStore(options);
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

  Store& store() { return *store_; }
  std::string File() const { return folder_.File(); }
  void Close() { store_ = nullptr; }

 private:
  Folder folder_;
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<Store> store_;
};

// The library alone, on a file that a store has laid out.
class RawDatabase {
 public:
  explicit RawDatabase(bool full) : opened_(full) {
    opened_.Close();
    Require(sqlite3_open(opened_.File().c_str(), &database_) == SQLITE_OK,
            "opening SQLite");
    Execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    upsert_ = Prepare(kUpsert);
    select_ = Prepare(kSelect);
    begin_ = Prepare("BEGIN IMMEDIATE");
    commit_ = Prepare("COMMIT");
  }
  ~RawDatabase() {
    for (sqlite3_stmt* statement : {upsert_, select_, begin_, commit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(database_);
  }

  void WriteOnce(const std::string& text) {
    Step(begin_, SQLITE_DONE);
    sqlite3_bind_text(upsert_, 1, "acme", 4, SQLITE_STATIC);
    sqlite3_bind_int64(upsert_, 2, static_cast<int64_t>(kFeed));
    sqlite3_bind_text(upsert_, 3, text.data(), static_cast<int>(text.size()),
                      SQLITE_STATIC);
    Step(upsert_, SQLITE_DONE);
    Step(commit_, SQLITE_DONE);
  }

  void ReadOnce() {
    sqlite3_bind_text(select_, 1, "acme", 4, SQLITE_STATIC);
    sqlite3_bind_int64(select_, 2, static_cast<int64_t>(kFeed));
    Require(sqlite3_step(select_) == SQLITE_ROW, "reading");
    benchmark::DoNotOptimize(sqlite3_column_text(select_, 4));
    sqlite3_reset(select_);
  }

 private:
  void Execute(const char* sql) {
    Require(
        sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK,
        sql);
  }
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    Require(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) ==
                SQLITE_OK,
            sql);
    return statement;
  }
  static void Step(sqlite3_stmt* statement, int expected) {
    Require(sqlite3_step(statement) == expected, "a statement");
    sqlite3_reset(statement);
  }

  OpenedStore opened_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* upsert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
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

double RawWritesPerSecond(bool full) {
  RawDatabase raw(full);
  return RatePerSecond([&](int64_t i) { raw.WriteOnce(absl::StrCat(i)); });
}

double RawReadsPerSecond() {
  RawDatabase raw(/*full=*/false);
  return RatePerSecond([&](int64_t) { raw.ReadOnce(); });
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

// The argument says whether commits wait for the disk.
void BM_Write(benchmark::State& state) {
  static Shared shared;
  if (state.thread_index() == 0) {
    const bool full = state.range(0) == 1;
    shared.raw_rate = RawWritesPerSecond(full);
    shared.opened = std::make_unique<OpenedStore>(full);
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
BENCHMARK(BM_Write)
    ->ArgName("full")
    ->Arg(1)
    ->Arg(0)
    ->Threads(1)
    ->Threads(8)
    ->Threads(64)
    ->UseRealTime();

void BM_Read(benchmark::State& state) {
  static Shared shared;
  if (state.thread_index() == 0) {
    shared.raw_rate = RawReadsPerSecond();
    shared.opened = std::make_unique<OpenedStore>(/*full=*/false);
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
BENCHMARK(BM_Read)->Threads(1)->Threads(2)->Threads(8)->UseRealTime();

}  // namespace
}  // namespace oms_connector::storage
