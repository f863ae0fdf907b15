#include "storage/sqlite/sqlite_connection.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/manual_clock.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// A statement that takes longer than any test waits.
constexpr char kEndless[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n";
constexpr char kInsertPair[] = "INSERT INTO pairs (a, b) VALUES ($1, $2)";
constexpr char kSelectPairs[] = "SELECT a, b FROM pairs ORDER BY a";

class SqliteConnectionTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteConnection> Open(const std::string& path = ":memory:",
                                         base::Clock* clock = nullptr,
                                         base::Sleeper* sleeper = nullptr) {
    SqliteConnection::Options options;
    options.path = path;
    options.clock = clock == nullptr ? &clock_ : clock;
    options.sleeper = sleeper == nullptr ? &sleeper_ : sleeper;
    auto connection = SqliteConnection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }

  std::unique_ptr<SqliteConnection> OpenWithPairs() {
    auto connection = Open();
    EXPECT_EQ(connection->ExecuteScript(
                  "CREATE TABLE pairs (a INTEGER NOT NULL PRIMARY KEY, b ANY) "
                  "STRICT;"),
              absl::OkStatus());
    return connection;
  }

  static std::vector<std::string> Pairs(SqliteConnection& connection) {
    std::vector<std::string> pairs;
    EXPECT_EQ(connection.Query(kSelectPairs, {},
                               [&](const SqlRow& row) {
                                 pairs.push_back(absl::StrCat(row.Int64(0), "=",
                                                              row.Text(1)));
                                 return absl::OkStatus();
                               }),
              absl::OkStatus());
    return pairs;
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
};

TEST_F(SqliteConnectionTest, BindsParametersByNumber) {
  auto connection = Open();
  std::vector<int64_t> values;
  // Out of order, one of them twice.
  ASSERT_EQ(connection->Query("SELECT $3, $1, $2, $1, $3 - $1", {1, 20, 300},
                              [&](const SqlRow& row) {
                                for (int i = 0; i < 5; ++i) {
                                  values.push_back(row.Int64(i));
                                }
                                return absl::OkStatus();
                              }),
            absl::OkStatus());
  EXPECT_THAT(values, ElementsAre(300, 1, 20, 1, 299));
}

TEST_F(SqliteConnectionTest, KeepsEveryKindOfValue) {
  auto connection = OpenWithPairs();
  const std::string bytes("\0\xff\n", 3);
  const SqlParam values[] = {nullptr,
                             std::numeric_limits<int64_t>::min(),
                             0.1,
                             absl::string_view("Füße\n"),
                             absl::string_view(bytes),
                             Blob{bytes},
                             absl::string_view(),
                             Blob{}};
  int64_t key = 0;
  for (const SqlParam& value : values) {
    ASSERT_TRUE(connection->Execute(kInsertPair, {key++, value}).ok());
  }
  std::vector<std::string> found;
  ASSERT_EQ(connection->Query("SELECT typeof(b), b FROM pairs ORDER BY a", {},
                              [&](const SqlRow& row) {
                                found.push_back(
                                    absl::StrCat(row.Text(0), ":", row.Bytes(1),
                                                 row.IsNull(1) ? "null" : ""));
                                return absl::OkStatus();
                              }),
            absl::OkStatus());
  EXPECT_THAT(found, ElementsAre("null:null", "integer:-9223372036854775808",
                                 "real:0.1", "text:Füße\n", "text:" + bytes,
                                 "blob:" + bytes, "text:", "blob:"));
}

TEST_F(SqliteConnectionTest, CountsChangedRows) {
  auto connection = OpenWithPairs();
  EXPECT_EQ(*connection->ExecuteBatch(kInsertPair, {{1, 1}, {2, 2}, {3, 3}}),
            3);
  EXPECT_EQ(
      *connection->Execute("UPDATE pairs SET b = $1 WHERE a >= $2", {9, 2}), 2);
  EXPECT_EQ(*connection->Execute("DELETE FROM pairs WHERE a = $1", {77}), 0);
  EXPECT_EQ(*connection->ExecuteBatch(kInsertPair, {}), 0);
}

// Most of them in statements of 100 and 25 rows.
TEST_F(SqliteConnectionTest, PutsAnyNumberOfRowsOneAfterTheOther) {
  constexpr char kPut[] =
      "INSERT INTO pairs (a, b) VALUES ($1, $2) "
      "ON CONFLICT (a) DO UPDATE SET b = pairs.b || excluded.b";
  for (const int64_t count : {1, 24, 25, 26, 50, 83, 99, 100, 124, 226}) {
    auto connection = OpenWithPairs();
    SqlParamRows rows;
    std::vector<std::string> texts, expected;
    for (int64_t i = 0; i < count; ++i) texts.push_back(absl::StrCat("t", i));
    for (int64_t i = 0; i < count; ++i) {
      rows.push_back({i, absl::string_view(texts[i])});
      expected.push_back(absl::StrCat(i, "=", texts[i]));
    }
    rows.push_back({0, absl::string_view("again")});
    expected[0] += "again";
    EXPECT_EQ(*connection->ExecuteBatch(kPut, rows), count + 1);
    EXPECT_EQ(Pairs(*connection), expected);
  }
}

TEST_F(SqliteConnectionTest, ARowAmongManyIsRefusedAsOneAlone) {
  auto connection = OpenWithPairs();
  SqlParamRows rows;
  for (int64_t i = 0; i < 30; ++i) rows.push_back({i % 20, 0});
  EXPECT_TRUE(absl::IsAlreadyExists(
      connection->ExecuteBatch(kInsertPair, rows).status()));
}

TEST_F(SqliteConnectionTest, QueryEndsWithTheErrorOfItsRowFunction) {
  auto connection = OpenWithPairs();
  ASSERT_TRUE(connection->ExecuteBatch(kInsertPair, {{1, 1}, {2, 2}}).ok());
  int rows = 0;
  EXPECT_EQ(connection->Query(kSelectPairs, {},
                              [&](const SqlRow&) {
                                ++rows;
                                return absl::DataLossError("enough");
                              }),
            absl::DataLossError("enough"));
  EXPECT_EQ(rows, 1);
  EXPECT_THAT(Pairs(*connection), SizeIs(2));
}

TEST_F(SqliteConnectionTest, RunsOtherStatementsWithinRows) {
  auto connection = OpenWithPairs();
  ASSERT_TRUE(connection->ExecuteBatch(kInsertPair, {{1, 1}, {2, 2}}).ok());
  int64_t sum = 0;
  EXPECT_EQ(connection->Query(kSelectPairs, {},
                              [&](const SqlRow& row) -> absl::Status {
                                // Enough new statements to move the cache
                                // about.
                                for (int i = 0; i < 50; ++i) {
                                  OMS_RETURN_IF_ERROR(connection->Query(
                                      absl::StrCat("SELECT $1 + ", i),
                                      {row.Int64(0)}, [&](const SqlRow& inner) {
                                        sum += inner.Int64(0);
                                        return absl::OkStatus();
                                      }));
                                }
                                return absl::OkStatus();
                              }),
            absl::OkStatus());
  EXPECT_EQ(sum, 2 * 50 * 49 / 2 + 50 * (1 + 2));
}

TEST_F(SqliteConnectionTest, RefusesAStatementWithinItsOwnRows) {
  auto connection = OpenWithPairs();
  ASSERT_TRUE(connection->ExecuteBatch(kInsertPair, {{1, 1}, {2, 2}}).ok());
  EXPECT_TRUE(
      absl::IsInternal(connection->Query(kSelectPairs, {}, [&](const SqlRow&) {
        return connection->Query(
            kSelectPairs, {}, [](const SqlRow&) { return absl::OkStatus(); });
      })));
}

TEST_F(SqliteConnectionTest, RefusesWrongStatementsAndParameters) {
  auto connection = OpenWithPairs();
  EXPECT_TRUE(absl::IsInternal(connection->Execute("NO SQL", {}).status()));
  EXPECT_TRUE(absl::IsInternal(connection->Execute(kInsertPair, {1}).status()));
  for (const char* sql : {"SELECT ?", "SELECT :a", "SELECT $a", "SELECT $0"}) {
    EXPECT_TRUE(absl::IsInternal(connection->Execute(sql, {1}).status()))
        << sql;
  }
  EXPECT_TRUE(connection->Execute(kInsertPair, {1, 2}).ok());
}

TEST_F(SqliteConnectionTest, TellsViolatedKeys) {
  auto connection = Open();
  ASSERT_EQ(connection->ExecuteScript(
                "PRAGMA foreign_keys = ON;"
                "CREATE TABLE parents (p TEXT NOT NULL PRIMARY KEY) STRICT;"
                "CREATE TABLE children (c TEXT NOT NULL UNIQUE, "
                "p TEXT NOT NULL REFERENCES parents) STRICT;"),
            absl::OkStatus());
  constexpr char kChild[] = "INSERT INTO children (c, p) VALUES ($1, $2)";
  EXPECT_TRUE(
      absl::IsNotFound(connection->Execute(kChild, {"c", "none"}).status()));
  constexpr char kParent[] = "INSERT INTO parents (p) VALUES ($1)";
  EXPECT_TRUE(connection->Execute(kParent, {"p"}).ok());
  EXPECT_TRUE(
      absl::IsAlreadyExists(connection->Execute(kParent, {"p"}).status()));
  EXPECT_TRUE(connection->Execute(kChild, {"c", "p"}).ok());
  EXPECT_TRUE(
      absl::IsAlreadyExists(connection->Execute(kChild, {"c", "p"}).status()));
}

TEST_F(SqliteConnectionTest, CommitsAndRollsBack) {
  auto connection = OpenWithPairs();
  ASSERT_EQ(connection->Begin(true, {}), absl::OkStatus());
  EXPECT_TRUE(connection->InTransaction());
  ASSERT_TRUE(connection->Execute(kInsertPair, {1, "kept"}).ok());
  ASSERT_EQ(connection->Commit(), absl::OkStatus());
  EXPECT_FALSE(connection->InTransaction());
  ASSERT_EQ(connection->Begin(true, {}), absl::OkStatus());
  ASSERT_TRUE(connection->Execute(kInsertPair, {2, "gone"}).ok());
  connection->Rollback();
  connection->Rollback();  // nothing is left to roll back
  EXPECT_THAT(Pairs(*connection), ElementsAre("1=kept"));
}

TEST_F(SqliteConnectionTest, InterruptsAtTheDeadline) {
  auto connection = Open();
  const base::CallContext context(clock_.SteadyNow() + absl::Milliseconds(30),
                                  {});
  ASSERT_EQ(connection->Begin(false, context), absl::OkStatus());
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(connection->Execute(kEndless, {}).status()));
  connection->Rollback();
  EXPECT_EQ(connection->Execute("SELECT 1", {}).status(), absl::OkStatus());
}

