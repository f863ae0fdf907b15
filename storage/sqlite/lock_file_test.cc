#include "storage/sqlite/lock_file.h"

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::storage {
namespace {

using ::testing::HasSubstr;

std::string NewPath(const std::string& name) {
  const std::string path = ::testing::TempDir() + "/" + name + ".lock";
  std::filesystem::remove(path);
  return path;
}

TEST(LockFile, IsHeldByOneAtATime) {
  const std::string path = NewPath("one");
  auto first = LockFile::Take(path);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = LockFile::Take(path).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(second));
  EXPECT_THAT(std::string(second.message()), HasSubstr("Another server"));
  *first = nullptr;
  EXPECT_TRUE(LockFile::Take(path).ok());
}

TEST(LockFile, IsFreeWhenOnlyTheFileIsLeft) {
  const std::string path = NewPath("left");
  ASSERT_TRUE(LockFile::Take(path).ok());
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(LockFile::Take(path).ok());
}

TEST(LockFile, SaysWhyItCannotBeMade) {
  const absl::Status status =
      LockFile::Take(::testing::TempDir() + "/no/such/folder.lock").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace oms_connector::storage
