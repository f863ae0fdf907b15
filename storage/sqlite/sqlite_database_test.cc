#include "storage/sqlite/sqlite_database.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/schema/schema.h"
#include "storage/sql/deleted_connections.h"
#include "storage/sql/store_copy.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oms_connector::storage {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr SchemaStep kOne = {1, "0001_one.sql",
                             "CREATE TABLE one (a INTEGER) STRICT;"};
constexpr SchemaStep kTwo = {2, "0002_two.sql",
                             "CREATE TABLE two (a INTEGER) STRICT;"
                             "INSERT INTO two SELECT a + 1 FROM one;"};
constexpr SchemaStep kBroken = {2, "0002_broken.sql",
                                "CREATE TABLE two (a INTEGER) STRICT; NO SQL;"};

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  SqliteDatabaseTest() {
    const ::testing::TestInfo* test =
        ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string folder =
        absl::StrCat(::testing::TempDir(), "/database_", test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    options_.path = folder + "/store.db";
    options_.clock = &clock_;
    options_.sleeper = &sleeper_;
  }

  absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(
      std::vector<SchemaStep> schema) {
    return OpenSqliteWriter(options_, schema);
  }

  // What stands in the one row and column of a result.
  static std::string Value(SqliteConnection& connection, const char* sql) {
    std::string value;
    EXPECT_EQ(connection.Query(sql, {},
                               [&](const SqlRow& row) {
                                 value = row.String(0);
                                 return absl::OkStatus();
                               }),
              absl::OkStatus());
    return value;
  }

  // Makes the file with plain SQL, as another program would.
  void MakeForeign(const std::string& script) {
    SqliteConnection::Options plain;
    plain.path = options_.path;
    plain.clock = &clock_;
    plain.sleeper = &sleeper_;
    auto connection = SqliteConnection::Open(plain);
    ASSERT_TRUE(connection.ok());
    ASSERT_EQ((*connection)->ExecuteScript(script), absl::OkStatus());
  }

  std::string Content() const {
    std::ifstream file(options_.path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  // Opening is refused for a reason that names the file, which stays as it is.
  void ExpectRefused(const std::string& why) {
    const std::string before = Content();
    for (const absl::Status& status :
         {Open({kOne}).status(), OpenSqliteReader(options_, {kOne}).status()}) {
      EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
      EXPECT_THAT(std::string(status.message()),
                  AllOf(HasSubstr(options_.path), HasSubstr(why)));
    }
    EXPECT_EQ(Content(), before);
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  SqliteDatabaseOptions options_;
};

TEST_F(SqliteDatabaseTest, MarksAndPreparesANewFile) {
  auto connection = Open({kOne, kTwo});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(Value(**connection, "PRAGMA application_id"),
            absl::StrCat(kSqliteApplicationId));
  EXPECT_EQ(Value(**connection, "PRAGMA user_version"), "2");
  EXPECT_EQ(Value(**connection, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(Value(**connection, "PRAGMA synchronous"), "2");
  EXPECT_EQ(Value(**connection, "PRAGMA foreign_keys"), "1");
  EXPECT_EQ(Value(**connection, "PRAGMA cache_size"), "-12000");
}

TEST_F(SqliteDatabaseTest, WaitsForTheDiskLessWhenAskedTo) {
  options_.synchronous = SqliteSynchronous::kNormal;
  auto connection = Open({kOne});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(Value(**connection, "PRAGMA synchronous"), "1");
}

TEST_F(SqliteDatabaseTest, AppliesTheStepsThatAreMissingAndKeepsTheContent) {
  {
    auto connection = Open({kOne});
    ASSERT_TRUE(connection.ok()) << connection.status();
    ASSERT_TRUE((*connection)->Execute("INSERT INTO one VALUES (41)", {}).ok());
  }
  for (int i = 0; i < 2; ++i) {
    auto connection = Open({kOne, kTwo});
    ASSERT_TRUE(connection.ok()) << connection.status();
    EXPECT_EQ(Value(**connection, "SELECT group_concat(a) FROM two"), "42");
  }
}

TEST_F(SqliteDatabaseTest, AFailedStepChangesNothing) {
  ASSERT_TRUE(Open({kOne}).ok());
  const absl::Status status = Open({kOne, kBroken}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("0002_broken.sql"));
  auto connection = Open({kOne, kTwo});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(Value(**connection, "PRAGMA user_version"), "2");
}

TEST_F(SqliteDatabaseTest, RefusesANewerSchema) {
  ASSERT_TRUE(Open({kOne, kTwo}).ok());
  ExpectRefused("Run the newer program");
}

TEST_F(SqliteDatabaseTest, RefusesTheDatabaseOfAnotherProgram) {
  MakeForeign("CREATE TABLE theirs (a); PRAGMA application_id = 77;");
  ExpectRefused("another program");
}

TEST_F(SqliteDatabaseTest, RefusesADatabaseThatNobodyHasMarked) {
  MakeForeign("CREATE TABLE theirs (a);");
  ExpectRefused("another program");
}

TEST_F(SqliteDatabaseTest, RefusesWhatIsNoDatabase) {
  std::ofstream(options_.path) << std::string(8192, 'x');
  ExpectRefused("restore a backup");
}

TEST_F(SqliteDatabaseTest, RefusesADatabaseWithABrokenCatalogue) {
  ASSERT_TRUE(Open({kOne}).ok());
  std::fstream file(options_.path,
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);  // behind the header, where the catalogue begins
  file << std::string(1000, '\x55');
  file.close();
  ExpectRefused("restore a backup");
}

TEST_F(SqliteDatabaseTest, RefusesAFolder) {
  std::filesystem::create_directory(options_.path);
  EXPECT_TRUE(absl::IsFailedPrecondition(Open({kOne}).status()));
}

TEST_F(SqliteDatabaseTest, ReadersWriteNothing) {
  auto writer = Open({kOne});
  ASSERT_TRUE(writer.ok()) << writer.status();
  auto reader = OpenSqliteReader(options_, {kOne});
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_FALSE((*reader)->Execute("INSERT INTO one VALUES (1)", {}).ok());
  ASSERT_TRUE((*writer)->Execute("INSERT INTO one VALUES (1)", {}).ok());
  EXPECT_EQ(Value(**reader, "SELECT count(*) FROM one"), "1");
}

TEST_F(SqliteDatabaseTest, ReadersMakeNoFile) {
  EXPECT_TRUE(
      absl::IsFailedPrecondition(OpenSqliteReader(options_, {kOne}).status()));
  EXPECT_FALSE(std::filesystem::exists(options_.path));
}

TEST_F(SqliteDatabaseTest, LinksLeadToOneName) {
  ASSERT_TRUE(Open({kOne}).ok());
  const std::string link = options_.path + "-link";
  std::filesystem::create_symlink(options_.path, link);
  EXPECT_EQ(*CanonicalSqlitePath(link), *CanonicalSqlitePath(options_.path));
  EXPECT_EQ(*CanonicalSqlitePath(kSqliteMemoryPath), kSqliteMemoryPath);
  EXPECT_EQ(CanonicalSqlitePath("store.db")->front(), '/');
  EXPECT_TRUE(absl::IsFailedPrecondition(CanonicalSqlitePath("").status()));
}

struct SchemaInMemory {
  SchemaInMemory() {
    SqliteDatabaseOptions options;
    options.path = kSqliteMemoryPath;
    options.clock = &clock;
    options.sleeper = &sleeper;
    connection = OpenSqliteWriter(options, SqliteSchema());
  }

  base::SystemClock clock;
  base::SystemSleeper sleeper;
  absl::StatusOr<std::unique_ptr<SqliteConnection>> connection;
};

TEST(SqliteSchema, HasNumberedStepsThatKeepToTheRules) {
  int number = 0;
  for (const SchemaStep& step : SqliteSchema()) {
    EXPECT_EQ(step.number, ++number) << step.name;
  }
  EXPECT_GE(number, 4);
}

TEST(SqliteSchema, MakesStrictTablesThatGoWithTheirConnection) {
  SchemaInMemory schema;
  auto& connection = schema.connection;
  ASSERT_TRUE(connection.ok()) << connection.status();
  const char* sql =
      "SELECT coalesce(group_concat(name), '') FROM pragma_table_list AS t "
      "WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' "
      "AND name NOT IN ('last_connection_number', 'connection_numbers', "
      "'store_identity') "
      "AND (NOT strict OR "
      "(name <> 'connections' AND NOT EXISTS ("
      "SELECT 1 FROM pragma_foreign_key_list(t.name) "
      "WHERE \"table\" = 'connection_numbers' AND on_delete = 'CASCADE')) "
      "OR "
      "(SELECT name FROM pragma_table_info(t.name) WHERE pk = 1) "
      "IS NOT 'connection')";
  std::string breaches;
  ASSERT_EQ((*connection)
                ->Query(sql, {},
                        [&](const SqlRow& row) {
                          breaches = row.String(0);
                          return absl::OkStatus();
                        }),
            absl::OkStatus());
  EXPECT_EQ(breaches, "");
}

// Without the foreign keys' help: a table that it forgets would be emptied by
// one statement in the end, however many rows there are.
TEST(SqliteSchema, RemovesRowsOfEveryTableSomeAtATime) {
  SchemaInMemory schema;
  auto& opened = schema.connection;
  ASSERT_TRUE(opened.ok()) << opened.status();
  SqliteConnection& connection = **opened;
  ASSERT_EQ(connection.ExecuteScript(
                "PRAGMA foreign_keys = OFF;"
                "INSERT INTO connection_numbers VALUES (1, 0), (7, 1)"),
            absl::OkStatus());
  // Of one or two rows for a connection.
  const std::set<std::string> small = {"counters", "pulls", "inventory_state",
                                       "shipment_states", "reference_names"};
  const auto tables = ListSqliteTables(connection);
  ASSERT_TRUE(tables.ok()) << tables.status();
  std::vector<std::string> filled;
  for (const CopiedTable& table : *tables) {
    if (table.key.front() != "connection" || table.name == "connections" ||
        small.count(table.name) > 0) {
      continue;
    }
    std::string names;
    std::string values;
    for (const CopiedColumn& column : table.columns) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", column.name);
      if (!values.empty()) absl::StrAppend(&values, ", ");
      if (column.name == "connection") {
        absl::StrAppend(&values, "c");
      } else if (column.kind == ColumnKind::kInteger) {
        absl::StrAppend(&values, "r");
      } else {
        absl::StrAppend(&values, column.kind == ColumnKind::kBytes
                                     ? "CAST(r AS BLOB)"
                                     : "CAST(r AS TEXT)");
      }
    }
    ASSERT_EQ(connection.ExecuteScript(absl::StrCat(
                  "INSERT INTO ", table.name, " (", names, ") SELECT ", values,
                  " FROM (SELECT 1 AS c UNION SELECT 7), "
                  "(SELECT 1 AS r UNION SELECT 2 UNION SELECT 3)")),
              absl::OkStatus())
        << table.name;
    filled.push_back(table.name);
  }
  EXPECT_GE(filled.size(), 20u);
  for (;;) {
    const absl::StatusOr<int64_t> removed = RemoveDeletedRows(connection, 2);
    ASSERT_TRUE(removed.ok()) << removed.status();
    EXPECT_LE(*removed, 2);
    if (*removed == 0) break;
  }
  for (const std::string& table : filled) {
    std::vector<int64_t> left;
    ASSERT_EQ(connection.Query("SELECT connection FROM " + table, {},
                               [&](const SqlRow& row) {
                                 left.push_back(row.Int64(0));
                                 return absl::OkStatus();
                               }),
              absl::OkStatus());
    EXPECT_THAT(left, ElementsAre(1, 1, 1)) << table;
  }
}

// A connection may have any number of rows: none of these may read them all.
TEST(SqliteSchema, FindsRowsByTheirIndexes) {
  SchemaInMemory schema;
  auto& connection = schema.connection;
  ASSERT_TRUE(connection.ok()) << connection.status();
  const std::string ids = "1,2,3,4,5,6,7,8,9,10,11,12";
  const struct {
    std::string where;
    const char* plan;
  } cases[] = {
      {"stock WHERE connection = 1 AND warehouse_id = 1 AND product_id IN (" +
           ids + ")",
       "PRIMARY KEY (connection=? AND warehouse_id=? AND product_id=?)"},
      {"stock_skus WHERE connection = 1 AND sku_key IN (" + ids + ")",
       "PRIMARY KEY (connection=? AND sku_key=?)"},
      {"products WHERE connection = 1 AND sku_key IN (" + ids + ")",
       "products_by_sku (connection=? AND sku_key=?)"},
      {"listings WHERE connection = 1 AND product_id IN (" + ids + ")",
       "listings_by_product (connection=? AND product_id=?)"},
      {"listings WHERE connection = 1 AND sales_channel_id = 1 AND "
       "master_key IN (" +
           ids + ")",
       "listings_by_master"},
      {"levels WHERE connection = 1 AND reason = 4", "levels_ambiguous"},
      {"shipments WHERE connection = 1 AND order_id IN (" + ids +
           ") ORDER BY shipment_id",
       "shipments_by_order (connection=? AND order_id=?)"},
  };
  for (const auto& c : cases) {
    std::string plan;
    ASSERT_EQ((*connection)
                  ->Query("EXPLAIN QUERY PLAN SELECT * FROM " + c.where, {},
                          [&](const SqlRow& row) {
                            plan += row.String(3) + "\n";
                            return absl::OkStatus();
                          }),
              absl::OkStatus());
    EXPECT_THAT(plan, HasSubstr(c.plan)) << c.where;
  }
}

}  // namespace
}  // namespace oms_connector::storage
