#include "tests/benchmarks/raw_store.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "model/sync_run.h"

namespace oms_connector::storage {
namespace {

constexpr model::Feed kFeed = model::Feed::kInventory;
constexpr char kConnection[] = "acme";
constexpr char kUpsert[] =
    "INSERT INTO pulls (connection, feed, checkpoint) VALUES ($1, $2, $3) "
    "ON CONFLICT (connection, feed) DO UPDATE SET "
    "checkpoint = excluded.checkpoint";
constexpr char kSelect[] =
    "SELECT run_id, holder, fence, lease_expire_time, checkpoint, "
    "last_success_time, last_full_success_time, last_error "
    "FROM pulls WHERE connection = $1 AND feed = $2";

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "the database alone failed: %s\n", what);
  std::abort();
}

class RawSqlite final : public RawStore {
 public:
  RawSqlite(const std::string& path, bool full) {
    Require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "opening");
    Execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    upsert_ = Prepare(kUpsert);
    select_ = Prepare(kSelect);
    begin_ = Prepare("BEGIN IMMEDIATE");
    commit_ = Prepare("COMMIT");
  }
  ~RawSqlite() override {
    for (sqlite3_stmt* statement : {upsert_, select_, begin_, commit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(database_);
  }

  void WriteOnce(const std::string& checkpoint) override {
    Step(begin_, SQLITE_DONE);
    sqlite3_bind_text(upsert_, 1, kConnection, -1, SQLITE_STATIC);
    sqlite3_bind_int64(upsert_, 2, static_cast<int64_t>(kFeed));
    sqlite3_bind_text(upsert_, 3, checkpoint.data(),
                      static_cast<int>(checkpoint.size()), SQLITE_STATIC);
    Step(upsert_, SQLITE_DONE);
    Step(commit_, SQLITE_DONE);
  }

  void ReadOnce() override {
    sqlite3_bind_text(select_, 1, kConnection, -1, SQLITE_STATIC);
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

  sqlite3* database_ = nullptr;
  sqlite3_stmt* upsert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
};

class RawPostgres final : public RawStore {
 public:
  explicit RawPostgres(const std::string& url)
      : connection_(PQconnectdb(url.c_str()), PQfinish) {
    Require(PQstatus(connection_.get()) == CONNECTION_OK,
            PQerrorMessage(connection_.get()));
    Check(PQprepare(connection_.get(), "upsert", kUpsert, 0, nullptr));
    Check(PQprepare(connection_.get(), "select", kSelect, 0, nullptr));
  }

  void WriteOnce(const std::string& checkpoint) override {
    const std::array<const char*, 3> values = {kConnection, feed_.c_str(),
                                               checkpoint.c_str()};
    Check(PQexecPrepared(connection_.get(), "upsert", 3, values.data(), nullptr,
                         nullptr, 0));
  }

  void ReadOnce() override {
    const std::array<const char*, 2> values = {kConnection, feed_.c_str()};
    Check(PQexecPrepared(connection_.get(), "select", 2, values.data(), nullptr,
                         nullptr, 0));
  }

 private:
  void Check(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    Require(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK,
            PQresultErrorMessage(result));
    PQclear(result);
  }

  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
  const std::string feed_ = absl::StrCat(static_cast<int64_t>(kFeed));
};

}  // namespace

std::unique_ptr<RawStore> OpenRawSqlite(const std::string& path, bool full) {
  return std::make_unique<RawSqlite>(path, full);
}

std::unique_ptr<RawStore> OpenRawPostgres(const std::string& url) {
  return std::make_unique<RawPostgres>(url);
}

}  // namespace oms_connector::storage
