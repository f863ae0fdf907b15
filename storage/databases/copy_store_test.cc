#include "storage/databases/copy_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "model/errors.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/databases/open_store.h"
#include "storage/document.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/postgres/postgres_store.h"
#include "storage/schema/schema.h"
#include "storage/sql/sql_query.h"
#include "storage/sql/store_copy.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/store.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

using ::testing::UnorderedElementsAreArray;
using testing_support::PostgresServer;

constexpr model::Feed kFeed = model::Feed::kInventory;

// What a table's columns are, "name kind", whatever the database calls them.
using Columns = std::vector<std::string>;

std::string KindOf(const std::string& type) {
  if (type == "text") return "t";
  if (type == "bigint") return "i";
  if (type == "double precision") return "r";
  if (type == "bytea") return "b";
  return type;
}

char LetterOf(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kInteger:
      return 'i';
    case ColumnKind::kReal:
      return 'r';
    case ColumnKind::kText:
      return 't';
    case ColumnKind::kBytes:
      return 'b';
  }
  return '?';
}

Columns ColumnsOf(const CopiedTable& table) {
  Columns columns;
  for (const CopiedColumn& column : table.columns) {
    columns.push_back(
        absl::StrCat(column.name, " ", std::string(1, LetterOf(column.kind))));
  }
  return columns;
}

Columns QueryColumns(SqlConnection& connection, const std::string& sql,
                     absl::string_view table) {
  Columns columns;
  EXPECT_EQ(QueryEach(connection, sql, {table},
                      [&](const SqlRow& row) {
                        columns.push_back(absl::StrCat(row.Text(0), " ",
                                                       KindOf(row.String(1))));
                      }),
            absl::OkStatus());
  return columns;
}

class CopyStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = PostgresServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    to_url_ = *server_->NewDatabase();
    const ::testing::TestInfo* test =
        ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = absl::StrCat(::testing::TempDir(), "/copy_", test->name(), ".db");
    std::filesystem::remove(path_);
  }

  StoreOptions Options(const std::string& url) {
    StoreOptions options;
    options.url = url;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return options;
  }
  std::unique_ptr<Store> Open(const std::string& url) {
    auto store = OpenStore(Options(url));
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  std::string sqlite_url() const { return "sqlite:" + path_; }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<PostgresServer> server_;
  std::string to_url_;
  std::string path_;
};

absl::Status Fill(WriteTransaction& txn) {
  model::Connection connection;
  connection.id = "acme";
  connection.epoch = "e7";
  connection.order_manager.sealed_token = std::string("\0\xff\\x", 4);
  connection.carts.resize(1);
  connection.carts[0].cart_id = "shop";
  connection.carts[0].max_hold = absl::Hours(3);
  OMS_RETURN_IF_ERROR(txn.connections().InsertConnection(connection, {}));
  OMS_RETURN_IF_ERROR(txn.connections().TakeRevisions("acme", 41).status());
  OMS_RETURN_IF_ERROR(txn.connections().TakeSequences("acme", 6).status());
  std::vector<model::StoredProduct> products(2500);
  for (size_t i = 0; i < products.size(); ++i) {
    model::Product product;
    product.name = "Caf\xC3\xA9";
    if (i % 2 == 0) product.weight = 0.1;
    products[i].flags.product_id = static_cast<int64_t>(i) + 1;
    products[i].details = EncodeDocument(product);
  }
  OMS_RETURN_IF_ERROR(txn.inventory().PutProducts("acme", products));
  model::PullLease lease;
  lease.run_id = "run-1";
  lease.expire_time = absl::FromUnixSeconds(100);
  return txn.runs()
      .AcquireLease("acme", kFeed, lease, absl::UnixEpoch())
      .status();
}

TEST_F(CopyStoreTest, CursorsAndEverythingElseGoOnInPostgres) {
  std::unique_ptr<Store> old = Open(sqlite_url());
  ASSERT_EQ(old->Write({}, Fill), absl::OkStatus());
  old = nullptr;
  const auto rows = CopyStore(Options(sqlite_url()), to_url_);
  ASSERT_TRUE(rows.ok()) << rows.status();
  // The number, the newest one, connection, counters, products, lease.
  EXPECT_EQ(*rows, 1 + 1 + 1 + 1 + 2500 + 1);
  EXPECT_EQ(Open(to_url_)->Write(
                {},
                [](WriteTransaction& txn) -> absl::Status {
                  OMS_ASSIGN_OR_RETURN(const model::Connection acme,
                                       txn.connections().GetConnection("acme"));
                  EXPECT_EQ(acme.epoch, "e7");
                  EXPECT_EQ(acme.order_manager.sealed_token,
                            std::string("\0\xff\\x", 4));
                  EXPECT_EQ(acme.carts.at(0).max_hold, absl::Hours(3));
                  EXPECT_EQ(*txn.connections().TakeRevisions("acme", 1), 42);
                  EXPECT_EQ(*txn.connections().TakeSequences("acme", 1), 7);
                  OMS_ASSIGN_OR_RETURN(
                      const auto products,
                      txn.inventory().ListProducts("acme", 0, 9999));
                  EXPECT_EQ(products.size(), 2500u);
                  OMS_ASSIGN_OR_RETURN(
                      const model::Product third,
                      DecodeDocument<model::Product>(products.at(2).details));
                  OMS_ASSIGN_OR_RETURN(
                      const model::Product fourth,
                      DecodeDocument<model::Product>(products.at(3).details));
                  EXPECT_EQ(third.weight, 0.1);
                  EXPECT_EQ(fourth.weight, std::nullopt);
                  EXPECT_EQ(fourth.name, "Caf\xC3\xA9");
                  return txn.runs().CheckFence("acme", kFeed, {"run-1", 1});
                }),
            absl::OkStatus());
}

