#include "storage/databases/open_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"

namespace oms_connector::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OpenStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& url) {
    StoreOptions options;
    options.url = url;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return OpenStore(options);
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
};

TEST_F(OpenStoreTest, OpensAFileAndRefusesASecondServer) {
  const std::string url =
      "sqlite:" +
      (std::filesystem::path(::testing::TempDir()) / "one.db").string();
  auto first = Open(url);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Open(url);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  first->reset();
  EXPECT_TRUE(Open(url).ok());
}

TEST_F(OpenStoreTest, KeepsMemoryOnRequestOnly) {
  EXPECT_TRUE(Open("sqlite::memory:").ok());
  EXPECT_FALSE(Open("sqlite:/no/such/directory/x.db").ok());
}

TEST_F(OpenStoreTest, RefusesOtherDatabasesWithoutShowingTheirPasswords) {
  for (const char* url : {"mysql://me:pw@host/x", "", "oms.db", "sqlite:"}) {
    const auto store = Open(url);
    EXPECT_EQ(store.status().code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(store.status().message()), Not(HasSubstr("pw")));
  }
}

}  // namespace
}  // namespace oms_connector::storage