TEST_F(SqliteConnectionTest, InterruptsWhenCancelled) {
  auto connection = Open();
  // Cancels while the statement runs: the clock is looked at from within it.
  class CancellingClock final : public base::Clock {
   public:
    absl::Time Now() override {
      if (++looks_ == 10) source.Cancel();
      return absl::UnixEpoch();
    }
    base::CancellationSource source;

   private:
    int looks_ = 0;
  };
  CancellingClock clock;
  auto cancelled = Open(":memory:", &clock);
  const base::CallContext context(absl::InfiniteFuture(), clock.source.token());
  ASSERT_EQ(cancelled->Begin(false, context), absl::OkStatus());
  EXPECT_TRUE(absl::IsCancelled(cancelled->Execute(kEndless, {}).status()));
}

TEST_F(SqliteConnectionTest, AnotherContextMayTakeOverATransaction) {
  auto connection = OpenWithPairs();
  base::CancellationSource source;
  ASSERT_EQ(connection->Begin(true, {}), absl::OkStatus());
  connection->Bind({absl::InfiniteFuture(), source.token()});
  source.Cancel();
  EXPECT_TRUE(
      absl::IsCancelled(connection->Execute(kInsertPair, {1, 1}).status()));
  connection->Bind({});
  EXPECT_TRUE(connection->Execute(kInsertPair, {2, 2}).ok());
  EXPECT_EQ(connection->Commit(), absl::OkStatus());
}

