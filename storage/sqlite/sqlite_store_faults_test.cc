// What the machine may do to a store in a file: kill its process, fill its
// disk, start a second server on it.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/errors.h"
#include "model/sync_run.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store.h"

namespace oms_connector::storage {
namespace {

using ::testing::HasSubstr;

constexpr model::Feed kFeed = model::Feed::kInventory;

class SqliteStoreFaultsTest : public ::testing::Test {
 protected:
  SqliteStoreFaultsTest() {
    const ::testing::TestInfo* test =
        ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string folder =
        absl::StrCat(::testing::TempDir(), "/faults_", test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    options_.path = folder + "/store.db";
    options_.clock = &clock_;
    options_.sleeper = &sleeper_;
    options_.ids = &ids_;
  }

  absl::StatusOr<std::unique_ptr<Store>> Open() {
    return OpenSqliteStore(options_);
  }

  static absl::Status Insert(Store& store) {
    return store.Write({}, [](WriteTransaction& txn) {
      model::Connection connection;
      connection.id = "acme";
      return txn.connections().InsertConnection(connection, {});
    });
  }

  static absl::Status PutCheckpoint(Store& store, const std::string& text) {
    return store.Write({}, [&](WriteTransaction& txn) {
      return txn.runs().PutCheckpoint("acme", kFeed, text);
    });
  }

  static std::string Checkpoint(Store& store) {
    std::string text;
    EXPECT_EQ(store.Read({},
                         [&](ReadTransaction& txn) -> absl::Status {
                           OMS_ASSIGN_OR_RETURN(
                               text, txn.runs().GetCheckpoint("acme", kFeed));
                           return absl::OkStatus();
                         }),
              absl::OkStatus());
    return text;
  }

  // Writes 1, 2, 3, ... and so many spaces, and tells each one on `told` when
  // it is committed, until it is killed.
  [[noreturn]] void WriteUntilKilled(int told, size_t spaces) {
    auto store = Open();
    const std::string filling(spaces, ' ');
    for (int64_t i = 1; store.ok(); ++i) {
      if (!PutCheckpoint(**store, absl::StrCat(i, filling)).ok()) break;
      if (write(told, &i, sizeof(i)) != sizeof(i)) break;
    }
    _exit(1);
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  SqliteStoreOptions options_;
};

TEST_F(SqliteStoreFaultsTest, WhatWasCommittedOutlivesAKilledServer) {
  {
    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_EQ(Insert(**store), absl::OkStatus());
  }
  // The parent has no thread here, so the child may do anything.
  struct Case {
    int64_t kill_after;
    size_t spaces;
  };
  // With a page a commit, and with a hundred, so that the log is written back
  // when it happens.
  for (const auto& [kill_after, spaces] :
       {Case{1, 0}, Case{40, 0}, Case{200, 0}, Case{11, 400'000},
        Case{40, 400'000}}) {
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) WriteUntilKilled(told[1], spaces);
    close(told[1]);
    int64_t last = 0;
    while (last < kill_after && read(told[0], &last, sizeof(last)) > 0) {
    }
    ASSERT_EQ(last, kill_after);
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    while (read(told[0], &last, sizeof(last)) > 0) {
    }
    close(told[0]);

    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    // The one after the last told may have been committed as well.
    int64_t found = 0;
    ASSERT_TRUE(absl::SimpleAtoi(Checkpoint(**store), &found));
    EXPECT_GE(found, last);
    EXPECT_LE(found, last + 1);
  }
}

TEST_F(SqliteStoreFaultsTest, AStoreThatIsClosedLeavesNoLog) {
  auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(Insert(**store), absl::OkStatus());
  // Of so many pages that it is written back beside the writer.
  const std::string large(static_cast<size_t>(kMostLogPages) * 3000, 'x');
  ASSERT_EQ(PutCheckpoint(**store, large), absl::OkStatus());
  EXPECT_TRUE(std::filesystem::exists(options_.path + "-wal"));
  *store = nullptr;
  EXPECT_FALSE(std::filesystem::exists(options_.path + "-wal"));
  store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(Checkpoint(**store), large);
}

TEST_F(SqliteStoreFaultsTest, RefusesASecondServerUntilTheFirstIsGone) {
  auto first = Open();
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(Insert(**first), absl::OkStatus());
  const std::string path = options_.path;
  std::filesystem::create_symlink(path, path + "-link");
  for (const std::string& name : {path, path + "-link"}) {
    options_.path = name;
    const absl::Status second = Open().status();
    EXPECT_TRUE(absl::IsFailedPrecondition(second)) << second;
    EXPECT_THAT(std::string(second.message()), HasSubstr("Another server"));
  }
  EXPECT_EQ(PutCheckpoint(**first, "goes on"), absl::OkStatus());
  *first = nullptr;
  auto next = Open();
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(Checkpoint(**next), "goes on");
}

TEST_F(SqliteStoreFaultsTest, AFullDiskLosesNothingAndIsOvercome) {
  SqlConnection* writer = nullptr;
  options_.decorate = [&](std::unique_ptr<SqlConnection> connection) {
    writer = connection.get();  // it is handed over after the readers
    return connection;
  };
  auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(Insert(**store), absl::OkStatus());
  ASSERT_EQ(PutCheckpoint(**store, "before"), absl::OkStatus());
  // No write is on its way, so the writer's connection is at rest.
  ASSERT_TRUE(writer->Execute("PRAGMA max_page_count = 100", {}).ok());
  const std::string too_much(1'000'000, 'x');
  EXPECT_EQ(PutCheckpoint(**store, too_much), model::StoreFull());
  EXPECT_EQ(Checkpoint(**store), "before");
  EXPECT_EQ(PutCheckpoint(**store, "small"), absl::OkStatus());
  ASSERT_TRUE(writer->Execute("PRAGMA max_page_count = 100000", {}).ok());
  EXPECT_EQ(PutCheckpoint(**store, too_much), absl::OkStatus());
  EXPECT_EQ(Checkpoint(**store), too_much);
}

}  // namespace
}  // namespace oms_connector::storage
