#include "base/secret_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/secret_string.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

using testing::HasSubstr;

class SecretFile : public testing::Test {
 protected:
  SecretFile() : folder_(absl::StrCat(testing::TempDir(), "/secret.XXXXXX")) {
    mkdtemp(folder_.data());
  }
  ~SecretFile() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return absl::StrCat(folder_, "/key"); }

  void Write(absl::string_view contents, mode_t mode) {
    std::ofstream(Path()) << contents;
    chmod(Path().c_str(), mode);
  }

  std::string folder_;
};

TEST_F(SecretFile, ReadsBackWhatWasCreated) {
  ASSERT_TRUE(CreateSecretFile(Path(), SecretString("12345678")).ok());
  EXPECT_EQ(ReadSecretFile(Path(), 8).value().Reveal(), "12345678");
}

TEST_F(SecretFile, CreatesForTheOwnerOnlyAndLeavesNoDraft) {
  const mode_t mask = umask(0);
  ASSERT_TRUE(CreateSecretFile(Path(), SecretString("12345678")).ok());
  umask(mask);
  struct stat info;
  ASSERT_EQ(stat(Path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(entry.path(), Path());
    ++files;
  }
  EXPECT_EQ(files, 1);
}

TEST_F(SecretFile, NeverReplacesAFile) {
  Write("original", 0600);
  EXPECT_EQ(CreateSecretFile(Path(), SecretString("12345678")).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadSecretFile(Path(), 8).value().Reveal(), "original");
}

TEST_F(SecretFile, CreateReportsAMissingFolder) {
  EXPECT_EQ(CreateSecretFile(absl::StrCat(folder_, "/no/key"),
                             SecretString("12345678"))
                .code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SecretFile, MissingIsNotFound) {
  EXPECT_EQ(ReadSecretFile(Path(), 8).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SecretFile, RefusesWhatOthersMayReadOrWrite) {
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0644, 0666}) {
    Write("12345678", mode);
    const absl::Status status = ReadSecretFile(Path(), 8).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << mode;
    EXPECT_THAT(status.message(), HasSubstr("chmod 600"));
  }
}

TEST_F(SecretFile, AcceptsOneThatIsReadOnly) {
  Write("12345678", 0400);
  EXPECT_TRUE(ReadSecretFile(Path(), 8).ok());
}

TEST_F(SecretFile, RefusesAnotherSizeWithoutShowingTheContents) {
  for (const char* contents : {"", "1234567", "123456789"}) {
    Write(contents, 0600);
    const absl::Status status = ReadSecretFile(Path(), 8).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(status.message(), testing::Not(HasSubstr("123")));
  }
}

TEST_F(SecretFile, RefusesWhatIsNoFile) {
  ASSERT_EQ(mkdir(Path().c_str(), 0700), 0);
  EXPECT_EQ(ReadSecretFile(Path(), 8).status().code(),
            absl::StatusCode::kFailedPrecondition);
  std::filesystem::remove(Path());
  ASSERT_EQ(mkfifo(Path().c_str(), 0600), 0);
  EXPECT_EQ(ReadSecretFile(Path(), 8).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace oms_connector::base
