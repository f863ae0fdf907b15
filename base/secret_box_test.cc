#include "base/secret_box.h"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/secret_string.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

using testing::MatchesRegex;

SecretBox BoxOf(char filler) {
  return SecretBox::FromKey(
             SecretString(std::string(SecretBox::kKeyBytes, filler)))
      .value();
}

TEST(SecretBox, OpensWhatItSealed) {
  const SecretBox box = BoxOf('k');
  for (const std::string& text :
       {std::string(), std::string("token"), std::string(100'000, 'x'),
        std::string("nul\0nul", 7)}) {
    const std::string sealed = box.Seal(SecretString(text), "acme");
    EXPECT_EQ(box.Open(sealed, "acme").value().Reveal(), text);
  }
}

TEST(SecretBox, HidesTheTextAndNeverSealsItTheSameWay) {
  const SecretBox box = BoxOf('k');
  const std::string first = box.Seal(SecretString("a long token"), "acme");
  const std::string second = box.Seal(SecretString("a long token"), "acme");
  EXPECT_FALSE(absl::StrContains(first, "long"));
  EXPECT_NE(first, second);
}

TEST(SecretBox, BindsToTheContext) {
  const SecretBox box = BoxOf('k');
  const std::string sealed = box.Seal(SecretString("token"), "acme");
  EXPECT_EQ(box.Open(sealed, "bolt").status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(box.Open(sealed, "").status().code(), absl::StatusCode::kDataLoss);
}

TEST(SecretBox, NeedsTheSameKey) {
  const std::string sealed = BoxOf('k').Seal(SecretString("token"), "acme");
  EXPECT_EQ(BoxOf('l').Open(sealed, "acme").status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_TRUE(BoxOf('k').Open(sealed, "acme").ok());
}

TEST(SecretBox, NoticesEachChangedByte) {
  const SecretBox box = BoxOf('k');
  const std::string sealed = box.Seal(SecretString("token"), "acme");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(box.Open(changed, "acme").status().code(),
              absl::StatusCode::kDataLoss)
        << i;
    EXPECT_EQ(box.Open(sealed.substr(0, i), "acme").status().code(),
              absl::StatusCode::kDataLoss)
        << i;
  }
}

TEST(SecretBox, ErrorsShowNoSecret) {
  const SecretBox box = BoxOf('k');
  const std::string sealed = box.Seal(SecretString("token"), "acme");
  EXPECT_FALSE(absl::StrContains(
      BoxOf('l').Open(sealed, "acme").status().ToString(), "token"));
}

TEST(SecretBox, FingerprintsAreStablePerKeyAndPurpose) {
  const SecretBox box = BoxOf('k');
  const std::string fingerprint = box.Fingerprint("request", "data");
  EXPECT_THAT(fingerprint, MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(fingerprint, BoxOf('k').Fingerprint("request", "data"));
  const std::set<std::string> others = {
      fingerprint, box.Fingerprint("request", "datb"),
      box.Fingerprint("token", "data"), box.Fingerprint("requestd", "ata"),
      BoxOf('l').Fingerprint("request", "data")};
  EXPECT_EQ(others.size(), 5u);
}

TEST(SecretBox, RefusesKeysOfAnotherLength) {
  EXPECT_EQ(SecretBox::FromKey(SecretString("short")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

class SecretBoxFile : public testing::Test {
 protected:
  SecretBoxFile() : folder_(absl::StrCat(testing::TempDir(), "/box.XXXXXX")) {
    mkdtemp(folder_.data());
  }
  ~SecretBoxFile() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return absl::StrCat(folder_, "/key"); }

  std::string folder_;
};

TEST_F(SecretBoxFile, LoadCreatesNothing) {
  EXPECT_EQ(SecretBox::Load(Path()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(SecretBoxFile, CreatesAKeyOnceAndKeepsIt) {
  const std::string sealed = SecretBox::LoadOrCreate(Path()).value().Seal(
      SecretString("token"), "acme");
  EXPECT_EQ(std::filesystem::file_size(Path()), SecretBox::kKeyBytes);
  EXPECT_TRUE(
      SecretBox::LoadOrCreate(Path()).value().Open(sealed, "acme").ok());
  EXPECT_TRUE(SecretBox::Load(Path()).value().Open(sealed, "acme").ok());
}

TEST_F(SecretBoxFile, NeverReplacesAKeyThatIsBroken) {
  std::ofstream(Path()) << "short";
  std::filesystem::permissions(Path(), std::filesystem::perms::owner_read);
  EXPECT_EQ(SecretBox::LoadOrCreate(Path()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(std::filesystem::file_size(Path()), 5u);
}

TEST_F(SecretBoxFile, SeveralCreatorsAgreeOnOneKey) {
  constexpr int kCreators = 8;
  std::vector<std::string> fingerprints(kCreators);
  std::vector<std::thread> creators;
  for (std::string& fingerprint : fingerprints) {
    creators.emplace_back([this, &fingerprint] {
      const auto box = SecretBox::LoadOrCreate(Path());
      ASSERT_TRUE(box.ok()) << box.status();
      fingerprint = box->Fingerprint("test", "data");
    });
  }
  for (std::thread& creator : creators) creator.join();
  EXPECT_THAT(fingerprints, testing::Each(fingerprints.front()));
}

TEST(SecretBox, OpensWhatThePreviousKeyHasSealed) {
  const SecretBox old = *SecretBox::FromKey(SecretString(std::string(32, 'a')));
  const SecretBox next =
      *SecretBox::FromKey(SecretString(std::string(32, 'b')));
  const SecretBox both = next.WithPrevious(old);
  const std::string sealed = old.Seal(SecretString("token"), "acme");
  EXPECT_FALSE(next.Open(sealed, "acme").ok());
  EXPECT_EQ(both.Open(sealed, "acme")->Reveal(), "token");
  EXPECT_FALSE(both.Open(sealed, "bolt").ok());
  EXPECT_EQ(
      next.Open(both.Seal(SecretString("token"), "acme"), "acme")->Reveal(),
      "token");
}

}  // namespace
}  // namespace oms_connector::base
