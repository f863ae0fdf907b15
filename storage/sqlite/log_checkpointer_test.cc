#include "storage/sqlite/log_checkpointer.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/manual_clock.h"
#include "gtest/gtest.h"
#include "storage/schema/schema.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_database.h"

namespace oms_connector::storage {
namespace {

constexpr int64_t kPageBytes = 4096;

class LogCheckpointerTest : public ::testing::Test {
 protected:
  LogCheckpointerTest() {
    options_.path = absl::StrCat(
        ::testing::TempDir(), "/log-",
        ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".db");
    for (const char* end : {"", "-wal", "-shm"}) {
      std::filesystem::remove(absl::StrCat(options_.path, end));
    }
    options_.clock = &clock_;
    options_.sleeper = &sleeper_;
    auto writer = OpenSqliteWriter(options_, SqliteSchema());
    EXPECT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
    EXPECT_EQ(writer_->ExecuteScript("CREATE TABLE pages (bytes BLOB) STRICT;"
                                     "PRAGMA wal_checkpoint(TRUNCATE)"),
              absl::OkStatus());
    bytes_at_first_ = FileBytes();
  }

  int64_t FileBytes() const {
    return static_cast<int64_t>(std::filesystem::file_size(options_.path));
  }
  // Pages that the file has gained.
  int64_t PagesWrittenBack() const {
    return (FileBytes() - bytes_at_first_) / kPageBytes;
  }

  // So many pages in one commit, and a few.
  void Write(int pages) {
    EXPECT_EQ(writer_->ExecuteScript(absl::StrCat(
                  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                  "SELECT i + 1 FROM n WHERE i < ",
                  pages, ") INSERT INTO pages SELECT zeroblob(4000) FROM n")),
              absl::OkStatus());
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  SqliteDatabaseOptions options_;
  std::unique_ptr<SqliteConnection> writer_;
  int64_t bytes_at_first_ = 0;
};

TEST_F(LogCheckpointerTest, WritesBackBesideTheWriter) {
  {
    LogCheckpointer checkpointer(options_);
    writer_->WatchLog(kMostLogPages, [&](int pages) {
      EXPECT_GE(pages, kMostLogPages / 2);
      EXPECT_LT(pages, kMostLogPages);
      checkpointer.NoteLog(pages);
    });
    Write(kMostLogPages / 2);
  }
  EXPECT_GE(PagesWrittenBack(), kMostLogPages / 2);
}

TEST_F(LogCheckpointerTest, LeavesAShortLogAlone) {
  {
    LogCheckpointer checkpointer(options_);
    writer_->WatchLog(kMostLogPages,
                      [&](int pages) { checkpointer.NoteLog(pages); });
    Write(10);
  }
  EXPECT_EQ(PagesWrittenBack(), 0);
}

TEST_F(LogCheckpointerTest, TheWriterWritesBackWhatIsLeft) {
  int told = 0;
  writer_->WatchLog(kMostLogPages, [&](int pages) { told = pages; });
  Write(kMostLogPages / 2);
  EXPECT_GE(told, kMostLogPages / 2);
  EXPECT_EQ(PagesWrittenBack(), 0);
  Write(kMostLogPages / 2);
  EXPECT_GE(told, kMostLogPages);
  EXPECT_GE(PagesWrittenBack(), kMostLogPages);
  // All of it is, so the log begins anew.
  Write(1);
  EXPECT_LT(told, 10);
}

TEST_F(LogCheckpointerTest, LeavesToTheWriterWhatItCannotRead) {
  SqliteDatabaseOptions nowhere = options_;
  nowhere.path = absl::StrCat(options_.path, ".none");
  {
    LogCheckpointer checkpointer(nowhere);
    writer_->WatchLog(kMostLogPages,
                      [&](int pages) { checkpointer.NoteLog(pages); });
    Write(kMostLogPages / 2);
    Write(kMostLogPages / 2);
  }
  EXPECT_GE(PagesWrittenBack(), kMostLogPages);
}

}  // namespace
}  // namespace oms_connector::storage
