// How a connection that reads knows what it sees, among connections of one
// file.
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/commit_count.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oms_connector::storage {
namespace {

// Longer than a reader takes the count of commits at its word.
constexpr absl::Duration kLong = absl::Seconds(1);

TEST(CommitCount, HasNoNumberWhileACommitIsUnderWay) {
  CommitCount commits;
  EXPECT_EQ(commits.Get(), 0);
  commits.BeginCommit();
  EXPECT_EQ(commits.Get(), std::nullopt);
  commits.NoteForeign();
  EXPECT_EQ(commits.Get(), std::nullopt);
  commits.EndCommit();
  EXPECT_EQ(commits.Get(), 2);
}

class SqliteSnapshotTest : public ::testing::Test {
 protected:
  SqliteSnapshotTest()
      : path_(
            std::filesystem::path(::testing::TempDir()) /
            absl::StrCat(
                ::testing::UnitTest::GetInstance()->random_seed(), "-",
                ::testing::UnitTest::GetInstance()->current_test_info()->name(),
                ".db")) {
    std::filesystem::remove(path_);
    writer_ = Open(commits_);
    EXPECT_EQ(writer_->ExecuteScript("PRAGMA journal_mode = WAL;"
                                     "CREATE TABLE rows (id INTEGER) STRICT"),
              absl::OkStatus());
    reader_ = Open(commits_);
  }

  std::unique_ptr<SqliteConnection> Open(std::shared_ptr<CommitCount> commits) {
    SqliteConnection::Options options;
    options.path = path_;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.commits = std::move(commits);
    auto connection = SqliteConnection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }

  static void Add(SqliteConnection& connection) {
    EXPECT_EQ(connection.Begin(/*write=*/true, {}), absl::OkStatus());
    EXPECT_TRUE(connection.Execute("INSERT INTO rows VALUES (1)", {}).ok());
    EXPECT_EQ(connection.Commit(), absl::OkStatus());
  }
  static void BeginReading(SqliteConnection& connection) {
    EXPECT_EQ(connection.Begin(/*write=*/false, {}), absl::OkStatus());
  }
  // Within a transaction.
  static int64_t Rows(SqliteConnection& connection) {
    int64_t rows = -1;
    EXPECT_EQ(connection.Query("SELECT count(*) FROM rows", {},
                               [&](const SqlRow& row) {
                                 rows = row.Int64(0);
                                 return absl::OkStatus();
                               }),
              absl::OkStatus());
    return rows;
  }
  // Of a transaction that reads nothing else.
  static std::string Name(SqliteConnection& connection) {
    BeginReading(connection);
    const auto name = connection.Snapshot();
    EXPECT_TRUE(name.ok()) << name.status();
    EXPECT_EQ(connection.Commit(), absl::OkStatus());
    EXPECT_FALSE(connection.InTransaction());
    return name.value_or("none");
  }

  const std::string path_;
  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  const std::shared_ptr<CommitCount> commits_ = std::make_shared<CommitCount>();
  std::unique_ptr<SqliteConnection> writer_;
  std::unique_ptr<SqliteConnection> reader_;
};

TEST_F(SqliteSnapshotTest, AllReadersKnowOneStateByOneName) {
  const auto other = Open(commits_);
  const std::string first = Name(*reader_);
  EXPECT_NE(first, "");
  EXPECT_EQ(Name(*reader_), first);
  EXPECT_EQ(Name(*other), first);
  Add(*writer_);
  EXPECT_NE(Name(*reader_), first);
  EXPECT_EQ(Name(*reader_), Name(*other));
}

TEST_F(SqliteSnapshotTest, WithoutACountThereAreNoNames) {
  EXPECT_EQ(Name(*Open(nullptr)), "");
}

TEST_F(SqliteSnapshotTest, ATransactionSeesOneStateFromItsFirstStatementOn) {
  Name(*reader_);
  BeginReading(*reader_);
  Add(*writer_);
  EXPECT_EQ(Rows(*reader_), 1);
  Add(*writer_);
  EXPECT_EQ(Rows(*reader_), 1);
  // It has the name of what it sees, or none.
  const auto name = reader_->Snapshot();
  EXPECT_EQ(reader_->Commit(), absl::OkStatus());
  EXPECT_EQ(*name, "");
}

TEST_F(SqliteSnapshotTest, WhatWasNamedIsShownOrTheTransactionRunsAgain) {
  Name(*reader_);
  BeginReading(*reader_);
  EXPECT_NE(*reader_->Snapshot(), "");
  Add(*writer_);
  EXPECT_EQ(reader_->Query("SELECT count(*) FROM rows", {},
                           [](const SqlRow&) { return absl::OkStatus(); }),
            model::StoreBusy(absl::Seconds(1)));
  reader_->Rollback();
  EXPECT_FALSE(reader_->InTransaction());

  // However many commit meanwhile.
  BeginReading(*reader_);
  EXPECT_NE(*reader_->Snapshot(), "");
  Add(*writer_);
  EXPECT_EQ(Rows(*reader_), 1);
  EXPECT_EQ(reader_->Commit(), absl::OkStatus());
}

TEST_F(SqliteSnapshotTest, ACommitUnderWayIsNotSeenByHalves) {
  const auto other = Open(commits_);  // has never looked
  const std::string before = Name(*reader_);
  commits_->BeginCommit();
  // Nothing can be seen of it yet.
  EXPECT_EQ(Name(*reader_), before);
  EXPECT_EQ(Name(*other), "");
  Add(*Open(nullptr));
  // Now it can, but who knows whether that was all.
  EXPECT_EQ(Name(*reader_), "");
  commits_->EndCommit();
  EXPECT_NE(Name(*reader_), "");
  EXPECT_NE(Name(*reader_), before);
  EXPECT_EQ(Name(*other), Name(*reader_));
}

TEST_F(SqliteSnapshotTest, ACommitThatFailsEndsToo) {
  EXPECT_EQ(writer_->Begin(/*write=*/true, {}), absl::OkStatus());
  EXPECT_EQ(writer_->ExecuteScript(
                "CREATE TABLE parents (id INTEGER PRIMARY KEY);"
                "CREATE TABLE children (parent INTEGER REFERENCES parents (id) "
                "DEFERRABLE INITIALLY DEFERRED)"),
            absl::OkStatus());
  EXPECT_EQ(writer_->Commit(), absl::OkStatus());
  EXPECT_EQ(writer_->ExecuteScript("PRAGMA foreign_keys = ON"),
            absl::OkStatus());
  EXPECT_EQ(writer_->Begin(/*write=*/true, {}), absl::OkStatus());
  EXPECT_TRUE(writer_->Execute("INSERT INTO children VALUES (7)", {}).ok());
  EXPECT_FALSE(writer_->Commit().ok());
  writer_->Rollback();
  EXPECT_NE(Name(*reader_), "");
}

TEST_F(SqliteSnapshotTest, AnotherProgramsCommitIsSeenSoon) {
  const auto other = Open(commits_);
  const std::string before = Name(*reader_);
  EXPECT_EQ(Name(*other), before);
  Add(*Open(nullptr));
  clock_.Advance(kLong);
  EXPECT_NE(Name(*reader_), before);
  EXPECT_NE(Name(*other), before);
  EXPECT_NE(Name(*reader_), "");
  EXPECT_EQ(Name(*reader_), Name(*other));
}

TEST_F(SqliteSnapshotTest, TheWriterKnowsItsOwnCommits) {
  const std::string before = Name(*writer_);
  Add(*writer_);
  EXPECT_NE(Name(*writer_), before);
  EXPECT_EQ(Name(*writer_), Name(*reader_));
}

}  // namespace
}  // namespace oms_connector::storage