TEST_F(SqliteConnectionTest, WaitsForALockWithinItsTimeoutAndDeadline) {
  const std::string path = ::testing::TempDir() + "/locked.db";
  std::filesystem::remove(path);
  auto holder = Open(path);
  ASSERT_EQ(holder->Begin(true, {}), absl::OkStatus());

  base::ManualClock clock;
  base::ManualSleeper sleeper(&clock);
  auto waiter = Open(path, &clock, &sleeper);
  const absl::Time start = clock.Now();
  EXPECT_EQ(waiter->Begin(true, {}), model::StoreBusy(absl::Seconds(1)));
  EXPECT_GE(clock.Now() - start, absl::Seconds(5));
  EXPECT_LT(clock.Now() - start, absl::Seconds(6));
  const absl::Time deadline = clock.Now() + absl::Milliseconds(100);
  EXPECT_TRUE(absl::IsDeadlineExceeded(waiter->Begin(true, {deadline, {}})));
  EXPECT_EQ(clock.Now(), deadline);

  holder->Rollback();
  EXPECT_EQ(waiter->Begin(true, {}), absl::OkStatus());
}

TEST_F(SqliteConnectionTest, SaysThatAFullDatabaseIsFullAndRecovers) {
  auto connection = OpenWithPairs();
  ASSERT_EQ(connection->ExecuteScript("PRAGMA max_page_count = 10"),
            absl::OkStatus());
  const std::string long_text(100'000, 'x');
  ASSERT_EQ(connection->Begin(true, {}), absl::OkStatus());
  EXPECT_EQ(connection->Execute(kInsertPair, {1, long_text}).status(),
            model::StoreFull());
  connection->Rollback();
  EXPECT_TRUE(connection->Execute(kInsertPair, {2, "short"}).ok());
  EXPECT_THAT(Pairs(*connection), ElementsAre("2=short"));
}

// ---- Pages of keys (storage/sql/sql_query.h) --------------------------------

constexpr char kPlacesRange[] =
    "SELECT key, place FROM places WHERE $1 = 7 AND key BETWEEN $2 AND $3 "
    "ORDER BY key, place LIMIT $4";
constexpr char kPlacesOf[] =
    "SELECT key, place FROM places WHERE $1 = 7 AND key = $2 ORDER BY place";

// A table with keys from 1 on, each with so many rows.
class KeyPageTest : public SqliteConnectionTest,
                    public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    connection_ = Open();
    ASSERT_EQ(connection_->ExecuteScript(
                  "CREATE TABLE places (key INTEGER, place INTEGER) STRICT;"),
              absl::OkStatus());
    SqlParamRows rows;
    for (int64_t key = 1; key <= 200; ++key) {
      for (int64_t place = 1; place <= GetParam(); ++place) {
        rows.push_back({key, place});
      }
    }
    ASSERT_TRUE(
        connection_->ExecuteBatch("INSERT INTO places VALUES ($1, $2)", rows)
            .ok());
  }

  // Every row of each key once, in order.
  void ExpectAll(const std::vector<int64_t>& keys) {
    std::vector<std::pair<int64_t, int64_t>> wanted, found;
    for (const int64_t key : keys) {
      for (int64_t place = 1; key <= 200 && place <= GetParam(); ++place) {
        wanted.emplace_back(key, place);
      }
    }
    EXPECT_EQ(QueryKeyPage(*connection_, {kPlacesRange, kPlacesOf},
                           {int64_t{7}}, keys,
                           [&](const SqlRow& row) {
                             found.emplace_back(row.Int64(0), row.Int64(1));
                           }),
              absl::OkStatus());
    EXPECT_EQ(found, wanted);
  }

  std::unique_ptr<SqliteConnection> connection_;
};

TEST_P(KeyPageTest, ReadsEveryRowOnceWhereverTheKeysLie) {
  for (const int64_t apart : {1, 2, 3, 7, 50}) {
    for (const size_t count : {0, 1, 15, 16, 17, 40}) {
      SCOPED_TRACE(absl::StrCat(count, " keys, ", apart, " apart"));
      std::vector<int64_t> keys;
      for (size_t i = 0; i < count; ++i) {
        keys.push_back(1 + static_cast<int64_t>(i) * apart);
      }
      ExpectAll(keys);
    }
  }
  // Close together, but for the last.
  std::vector<int64_t> keys;
  for (int64_t key = 1; key <= 30; ++key) keys.push_back(key);
  keys.push_back(190);
  ExpectAll(keys);
  keys.push_back(500);  // not there
  ExpectAll(keys);
}

INSTANTIATE_TEST_SUITE_P(RowsOfAKey, KeyPageTest,
                         ::testing::Values(1, 2, 3, 5));

}  // namespace
}  // namespace oms_connector::storage
