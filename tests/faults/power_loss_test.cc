// The power goes while a store is written: whatever the disk has kept of what
// it was not told to keep, the store opens, is sound, and holds each write
// whole or not at all. With FULL it holds every write that was said to be done;
// with NORMAL the last ones may be missing, and none before one that is there.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "gtest/gtest.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"
#include "tests/faults/store_check.h"
#include "tests/support/test_disk.h"

namespace oms_connector::testing_support {
namespace {

constexpr char kId[] = "acme";
constexpr model::Feed kFeed = model::Feed::kInventory;
// Enough for a few checkpoints of the log, which SQLite makes at 4 MiB.
constexpr int kWrites = 160;
constexpr int kBytesOfAWrite = 64 << 10;

class PowerLossTest : public ::testing::TestWithParam<bool> {
 protected:
  PowerLossTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/disk");
    std::filesystem::create_directories(folder_ + "/image");
  }

  std::unique_ptr<storage::Store> Open(const std::string& folder) {
    storage::StoreOptions options;
    options.url = absl::StrCat("sqlite:", folder, "/store.db");
    options.commits_wait_for_disk = GetParam();
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    auto store = storage::OpenStore(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  // The `i`-th write: a checkpoint that says i, and a change of the history,
  // which must not be there without it.
  static absl::Status WriteNumber(storage::WriteTransaction& txn, int i) {
    OMS_RETURN_IF_ERROR(txn.runs().PutCheckpoint(
        kId, kFeed, absl::StrCat(i, " ", std::string(kBytesOfAWrite, 'x'))));
    return txn.connections().AppendSettingsChange(kId, {});
  }

  // The number of the last write that is there, 0 = none; -1 = not even the
  // connection. A failure where only half of one is.
  static int LastNumber(storage::Store& store) {
    int number = -1;
    EXPECT_EQ(
        store.Read(
            {},
            [&](storage::ReadTransaction& txn) -> absl::Status {
              number = -1;
              const auto connection = txn.connections().GetConnection(kId);
              if (absl::IsNotFound(connection.status())) {
                return absl::OkStatus();
              }
              OMS_RETURN_IF_ERROR(connection.status());
              OMS_ASSIGN_OR_RETURN(const std::string checkpoint,
                                   txn.runs().GetCheckpoint(kId, kFeed));
              OMS_ASSIGN_OR_RETURN(
                  const auto changes,
                  txn.connections().ListSettingsChanges(kId, 0, 1));
              number = atoi(checkpoint.c_str());
              EXPECT_EQ(changes.empty() ? 0 : changes[0].change_id, number);
              return absl::OkStatus();
            }),
        absl::OkStatus());
    return number;
  }

  const std::string folder_ = absl::StrCat(::testing::TempDir(), "/power");
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  TestDisk disk_;
};

TEST_P(PowerLossTest, EveryImageOpensAndHoldsWhatWasPromised) {
  const bool full = GetParam();
  const uint64_t seed = ids_.NewUint64();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  disk_.Record();
  // By the number of steps done when it was said to be: how many writes were.
  std::vector<std::pair<size_t, int>> done = {{0, -1}};
  {
    const auto store = Open(folder_ + "/disk");
    ASSERT_NE(store, nullptr);
    for (int i = 0; i <= kWrites; ++i) {
      ASSERT_EQ(store->Write(
                    {},
                    [&](storage::WriteTransaction& txn) -> absl::Status {
                      if (i > 0) return WriteNumber(txn, i);
                      model::Connection connection;
                      connection.id = kId;
                      connection.epoch = "e";
                      return txn.connections().InsertConnection(connection, {});
                    }),
                absl::OkStatus());
      done.emplace_back(disk_.recorded(), i);
    }
    disk_.StopRecording();
  }
  // Moments: before and after each sync, and between them with NORMAL, which
  // has few.
  std::vector<size_t> moments;
  for (const size_t sync : disk_.Syncs()) {
    moments.push_back(sync - 1);
    moments.push_back(sync);
  }
  const size_t stride = full ? disk_.recorded() / 40 : disk_.recorded() / 120;
  for (size_t at = 0; at <= disk_.recorded(); at += stride)
    moments.push_back(at);
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  // All of them take a minute; a run looks at every third, from a place of its
  // own.
  const size_t every = std::getenv("OMS_SOAK") != nullptr ? 1 : 3;

  DiskImages images;
  int looked_at = 0;
  for (size_t m = seed % every; m < moments.size(); m += every) {
    const size_t at = moments[m];
    int promised = -1;
    int begun = -1;
    for (const auto& [steps, writes] : done) {
      if (steps <= at) promised = writes;
      if (steps <= at) begun = writes + 1;
    }
    for (const Unsynced unsynced :
         {Unsynced::kLost, Unsynced::kKept, Unsynced::kTorn, Unsynced::kSome}) {
      SCOPED_TRACE(absl::StrCat("after step ", at, " unsynced writes as ",
                                static_cast<int>(unsynced)));
      for (const auto& [path, content] : images.At(at, unsynced, seed + at)) {
        std::ofstream(
            absl::StrCat(folder_, "/image/",
                         std::filesystem::path(path).filename().string()),
            std::ios::binary)
            << content;
      }
      {
        const auto store = Open(folder_ + "/image");
        ASSERT_NE(store, nullptr);
        const int number = LastNumber(*store);
        EXPECT_LE(number, begun);
        if (full) {
          EXPECT_GE(number, promised);
        }
        // And it goes on.
        ASSERT_EQ(store->Write({},
                               [](storage::WriteTransaction& txn) {
                                 model::Connection next;
                                 next.id = "next";
                                 next.epoch = "e";
                                 return txn.connections().InsertConnection(next,
                                                                           {});
                               }),
                  absl::OkStatus());
      }
      EXPECT_EQ(Breaches(folder_ + "/image/store.db"), "");
      std::filesystem::remove_all(folder_ + "/image");
      std::filesystem::create_directories(folder_ + "/image");
      ++looked_at;
      if (HasFailure()) return;
    }
  }
  RecordProperty("images", looked_at);
  printf("%d images of %zu steps, %zu syncs\n", looked_at, disk_.recorded(),
         disk_.Syncs().size());
  EXPECT_GT(looked_at, 100);
}

INSTANTIATE_TEST_SUITE_P(Synchronous, PowerLossTest, ::testing::Bool(),
                         [](const auto& param) {
                           return param.param ? "Full" : "Normal";
                         });

}  // namespace
}  // namespace oms_connector::testing_support
