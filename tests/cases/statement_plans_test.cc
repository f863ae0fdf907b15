// Every statement of the store, explained by the database beside a tenant that
// is a thousand times larger: what is asked for a small connection must not
// read all rows of a table, nor all rows that a connection has of one that may
// be long. PostgreSQL plans by what it has gathered of the rows, so it gets
// them; SQLite by the figures that the schema pins.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "storage/databases/open_store.h"
#include "tests/endpoints/test_database.h"

namespace oms_connector::testing_support {
namespace {

using storage::SqlConnection;
using storage::SqlRow;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Statement {
  const char* file;
  const char* name;
  const char* sql;
};
constexpr Statement kStatements[] = {
#include "tests/cases/statements.inc"
};

constexpr int kSmall = 20;
constexpr int kLarge = kSmall * 1000;

// Tables with many rows of one connection. All others hold one, or a handful
// (locations, carts, consumers), or one for each connection.
const std::set<std::string>& LongTables() {
  static const auto* const tables =
      new std::set<std::string>{"skus",
                                "stock_skus",
                                "stock",
                                "products",
                                "listings",
                                "levels",
                                "orders",
                                "released_orders",
                                "pending_orders",
                                "order_links",
                                "shipments",
                                "shipment_views",
                                "deliveries",
                                "held_orders",
                                "shipment_events",
                                "settings_changes",
                                "sync_runs",
                                "remembered_requests"};
  return *tables;
}

// Statements that may read more, and why.
const std::map<std::string, std::string>& Exceptions() {
  static const auto* const reasons = new std::map<std::string, std::string>{
      {"kRemoveNumber",
       "lets go of what the batches before it have left: nothing"},
      {"kLastNumber", "takes the end of the index that it names"},
      {"kCountUnknown", "an index of the levels without a number alone"},
      {"kListAmbiguousStock",
       "an index of the rows that are ambiguous alone, to show the first"},
      {"kListAmbiguousLevels",
       "an index of the rows that are ambiguous alone, to show the first"},
  };
  return *reasons;
}

// The first connection that the store opens, for questions of our own while the
// store has nothing to do.
class PlansTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = TestDatabase::Make(":memory:");
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    storage::StoreOptions options;
    options.url = database_->url();
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    options.decorate = [this](std::unique_ptr<SqlConnection> connection) {
      if (sql_ == nullptr) sql_ = connection.get();
      return connection;
    };
    postgres_ = storage::IsSharedStore(options.url);
    auto store = storage::OpenStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    // The store connects when it is first used.
    ASSERT_TRUE(
        store_
            ->Read({},
                   [](storage::ReadTransaction& txn) {
                     return txn.connections().ListConnections("", 1).status();
                   })
            .ok());
    ASSERT_NE(sql_, nullptr);
    if (postgres_) Fill();
  }

  void Run(const std::string& sql) {
    const auto run = sql_->Execute(sql, {});
    ASSERT_TRUE(run.ok()) << run.status() << "\n" << sql;
  }

