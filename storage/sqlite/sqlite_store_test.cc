// The suite that every store passes, on SQLite in a file and in memory.
#include "storage/sqlite/sqlite_store.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/store.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

class SqliteHome final : public StoreHome {
 public:
  explicit SqliteHome(std::string path) : path_(std::move(path)) {}

  absl::StatusOr<std::unique_ptr<Store>> Open(const Needs& needs) override {
    SqliteStoreOptions options;
    options.path = path_;
    options.decorate = needs.decorate;
    options.clock = needs.clock;
    options.sleeper = needs.sleeper;
    options.ids = needs.ids;
    return OpenSqliteStore(options);
  }

  bool keeps_content() const override { return path_ != kSqliteMemoryPath; }

 private:
  const std::string path_;
};

std::unique_ptr<StoreHome> NewFile() {
  static int last = 0;
  const std::string folder =
      absl::StrCat(::testing::TempDir(), "/sqlite_store_", ++last);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return std::make_unique<SqliteHome>(folder + "/store.db");
}

std::unique_ptr<StoreHome> NewMemory() {
  return std::make_unique<SqliteHome>(kSqliteMemoryPath);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreTest,
                         ::testing::Values(StoreKind{"InFile", NewFile},
                                           StoreKind{"InMemory", NewMemory}),
                         StoreKindName);

}  // namespace
}  // namespace oms_connector::storage
