#include "storage/databases/open_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "storage/store.h"

namespace oms_connector::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class OpenStoreTest : public ::testing::Test {
 protected:
  OpenStoreTest() {
    const ::testing::TestInfo* test =
        ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = absl::StrCat(::testing::TempDir(), "/open_store_", test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }

  StoreOptions Options(const std::string& url) {
    StoreOptions options;
    options.url = url;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return options;
  }

  absl::Status Insert(Store& store, const std::string& id) {
    model::Connection connection;
    connection.id = id;
    return store.Write({}, [&](WriteTransaction& txn) {
      return txn.connections().InsertConnection(connection, {});
    });
  }

  // One whose inventory was pulled.
  absl::Status InsertPulled(Store& store, const std::string& id,
                            const std::string& epoch) {
    model::Connection connection;
    connection.id = id;
    connection.epoch = epoch;
    return store.Write({}, [&](WriteTransaction& txn) {
      const absl::Status inserted =
          txn.connections().InsertConnection(connection, {});
      return inserted.ok() ? txn.inventory().PutState(id, {}) : inserted;
    });
  }

  absl::Status Find(Store& store, const std::string& id) {
    return store.Read({}, [&](ReadTransaction& txn) {
      return txn.connections().GetConnection(id).status();
    });
  }

  std::string folder_;
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
};

TEST_F(OpenStoreTest, KeepsItsContentInAFileOfItsOwnerAlone) {
  const std::string file = folder_ + "/store.db";
  {
    auto store = OpenStore(Options("sqlite:" + file));
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_EQ(Insert(**store, "acme"), absl::OkStatus());
  }
  auto store = OpenStore(Options("sqlite:" + file));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(Find(**store, "acme"), absl::OkStatus());
  struct stat status;
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    ASSERT_EQ(stat((file + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(OpenStoreTest, MemoryIsForgottenWithTheStore) {
  for (int i = 0; i < 2; ++i) {
    auto store = OpenStore(Options("sqlite::memory:"));
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_TRUE(absl::IsNotFound(Find(**store, "acme")));
    EXPECT_EQ(Insert(**store, "acme"), absl::OkStatus());
  }
}

TEST_F(OpenStoreTest, TellsOfPostgresWithoutThePassword) {
  const absl::Status unreadable =
      OpenStore(Options("postgres://me:secret@host/db?nonsense=1")).status();
  EXPECT_TRUE(absl::IsInvalidArgument(unreadable)) << unreadable;
  EXPECT_THAT(std::string(unreadable.message()), Not(HasSubstr("secret")));
  // Nobody listens there.
  const absl::Status absent =
      OpenStore(Options("postgresql://me:secret@127.0.0.1:1/db")).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(absent)) << absent;
  EXPECT_THAT(std::string(absent.message()), Not(HasSubstr("secret")));
}

TEST_F(OpenStoreTest, SaysWhichUrlsItKnowsWithoutRepeatingTheUrl) {
  for (const char* url : {"mysql://me:secret@host/db", "mysql:secret", "secret",
                          "", "sqlite", "sqlite:"}) {
    const absl::Status status = OpenStore(Options(url)).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << url;
    EXPECT_THAT(std::string(status.message()), HasSubstr("sqlite:PATH"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  }
}

TEST_F(OpenStoreTest, RefusesWhatIsNoFile) {
  for (const std::string& path : {folder_, folder_ + "/missing/store.db"}) {
    const absl::Status status = OpenStore(Options("sqlite:" + path)).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << path << ": " << status;
  }
}

TEST_F(OpenStoreTest, BackupOfAStoreInUseIsAStore) {
  auto store = OpenStore(Options("sqlite:" + folder_ + "/store.db"));
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(Insert(**store, "acme"), absl::OkStatus());
  const std::string copy = folder_ + "/copy.db";
  ASSERT_EQ(BackUpStore(Options("sqlite:" + folder_ + "/store.db"), copy),
            absl::OkStatus());
  ASSERT_EQ(Insert(**store, "later"), absl::OkStatus());

  struct stat status;
  ASSERT_EQ(stat(copy.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto restored = OpenStore(Options("sqlite:" + copy));
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(Find(**restored, "acme"), absl::OkStatus());
  EXPECT_TRUE(absl::IsNotFound(Find(**restored, "later")));
  EXPECT_EQ(Insert(**restored, "other"), absl::OkStatus());
}

// What a restored store must not go on with as if nothing had happened.
struct Continuity {
  std::string epoch;
  std::string sealed_under;
  bool gap_suspected = false;
};

Continuity ContinuityOf(Store& store) {
  Continuity found;
  const absl::Status read = store.Read({}, [&](ReadTransaction& txn) {
    const auto connection = txn.connections().GetConnection("acme");
    const auto state = txn.inventory().GetState("acme");
    if (!connection.ok()) return connection.status();
    if (!state.ok()) return state.status();
    found.epoch = connection->epoch;
    found.sealed_under = connection->order_manager.sealed_under;
    found.gap_suspected = state->gap_time.has_value();
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  return found;
}

TEST_F(OpenStoreTest, BackupIsMarkedAsRestoredAndItsOriginalIsNot) {
  auto store = OpenStore(Options("sqlite:" + folder_ + "/store.db"));
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(InsertPulled(**store, "acme", "first"), absl::OkStatus());
  const std::string copy = folder_ + "/copy.db";
  ASSERT_EQ(BackUpStore(Options("sqlite:" + folder_ + "/store.db"), copy),
            absl::OkStatus());
  const Continuity original = ContinuityOf(**store);
  EXPECT_EQ(original.epoch, "first");
  EXPECT_EQ(original.sealed_under, "");
  EXPECT_FALSE(original.gap_suspected);
  const Continuity restored =
      ContinuityOf(**OpenStore(Options("sqlite:" + copy)));
  EXPECT_NE(restored.epoch, "first");
  EXPECT_EQ(restored.sealed_under, "first");
  EXPECT_TRUE(restored.gap_suspected);
}

TEST_F(OpenStoreTest, MarkingTwiceKeepsWhatTheTokenIsSealedUnder) {
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  ASSERT_EQ(InsertPulled(**OpenStore(options), "acme", "first"),
            absl::OkStatus());
  ASSERT_EQ(MarkStoreRestored(options), absl::OkStatus());
  const Continuity once = ContinuityOf(**OpenStore(options));
  ASSERT_EQ(MarkStoreRestored(options), absl::OkStatus());
  const Continuity twice = ContinuityOf(**OpenStore(options));
  EXPECT_NE(once.epoch, twice.epoch);
  EXPECT_EQ(twice.sealed_under, "first");
}

TEST_F(OpenStoreTest, MarksNoStoreThatIsInUseOrMissing) {
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  EXPECT_TRUE(absl::IsFailedPrecondition(MarkStoreRestored(options)));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/store.db"));
  auto store = OpenStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE(absl::IsFailedPrecondition(MarkStoreRestored(options)));
}

TEST_F(OpenStoreTest, BackupReplacesNothingAndLeavesNothingBehind) {
  auto store = OpenStore(Options("sqlite:" + folder_ + "/store.db"));
  ASSERT_TRUE(store.ok()) << store.status();
  const std::string copy = folder_ + "/copy.db";
  std::ofstream(copy) << "mine";
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  EXPECT_TRUE(absl::IsFailedPrecondition(BackUpStore(options, copy)));
  EXPECT_EQ(std::filesystem::file_size(copy), 4);
  EXPECT_TRUE(absl::IsFailedPrecondition(
      BackUpStore(options, folder_ + "/missing/copy.db")));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      BackUpStore(Options("sqlite:" + folder_ + "/none.db"), copy + "2")));
  EXPECT_FALSE(std::filesystem::exists(copy + ".partial"));
  EXPECT_FALSE(std::filesystem::exists(copy + "2"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/none.db"));
  EXPECT_TRUE(absl::IsInvalidArgument(
      BackUpStore(Options("sqlite::memory:"), copy + "3")));
}

// What was left under the name by one that was killed.
TEST_F(OpenStoreTest, BackupIsNotBlockedByHalfOfAnEarlierOne) {
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  auto store = OpenStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  const std::string copy = folder_ + "/copy.db";
  std::ofstream(copy + ".partial") << "half of a backup";
  EXPECT_EQ(BackUpStore(options, copy), absl::OkStatus());
  EXPECT_FALSE(std::filesystem::exists(copy + ".partial"));
  EXPECT_TRUE(OpenStore(Options("sqlite:" + copy)).ok());
}

TEST_F(OpenStoreTest, RestorePutsACopyInPlaceAndSetsTheOldStoreAside) {
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  const std::string copy = folder_ + "/copy.db";
  {
    auto store = OpenStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_EQ(InsertPulled(**store, "acme", "first"), absl::OkStatus());
    ASSERT_EQ(BackUpStore(options, copy), absl::OkStatus());
    ASSERT_EQ(Insert(**store, "later"), absl::OkStatus());
    EXPECT_TRUE(
        absl::IsFailedPrecondition(RestoreStore(options, copy).status()))
        << "a server has it";
  }
  const absl::StatusOr<std::string> aside = RestoreStore(options, copy);
  ASSERT_TRUE(aside.ok()) << aside.status();
  auto restored = OpenStore(options);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_TRUE(absl::IsNotFound(Find(**restored, "later")));
  EXPECT_TRUE(ContinuityOf(**restored).gap_suspected);
  EXPECT_EQ(Find(**OpenStore(Options("sqlite:" + *aside)), "later"),
            absl::OkStatus());
  EXPECT_TRUE(std::filesystem::exists(copy));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/store.db.restoring"));
}

TEST_F(OpenStoreTest, RestoreOfWhatIsNoStoreLeavesTheOldOne) {
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  ASSERT_EQ(InsertPulled(**OpenStore(options), "acme", "first"),
            absl::OkStatus());
  std::ofstream(folder_ + "/text") << std::string(5000, 'x');
  std::ofstream(folder_ + "/empty").flush();
  for (const char* name : {"/text", "/empty", "/none"}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(
        RestoreStore(options, folder_ + name).status()))
        << name;
  }
  EXPECT_EQ(ContinuityOf(**OpenStore(options)).epoch, "first");
}

TEST_F(OpenStoreTest, TellsWhatToUseForPostgresInstead) {
  EXPECT_THAT(
      std::string(BackUpStore(Options("postgres://db/oms"), "f").message()),
      AllOf(HasSubstr("pg_dump"), HasSubstr("--mark_restored")));
}

// A store as a server that was killed leaves it, its log beside it.
void CopyWithLog(const std::string& from, const std::string& to) {
  for (const char* suffix : {"", "-wal", ".lock"}) {
    std::filesystem::copy_file(
        from + suffix, to + suffix,
        std::filesystem::copy_options::overwrite_existing);
  }
}

TEST_F(OpenStoreTest, CopyBesideTheLogOfAnotherFileIsRefused) {
  const StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  const std::string copy = folder_ + "/copy.db";
  auto store = OpenStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(Insert(**store, "acme"), absl::OkStatus());
  ASSERT_EQ(BackUpStore(options, copy), absl::OkStatus());
  ASSERT_EQ(Insert(**store, "later"), absl::OkStatus());
  std::filesystem::create_directory(folder_ + "/killed");
  const std::string killed = folder_ + "/killed/store.db";
  CopyWithLog(folder_ + "/store.db", killed);
  // As `cp` does it: the old file's place on disk, the copy's content.
  std::filesystem::copy_file(copy, killed,
                             std::filesystem::copy_options::overwrite_existing);
  const absl::Status mixed = OpenStore(Options("sqlite:" + killed)).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(mixed)) << mixed;
  EXPECT_THAT(
      std::string(mixed.message()),
      AllOf(HasSubstr("would be a mixture"), HasSubstr("--restore_from")));
  ASSERT_TRUE(RestoreStore(Options("sqlite:" + killed), copy).ok());
  const auto restored = OpenStore(Options("sqlite:" + killed));
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(Find(**restored, "acme"), absl::OkStatus());
  EXPECT_TRUE(absl::IsNotFound(Find(**restored, "later")));
}

// Replaces a word of the note that a server leaves for the next.
void ChangeNote(const std::string& lock, const std::string& from,
                const std::string& to) {
  std::ifstream in(lock);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << text;
  const size_t end = std::min(text.find(' ', place), text.size());
  std::ofstream(lock) << text.replace(place, end - place, to);
}

TEST_F(OpenStoreTest, CommitsThatDidNotWaitForTheDiskAreDoubtedAfterAReboot) {
  StoreOptions options = Options("sqlite:" + folder_ + "/store.db");
  options.commits_wait_for_disk = false;
  const std::string killed = folder_ + "/killed.db";
  StoreOptions next = Options("sqlite:" + killed);
  next.commits_wait_for_disk = false;
  auto store = OpenStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(InsertPulled(**store, "acme", "first"), absl::OkStatus());
  CopyWithLog(folder_ + "/store.db", killed);
  std::filesystem::remove(killed + "-shm");
  // The copy is in the original's stead, so it has the original's number.
  struct stat info;
  ASSERT_EQ(stat(killed.c_str(), &info), 0);
  ChangeNote(killed + ".lock",
             "file=", absl::StrCat("file=", info.st_dev, ":", info.st_ino));
  // The process was killed, but the machine ran on: nothing is lost.
  EXPECT_EQ(ContinuityOf(**OpenStore(next)).epoch, "first");
  CopyWithLog(folder_ + "/store.db", killed);
  ChangeNote(killed + ".lock",
             "file=", absl::StrCat("file=", info.st_dev, ":", info.st_ino));
  ChangeNote(killed + ".lock", "boot=", "boot=an-earlier-one");
  const Continuity doubted = ContinuityOf(**OpenStore(next));
  EXPECT_NE(doubted.epoch, "first");
  EXPECT_TRUE(doubted.gap_suspected);
  // That server has ended well.
  EXPECT_EQ(ContinuityOf(**OpenStore(next)).epoch, doubted.epoch);
}

TEST_F(OpenStoreTest, TellsThePathOfAUrl) {
  EXPECT_EQ(*LocalFileOf("sqlite:a/b.db"), "a/b.db");
  EXPECT_EQ(*LocalFileOf("sqlite::memory:"), ":memory:");
  EXPECT_TRUE(
      absl::IsInvalidArgument(LocalFileOf("postgres://host/db").status()));
}

}  // namespace
}  // namespace oms_connector::storage
