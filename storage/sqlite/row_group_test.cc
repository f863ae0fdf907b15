#include "storage/sqlite/row_group.h"

#include "gtest/gtest.h"

namespace oms_connector::storage {
namespace {

TEST(RowGroup, PutsTheValuesAsOftenAsThereAreRows) {
  EXPECT_EQ(InsertOfRows("INSERT INTO t (a, b) VALUES ($1, $2)", 2, 1),
            "INSERT INTO t (a, b) VALUES ($1, $2)");
  EXPECT_EQ(InsertOfRows(R"(
    INSERT INTO t (a, b, c) VALUES ($1, 0, $2)
    ON CONFLICT (a) DO UPDATE SET b = excluded.b)",
                         2, 3),
            R"(
    INSERT INTO t (a, b, c) VALUES ($1, 0, $2), ($3, 0, $4), ($5, 0, $6)
    ON CONFLICT (a) DO UPDATE SET b = excluded.b)");
}

TEST(RowGroup, NumbersMayHaveTwoDigits) {
  EXPECT_EQ(InsertOfRows("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6)", 6, 2),
            "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6), "
            "($7, $8, $9, $10, $11, $12)");
}

TEST(RowGroup, OtherStatementsHaveNone) {
  for (const char* const sql :
       {"", "SELECT a FROM t WHERE a = $1", "DELETE FROM t WHERE a = $1",
        "UPDATE t SET a = $1", "INSERT INTO t SELECT a FROM u WHERE a = $1",
        "INSERT INTO t VALUES ($1", "INSERT INTO t VALUES ($)",
        "INSERT INTO t VALUES (lower($1))",
        "INSERT INTO t VALUES ($1) RETURNING a",
        "INSERT INTO t VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = $2"}) {
    EXPECT_EQ(InsertOfRows(sql, 1, 2), "") << sql;
  }
}

}  // namespace
}  // namespace oms_connector::storage
