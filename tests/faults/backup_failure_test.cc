// Each write to the disk of a backup and of a restore fails once, one after the
// other: there is a whole copy or none, the store is as it was, and the same
// done again goes well.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"
#include "tests/faults/store_check.h"
#include "tests/support/test_disk.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kMostWrites = 5'000;  // more than either makes

class BackupFailureTest : public ::testing::Test {
 protected:
  BackupFailureTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Put("acme");
  }

  storage::StoreOptions Options(const std::string& path) {
    storage::StoreOptions options;
    options.url = absl::StrCat("sqlite:", path);
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return options;
  }
  // Another connection in the store.
  void Put(const std::string& id) {
    auto store = storage::OpenStore(Options(store_));
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_EQ((*store)->Write(
                  {},
                  [&](storage::WriteTransaction& txn) {
                    model::Connection connection;
                    connection.id = id;
                    connection.epoch = absl::StrCat("epoch of ", id);
                    return txn.connections().InsertConnection(connection, {});
                  }),
              absl::OkStatus());
  }
  // The epochs of the connections in the store at `path`.
  std::vector<std::string> EpochsIn(const std::string& path) {
    std::vector<std::string> epochs;
    auto store = storage::OpenStore(Options(path));
    EXPECT_TRUE(store.ok()) << store.status();
    if (!store.ok()) return epochs;
    EXPECT_EQ(
        (*store)->Read({},
                       [&](storage::ReadTransaction& txn) -> absl::Status {
                         epochs.clear();
                         OMS_ASSIGN_OR_RETURN(
                             const auto found,
                             txn.connections().ListConnections("", 10));
                         for (const model::Connection& one : found) {
                           epochs.push_back(one.epoch);
                         }
                         return absl::OkStatus();
                       }),
        absl::OkStatus());
    return epochs;
  }
  // What was left beside the store, but for its own files and `expected`.
  std::string LeftOver(const std::string& expected) const {
    std::string left;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename();
      if (name.rfind("store.db", 0) != 0 && entry.path() != expected) {
        absl::StrAppend(&left, name, " ");
      }
    }
    return left;
  }

  const std::string folder_ =
      absl::StrCat(::testing::TempDir(), "/backup_failure");
  const std::string store_ = folder_ + "/store.db";
  const std::string copy_ = folder_ + "/copy.db";
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  TestDisk disk_;
};

TEST_F(BackupFailureTest, BackupIsWholeOrNotThere) {
  int failed = 0;
  for (int n = 1; n <= kMostWrites; ++n) {
    SCOPED_TRACE(absl::StrCat("write ", n));
    disk_.FailNth(n);
    const absl::Status status = storage::BackUpStore(Options(store_), copy_);
    const bool untouched = !disk_.failed();
    disk_.FailNth(0);
    EXPECT_EQ(LeftOver(copy_), "");
    EXPECT_EQ(Breaches(store_), "");
    EXPECT_EQ(std::filesystem::exists(copy_), status.ok());
    if (untouched) {
      EXPECT_EQ(status, absl::OkStatus());
    } else if (!status.ok()) {
      // And then nothing is in the way of another one.
      ASSERT_EQ(storage::BackUpStore(Options(store_), copy_), absl::OkStatus());
    }
    // It knows that it is a copy.
    EXPECT_THAT(EpochsIn(copy_), ElementsAre(Not("epoch of acme")));
    EXPECT_EQ(Breaches(copy_), "");
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
      std::filesystem::remove(copy_ + suffix);
    }
    if (untouched || HasFailure()) break;
    ++failed;
  }
  printf("%d failed writes of a backup\n", failed);
  EXPECT_GT(failed, 10);
}

TEST_F(BackupFailureTest, RestoreLeavesTheOldStoreOrTheCopy) {
  ASSERT_EQ(storage::BackUpStore(Options(store_), copy_), absl::OkStatus());
  Put("bolt");
  int failed = 0;
  for (int n = 1; n <= kMostWrites; ++n) {
    SCOPED_TRACE(absl::StrCat("write ", n));
    disk_.FailNth(n);
    const absl::Status status =
        storage::RestoreStore(Options(store_), copy_).status();
    const bool untouched = !disk_.failed();
    disk_.FailNth(0);
    EXPECT_EQ(LeftOver(copy_), "");
    EXPECT_EQ(Breaches(store_), "");
    EXPECT_THAT(EpochsIn(store_), SizeIs(status.ok() ? 1 : 2));
    EXPECT_TRUE(status.ok() || !untouched) << status;
    if (untouched || HasFailure()) break;
    if (status.ok()) Put("bolt");
    ++failed;
  }
  printf("%d failed writes of a restore\n", failed);
  EXPECT_GT(failed, 5);
}

}  // namespace
}  // namespace oms_connector::testing_support