  // Rows of a small connection, number 1, and of a large one, number 2.
  void Fill() {
    ASSERT_TRUE(sql_->Begin(/*write=*/true, {}).ok());
    for (const int number : {1, 2}) {
      const int rows = number == 1 ? kSmall : kLarge;
      const auto fill = [&](absl::string_view table, absl::string_view values) {
        Run(absl::StrCat(
            "INSERT INTO ", table, " SELECT ",
            absl::StrReplaceAll(values, {{"#", absl::StrCat(number)}}),
            " FROM generate_series(1, ", rows, ") AS n"));
      };
      Run(absl::StrCat("INSERT INTO connection_numbers VALUES (", number,
                       ", 0)"));
      Run(absl::StrCat("INSERT INTO connections VALUES ('c", number, "', ",
                       number, ", 'e', '', 'a', 1, '', '')"));
      Run(absl::StrCat("INSERT INTO counters VALUES (", number, ", 1, 1, 1)"));
      Run(absl::StrCat("INSERT INTO inventory_state VALUES (", number,
                       ", '')"));
      Run(absl::StrCat("INSERT INTO shipment_states VALUES (", number,
                       ", '', 1, 1, 1)"));
      Run(absl::StrCat("INSERT INTO reference_names VALUES (", number,
                       ", '')"));
      for (const int few : {1, 2, 3}) {
        const std::string key = absl::StrCat(number, ", ", few);
        Run(absl::StrCat("INSERT INTO locations VALUES (", number, ", 2, ", few,
                         ", 'n', 't', 1, 1, 0, 0, NULL, 0)"));
        Run(absl::StrCat("INSERT INTO cart_views VALUES (", key, ", 'cart')"));
        Run(absl::StrCat("INSERT INTO view_locations VALUES (", key,
                         ", 2, 1, 1, 1)"));
        Run(absl::StrCat("INSERT INTO shipment_carts VALUES (", key, ", 'c",
                         few, "', 1, 0, 0)"));
        Run(absl::StrCat("INSERT INTO shipment_consumers VALUES (", number,
                         ", 'c", few, "', '', 1, NULL)"));
      }
      for (const int feed : {1, 2}) {
        Run(absl::StrCat("INSERT INTO pulls (connection, feed) VALUES (",
                         number, ", ", feed, ")"));
      }
      fill("settings_changes", "#, n, n, ''");
      fill("remembered_requests", "#, 'p', 'r', 'id' || n, '', '', n");
      fill("sync_runs", "#, 'run' || n, 1 + n % 2, n, 1, ''");
      fill("skus", "#, n, n, n, 'sku' || n");
      fill("stock_skus", "#, n, n");
      fill("stock", "#, 1 + n % 2, n, n, 1, 0, n, 0, 0, n, 1, 0, 0, n");
      fill("products", "#, n, n, n, 1, 0, 0, n, ''");
      fill("listings",
           "#, 1 + n % 2, n, n, n, n, n, n, 1, 1, 1, 1, n, n, 0, 0");
      fill("levels", "#, n % 2, n, 2, 1, n, n, n, n, 1, 0, 0, n");
      fill("orders", "#, n, 1 + n % 2, 'f' || n, n, 1, 0, 0, ''");
      fill("released_orders", "#, n");
      fill("pending_orders", "#, n");
      fill("order_links", "#, n, n + 1");
      fill("shipments", "#, n, n, 'o' || n, 't' || n, ''");
      fill("shipment_views", "#, n, ''");
      fill("deliveries", "#, n, 1 + n % 2, 1 + n % 5, n, n % 3, n, ''");
      fill("held_orders", "#, n, 1");
      fill("shipment_events", "#, n, 1 + n % 2, n, n, n, ''");
    }
    Run("ANALYZE");
    ASSERT_TRUE(sql_->Commit().ok());
  }

  absl::StatusOr<std::vector<std::string>> Lines(
      const std::string& sql, const std::vector<storage::SqlParam>& params,
      int column) {
    std::vector<std::string> lines;
    OMS_RETURN_IF_ERROR(sql_->Query(sql, params, [&](const SqlRow& row) {
      lines.push_back(row.String(column));
      return absl::OkStatus();
    }));
    return lines;
  }

  // The plan, a step a line, for connection 1.
  absl::StatusOr<std::vector<std::string>> Explain(const Statement& statement) {
    OMS_RETURN_IF_ERROR(sql_->Begin(/*write=*/true, {}));
    absl::StatusOr<std::vector<std::string>> plan =
        postgres_ ? ExplainPrepared(statement.sql)
                  : Lines(absl::StrCat("EXPLAIN QUERY PLAN ", statement.sql),
                          std::vector<storage::SqlParam>(
                              static_cast<size_t>(ParamsOf(statement.sql)),
                              storage::SqlParam(int64_t{1})),
                          3);
    sql_->Rollback();
    return plan;
  }