TEST_F(CopyStoreTest, ChangesNothingInAStoreThatIsInUse) {
  std::unique_ptr<Store> old = Open(sqlite_url());
  ASSERT_EQ(old->Write({}, Fill), absl::OkStatus());
  ASSERT_TRUE(CopyStore(Options(sqlite_url()), to_url_).ok());
  const auto again = CopyStore(Options(sqlite_url()), to_url_);
  EXPECT_TRUE(absl::IsFailedPrecondition(again.status())) << again.status();
  EXPECT_EQ(*server_->Execute("SELECT count(*) FROM products", "test_1"),
            "2500");
}

// Each call to either database fails once, one after the other; OMS_SOAK: all.
TEST_F(CopyStoreTest, CopiesAllOrNothingWhicheverCallFails) {
  constexpr int kMostCalls = 5'000;
  std::unique_ptr<Store> old = Open(sqlite_url());
  ASSERT_EQ(old->Write({}, Fill), absl::OkStatus());
  SqliteDatabaseOptions sqlite;
  sqlite.path = path_;
  sqlite.clock = &clock_;
  sqlite.sleeper = &sleeper_;
  PostgresStoreOptions postgres;
  postgres.url = to_url_;
  postgres.clock = &clock_;
  postgres.sleeper = &sleeper_;
  postgres.ids = &ids_;
  const int stride = std::getenv("OMS_SOAK") != nullptr ? 1 : 7;
  int failed = 0;
  bool untouched = false;
  for (int n = 1; n <= kMostCalls && !untouched && !HasFailure(); n += stride) {
    SCOPED_TRACE(absl::StrCat("call ", n));
    FaultPlan plan;
    FaultSqlConnection from(*OpenSqliteReader(sqlite, SqliteSchema()), &plan);
    FaultSqlConnection to(*OpenPostgresConnection(postgres), &plan);
    const auto tables = *ListSqliteTables(from);
    plan.FailCall(n, model::Internal("broken"), /*loses_transaction=*/true);
    const auto rows = CopyTables(tables, from, to);
    untouched = !plan.fired();
    EXPECT_EQ(rows.ok(), untouched) << rows.status();
    failed += untouched ? 0 : 1;
    EXPECT_EQ(*server_->Execute("SELECT count(*) FROM products", "test_1"),
              untouched ? "2500" : "0");
  }
  printf("%d failed calls of a copy\n", failed);
  EXPECT_TRUE(untouched);
  EXPECT_GT(failed, 5);
}

TEST_F(CopyStoreTest, KnowsWhichStoresItCanCopy) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      CopyStore(Options(sqlite_url()), "sqlite:other.db").status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(CopyStore(Options(to_url_), to_url_).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      CopyStore(Options("sqlite:/no/such/file"), to_url_).status()));
}

// What is copied from one fits into the other.
TEST_F(CopyStoreTest, FindsTheSameTablesWithTheSameColumnsInBoth) {
  ASSERT_NE(Open(sqlite_url()), nullptr);
  ASSERT_NE(Open(to_url_), nullptr);
  SqliteDatabaseOptions file;
  file.path = path_;
  file.clock = &clock_;
  file.sleeper = &sleeper_;
  const auto sqlite = *OpenSqliteReader(file, SqliteSchema());
  PostgresConnection::Options options;
  options.url = to_url_;
  options.clock = &clock_;
  const auto postgres = *PostgresConnection::Open(options);
  std::set<std::string> names = {"commit_markers", "oms_connector_store"};
  const auto tables = ListSqliteTables(*sqlite);
  ASSERT_TRUE(tables.ok()) << tables.status();
  for (const CopiedTable& table : *tables) {
    SCOPED_TRACE(table.name);
    names.insert(table.name);
    EXPECT_FALSE(table.key.empty());
    EXPECT_THAT(QueryColumns(*postgres,
                             "SELECT column_name, data_type FROM "
                             "information_schema.columns WHERE table_name = $1",
                             table.name),
                UnorderedElementsAreArray(ColumnsOf(table)));
  }
  std::set<std::string> found;
  ASSERT_EQ(
      QueryEach(*postgres,
                "SELECT table_name FROM information_schema.tables "
                "WHERE table_schema = current_schema()",
                {}, [&](const SqlRow& row) { found.insert(row.String(0)); }),
      absl::OkStatus());
  EXPECT_EQ(found, names);
}

}  // namespace
}  // namespace oms_connector::storage
