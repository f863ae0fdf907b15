#include "tests/benchmarks/hand_made_stock.h"

#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace oms_connector::testing_support {
namespace {

constexpr int64_t kPageRows = 1000;
constexpr int64_t kGroupRows = 25;  // of one statement
constexpr int64_t kConnection = 1;
constexpr int64_t kLocation = 1;

constexpr char kSchema[] = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE skus (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE UNIQUE INDEX skus_by_text ON skus (text);
  CREATE TABLE stock (
    connection INTEGER NOT NULL, location INTEGER NOT NULL,
    product INTEGER NOT NULL, sku INTEGER NOT NULL, on_hand INTEGER NOT NULL,
    locked INTEGER, value_time INTEGER NOT NULL, available INTEGER,
    state INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (connection, location, product)) STRICT, WITHOUT ROWID;
  CREATE INDEX stock_by_revision ON stock (connection, revision);)sql";

void Require(bool ok, absl::string_view what) {
  if (ok) return;
  std::fprintf(stderr, "SQLite by hand failed: %s\n",
               std::string(what).c_str());
  std::abort();
}

// What the made-up pull says of a product.
int64_t OnHandOf(int64_t product) { return product * 7 % 500; }
int64_t LockedOf(int64_t product) { return product % 9; }

void Step(sqlite3_stmt* statement) {
  Require(sqlite3_step(statement) == SQLITE_DONE, sqlite3_sql(statement));
  sqlite3_reset(statement);
}

}  // namespace

HandMadeStock::HandMadeStock(const std::string& path) {
  Require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "opening");
  Execute(kSchema);
}

HandMadeStock::~HandMadeStock() { sqlite3_close(database_); }

void HandMadeStock::Execute(const char* sql) {
  Require(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK,
          sql);
}

sqlite3_stmt* HandMadeStock::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  Require(
      sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK,
      sql);
  return statement;
}

sqlite3_stmt* HandMadeStock::PrepareGroup(const std::string& insert,
                                          const std::string& values) {
  std::string sql = absl::StrCat(insert, values);
  for (int64_t i = 1; i < kGroupRows; ++i) absl::StrAppend(&sql, ", ", values);
  return Prepare(sql.c_str());
}

void HandMadeStock::FirstPull(int64_t rows) {
  Require(rows % kGroupRows == 0, "a number of rows");
  sqlite3_stmt* skus =
      PrepareGroup("INSERT INTO skus (number, text) VALUES ", "(?, ?)");
  sqlite3_stmt* stock = PrepareGroup("INSERT INTO stock VALUES ",
                                     "(?, ?, ?, ?, ?, ?, ?, ?, 1, ?)");
  for (int64_t first = 1; first <= rows; first += kGroupRows) {
    const bool page_begins = first % kPageRows == 1;
    if (page_begins) Execute("BEGIN IMMEDIATE");
    int sku_column = 0, column = 0;
    std::array<std::string, kGroupRows> texts;
    for (int64_t id = first; id < first + kGroupRows; ++id) {
      std::string& text = texts.at(static_cast<size_t>(id - first));
      text = absl::StrCat("SKU-", id);
      sqlite3_bind_int64(skus, ++sku_column, id);
      sqlite3_bind_text(skus, ++sku_column, text.data(),
                        static_cast<int>(text.size()), SQLITE_STATIC);
      for (const int64_t value :
           {kConnection, kLocation, id, id, OnHandOf(id), LockedOf(id), first,
            OnHandOf(id) - LockedOf(id), id}) {
        sqlite3_bind_int64(stock, ++column, value);
      }
    }
    Step(skus);
    Step(stock);
    const int64_t next = first + kGroupRows;
    if (next % kPageRows == 1 || next > rows) Execute("COMMIT");
  }
  sqlite3_finalize(skus);
  sqlite3_finalize(stock);
}

int64_t HandMadeStock::UnchangedPull(int64_t rows) {
  sqlite3_stmt* range = Prepare(
      "SELECT product, sku, on_hand, locked FROM stock WHERE connection = ? "
      "AND "
      "location = ? AND product BETWEEN ? AND ? ORDER BY product");
  int64_t different = 0;
  for (int64_t first = 1; first <= rows; first += kPageRows) {
    sqlite3_bind_int64(range, 1, kConnection);
    sqlite3_bind_int64(range, 2, kLocation);
    sqlite3_bind_int64(range, 3, first);
    sqlite3_bind_int64(range, 4, first + kPageRows - 1);
    int64_t id = first;
    for (; sqlite3_step(range) == SQLITE_ROW; ++id) {
      const bool same = sqlite3_column_int64(range, 0) == id &&
                        sqlite3_column_int64(range, 1) == id &&
                        sqlite3_column_int64(range, 2) == OnHandOf(id) &&
                        sqlite3_column_int64(range, 3) == LockedOf(id);
      if (!same) ++different;
    }
    sqlite3_reset(range);
  }
  sqlite3_finalize(range);
  return different;
}

int64_t HandMadeStock::ReadFeed() {
  sqlite3_stmt* feed = Prepare(
      "SELECT stock.available, stock.on_hand, stock.locked, stock.revision, "
      "skus.text FROM stock JOIN skus ON skus.number = stock.sku "
      "WHERE stock.connection = ? ORDER BY stock.revision");
  sqlite3_bind_int64(feed, 1, kConnection);
  int64_t rows = 0;
  int64_t bytes = 0;
  for (; sqlite3_step(feed) == SQLITE_ROW; ++rows) {
    bytes += sqlite3_column_bytes(feed, 4) + sqlite3_column_int64(feed, 0);
  }
  Require(rows == 0 || bytes > 0, "reading the feed");
  sqlite3_finalize(feed);
  return rows;
}

}  // namespace oms_connector::testing_support