  absl::StatusOr<std::vector<std::string>> ExplainPrepared(
      const std::string& sql) {
    OMS_RETURN_IF_ERROR(
        sql_->Execute("SET LOCAL plan_cache_mode = force_custom_plan", {})
            .status());
    OMS_RETURN_IF_ERROR(
        sql_->Execute(absl::StrCat("PREPARE probe AS ", sql), {}).status());
    OMS_ASSIGN_OR_RETURN(const std::vector<std::string> types,
                         Lines("SELECT unnest(parameter_types)::text FROM "
                               "pg_prepared_statements WHERE name = 'probe'",
                               {}, 0));
    std::vector<std::string> values;
    for (const std::string& type : types) {
      values.push_back(type == "bigint" || type == "integer" ||
                               type == "double precision"
                           ? "1"
                       : type == "bytea" ? "''"
                                         : "'c1'");
    }
    const std::string execute =
        values.empty()
            ? "probe"
            : absl::StrCat("probe(", absl::StrJoin(values, ", "), ")");
    absl::StatusOr<std::vector<std::string>> plan =
        Lines(absl::StrCat("EXPLAIN (COSTS OFF) EXECUTE ", execute), {}, 0);
    OMS_RETURN_IF_ERROR(sql_->Execute("DEALLOCATE probe", {}).status());
    return plan;
  }

  static int ParamsOf(const std::string& sql) {
    int most = 0, number = 0;
    re2::StringPiece rest(sql);
    while (RE2::FindAndConsume(&rest, R"(\$(\d+))", &number)) {
      most = std::max(most, number);
    }
    return most;
  }

  // What of a plan reads more than the statement should.
  std::vector<std::string> Excesses(const std::vector<std::string>& plan,
                                    const std::string& sql) const {
    std::vector<std::string> excesses;
    const bool limited = absl::StrContains(sql, "LIMIT");
    std::string table;
    for (const std::string& line : plan) {
      bool whole = false;  // all rows, or all of the connection
      std::string found;
      if (RE2::PartialMatch(line, R"(^SCAN (\w+))", &found) ||
          RE2::PartialMatch(line, R"(Seq Scan on (\w+))", &found)) {
        table = found;
        whole = true;
      } else if (RE2::PartialMatch(line, R"(^SEARCH (\w+) USING)", &found)) {
        table = found;
        whole = absl::EndsWith(line, "(connection=?)") && !limited;
      } else if (RE2::PartialMatch(line, R"(Scan .*on (\w+))", &found)) {
        table = found;
      } else if (RE2::PartialMatch(
                     line, R"(Index Cond: \(\(?connection = [^()]*\)?\)$)")) {
        whole = !limited;
      }
      if (whole && LongTables().count(TableOf(table, sql)) > 0) {
        excesses.push_back(line);
      }
    }
    return excesses;
  }

  // The table that an alias of the statement stands for.
  static std::string TableOf(const std::string& name, const std::string& sql) {
    std::string table;
    const std::string pattern =
        absl::StrCat(R"((?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?)", name, R"(\b)");
    return RE2::PartialMatch(sql, pattern, &table) &&
                   LongTables().count(table) > 0
               ? table
               : name;
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<storage::Store> store_;
  SqlConnection* sql_ = nullptr;
  bool postgres_ = false;
};

TEST_F(PlansTest, NoStatementReadsAllRowsOfATenant) {
  ASSERT_GT(std::size(kStatements), 100u);
  for (const Statement& statement : kStatements) {
    const auto plan = Explain(statement);
    ASSERT_TRUE(plan.ok()) << statement.file << " " << statement.name << ": "
                           << plan.status();
    if (Exceptions().count(statement.name) > 0) continue;
    EXPECT_THAT(Excesses(*plan, statement.sql), IsEmpty())
        << statement.file << " " << statement.name << "\n"
        << absl::StrJoin(*plan, "\n");
  }
}

TEST_F(PlansTest, SeesAStatementThatDoes) {
  for (const char* sql :
       {"SELECT text FROM skus WHERE text = $1",
        "SELECT s.product_id FROM stock AS s WHERE s.connection = $1 "
        "AND s.on_hand = $2"}) {
    const auto plan = Explain({"", "", sql});
    ASSERT_TRUE(plan.ok()) << plan.status();
    EXPECT_THAT(Excesses(*plan, sql), SizeIs(1)) << absl::StrJoin(*plan, "\n");
  }
}

TEST_F(PlansTest, EveryExceptionIsAStatement) {
  std::set<std::string> names;
  for (const Statement& statement : kStatements) names.insert(statement.name);
  for (const auto& [name, reason] : Exceptions()) {
    EXPECT_EQ(names.count(name), 1u) << name;
    EXPECT_NE(reason, "");
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
